# Floats: a numeric integration, the motion of bodies, a small matrix.
import math
import time


def integral(n):
    step = math.pi / n
    return sum(math.sin((i + 0.5) * step) for i in range(n)) * step


def bodies(steps):
    state = [[float(i), i * 0.5, -i * 0.25, 0.0, 0.1 * i, 0.0, 1.0 + i] for i in range(5)]
    for _ in range(steps):
        for i, a in enumerate(state):
            for b in state[i + 1 :]:
                dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
                pull = 0.001 / (dx * dx + dy * dy + dz * dz + 0.01) ** 1.5
                for body, mass, sign in ((a, b[6], -1), (b, a[6], 1)):
                    body[3] += sign * dx * mass * pull
                    body[4] += sign * dy * mass * pull
                    body[5] += sign * dz * mass * pull
        for a in state:
            a[0] += 0.001 * a[3]
            a[1] += 0.001 * a[4]
            a[2] += 0.001 * a[5]
    return sum(a[0] for a in state)


def matrix(n):
    a = [[(i * j % 7) + 0.5 for j in range(n)] for i in range(n)]
    b = [[(i + j) / n for j in range(n)] for i in range(n)]
    columns = list(zip(*b))
    return sum(sum(x * y for x, y in zip(row, column)) for row in a for column in columns)


def work():
    return round(integral(60000), 9), round(bodies(1200), 9), round(matrix(45), 6)


work()
start = time.perf_counter()
result = [work() for _ in range(2)]
print("seconds", time.perf_counter() - start)
print(result)
