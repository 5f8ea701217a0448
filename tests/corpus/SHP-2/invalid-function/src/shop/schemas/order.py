from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    total: int


def is_large(order: Order) -> bool: #! only-data
    return order.total > 100
