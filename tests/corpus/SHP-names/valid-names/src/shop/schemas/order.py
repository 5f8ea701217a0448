"""class OrderManager"""

import enum


class Order:
    total: int = 0

    def __eq__(self, other: object) -> bool:
        return True

    def is_large(self) -> bool:
        return self.total > 3


class State(enum.StrEnum):
    OPEN = "open"
    V2 = "v2"


def weigh(order_id: int) -> int:
    return order_id
