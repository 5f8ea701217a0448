"""Orders and prices."""


class Order:
    """An order of somebody."""

    def __init__(self) -> None:
        self.x = 1

    def __repr__(self) -> str:
        return "x"
