from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    total: int
