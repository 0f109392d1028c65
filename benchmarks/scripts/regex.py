# Regular expressions: searches, groups, substitutions and splits.
import re
import time

text = "\n".join(
    f"10.{i % 255}.7.{i * 3 % 255} - user{i % 17} [{i % 28 + 1:02d}/Mar/2024] \"GET /img/{i}.png?v={i % 9}\" "
    f"{200 if i % 7 else 503} {i * 13}ms x{i}@example.org"
    for i in range(1500)
)
address = re.compile(r"\b(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\b")
failed = re.compile(r"^(?P<ip>\S+).*\[(?P<day>\d\d)/(?P<month>\w{3})/.*\" 5\d\d (?P<time>\d+)ms", re.MULTILINE)
mail = re.compile(r"(\w+)@(\w+)\.(org|net)")
word = re.compile(r"(?:user|img)(?=\d|/)|png", re.IGNORECASE)


def work():
    total = sum(int(m.group(2)) for m in address.finditer(text))
    total += sum(int(m["time"]) for m in failed.finditer(text))
    total += len(mail.sub(r"\2 at \1", text))
    total += len(word.findall(text))
    total += len(re.split(r"[\s\"\[\]/]+", text))
    return total


work()
start = time.perf_counter()
result = [work() for _ in range(4)]
print("seconds", time.perf_counter() - start)
print(result)
