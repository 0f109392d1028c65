# Strings: joins, splits, formats, slices, translations, bytes.
import time


def work():
    words = [f"word{i % 53}-{i:05d}" for i in range(20000)]
    text = " ".join(words)
    total = len(text.upper().replace("WORD", "w").split("-"))
    for word in words:
        left, _, right = word.partition("-")
        total += len(left) + int(right) + word.find("7") + word.count("0")
        if word.startswith("word1") and not word.endswith("9"):
            total += len(word[2:-2][::-1].strip("0").title())
    table = str.maketrans("aeiou", "12345")
    total += text.translate(table).count("4")
    data = text.encode()
    total += sum(data[::5]) + len(data.hex()) + len(data.decode("utf-8"))
    lines = "\n".join("%s|%d|%.2f" % (w, i, i / 7) for i, w in enumerate(words[:8000]))
    total += sum(len(line) for line in lines.splitlines())
    return total


work()
start = time.perf_counter()
result = [work() for _ in range(3)]
print("seconds", time.perf_counter() - start)
print(result)
