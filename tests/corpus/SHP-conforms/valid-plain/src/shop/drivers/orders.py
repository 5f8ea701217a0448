from shop.engines.ports import driver


@driver
class OrderDriver:
    async def fetch(self, id: int, *, as_of: str = "") -> int:
        return id

    def count(self) -> int: ...
    def close(self) -> None: ...
