"""A program of several files: imports, files and directories."""

import os
import sys

from shapes import Circle, Square

print(f"{Circle(2).area():.4f} {Square(3).area()} {Square(1)}")
folder = sys.argv[1]
path = os.path.join(folder, "written.txt")
with open(path, "w", encoding="utf-8") as file:
    for number in range(1000):
        file.write(f"line {number} é\n")
with open(path, encoding="utf-8") as file:
    print(sum(len(line) for line in file))
os.mkdir(os.path.join(folder, "sub"))
os.rename(path, os.path.join(folder, "sub", "moved.txt"))
print(sorted(os.listdir(folder)), os.path.getsize(os.path.join(folder, "sub", "moved.txt")))
for outside in ("/../secret", folder + "/../../secret", folder + "/escape"):
    try:
        open(outside)
    except OSError as error:
        print(type(error).__name__)
    else:
        print("opened", outside)
