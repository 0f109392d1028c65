"""A package, so that imports go through folders."""

from .circle import Circle
from .square import Square

__all__ = ["Circle", "Square"]
