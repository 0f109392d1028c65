# Calls: recursion, closures, defaults, keywords, generators.
import time


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def scale(x, by=3, *, offset=1):
    return x * by + offset


def adder(n):
    def add(x):
        return x + n

    return add


def countdown(n):
    while n > 0:
        yield n
        n -= 1


def work():
    total = fibonacci(22)
    add = adder(7)
    for i in range(60000):
        total += add(scale(i, offset=i & 3)) & 255
    total += sum(countdown(60000))
    total += sum(map(lambda x: x & 7, range(60000)))
    return total


work()
start = time.perf_counter()
result = [work() for _ in range(2)]
print("seconds", time.perf_counter() - start)
print(result)
