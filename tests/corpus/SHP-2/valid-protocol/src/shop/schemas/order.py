from typing import TypedDict


class Order(TypedDict):
    total: int
    state: str
