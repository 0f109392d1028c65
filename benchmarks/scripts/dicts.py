# Dictionaries, sets, tuples and lists.
import time


def work():
    counts = {}
    for i in range(80000):
        key = (i * 7919) % 5003
        counts[key] = counts.get(key, 0) + i
    inverse = {}
    for key, value in counts.items():
        inverse.setdefault(value % 97, []).append(key)
    pairs = {(a, b): a * b for a in range(150) for b in range(150)}
    total = sum(pairs[(a, a + 1)] for a in range(149))
    evens = {x for x in range(40000) if x % 2 == 0}
    thirds = set(range(0, 40000, 3))
    total += len(evens & thirds) + len(evens | thirds) + len(evens - thirds)
    words = sorted((str(k) for k in counts), key=lambda s: (len(s), s))
    for key in list(counts)[::2]:
        del counts[key]
    return total + len(counts) + sum(max(v) for v in inverse.values()) + len(words[-1])


work()
start = time.perf_counter()
result = [work() for _ in range(3)]
print("seconds", time.perf_counter() - start)
print(result)
