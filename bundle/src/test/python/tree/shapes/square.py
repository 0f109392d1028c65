from . import names


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2

    def __str__(self):
        return names.of(self)
