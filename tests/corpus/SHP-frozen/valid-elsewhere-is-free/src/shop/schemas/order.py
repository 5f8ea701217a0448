from typing import NamedTuple


class Order(NamedTuple):
    total: int
