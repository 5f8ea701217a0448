from typing import Protocol


def driver(cls):
    return cls


class Orders(Protocol):
    async def fetch(self, id: int, *, as_of: str = "") -> int: ...
    def count(self) -> int: ...
