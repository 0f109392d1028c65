# Classes: methods, inheritance, properties, operators, slots, exceptions.
import time


class Account:
    fee = 1

    def __init__(self, owner, balance):
        self.owner = owner
        self._balance = balance

    @property
    def balance(self):
        return self._balance

    def pay(self, amount):
        if amount + self.fee > self._balance:
            raise ValueError("not enough")
        self._balance -= amount + self.fee
        return self

    def close(self):
        return self.balance


class Savings(Account):
    fee = 2

    def pay(self, amount):
        super().pay(amount)
        self._balance += amount // 50
        return self


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __hash__(self):
        return self.x * 31 + self.y


def work():
    accounts = [(Savings if i % 2 else Account)(f"owner{i}", 1000 + i) for i in range(200)]
    refused = 0
    for turn in range(150):
        for account in accounts:
            try:
                account.pay(turn)
            except ValueError:
                refused += 1
    point, step = Point(0, 0), Point(1, -2)
    seen = set()
    for _ in range(20000):
        point = point + step
        seen.add(Point(point.x % 100, point.y % 100))
    return refused + sum(a.close() for a in accounts) + point.y + len(seen)


work()
start = time.perf_counter()
result = [work() for _ in range(3)]
print("seconds", time.perf_counter() - start)
print(result)
