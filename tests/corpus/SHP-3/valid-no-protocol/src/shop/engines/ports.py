from typing import Protocol


class Port(Protocol):
    def one(self) -> int: ...


class Orders:
    """No Protocol."""

    def one(self) -> int:
        return 1

    def two(self) -> int:
        return 2

    def three(self) -> int:
        return 3

    def four(self) -> int:
        return 4
