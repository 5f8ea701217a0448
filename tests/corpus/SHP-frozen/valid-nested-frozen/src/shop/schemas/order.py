from typing import NamedTuple


class Order(NamedTuple):
    total: int

    class Line(NamedTuple):
        id: int
