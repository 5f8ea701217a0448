"""Orders and prices."""

from typing import overload


class Base:
    """What can be ordered."""

    def total(self) -> int:
        """What it costs in all."""
        return 1


class Order(Base):
    """An order of somebody."""

    def __init__(self) -> None:
        self.lines = ()

    def total(self) -> int:
        return 2

    @property
    def first(self) -> object:
        """The first of the lines."""
        return self.lines[0]

    @first.setter
    def first(self, line: object) -> None:
        self.lines = (line,)


@overload
def decide(a: int) -> int: ...
@overload
def decide(a: str) -> str: ...
def decide(a):
    """What to do with it."""

    def inner():
        return a

    return inner()


def _private():
    return 1
