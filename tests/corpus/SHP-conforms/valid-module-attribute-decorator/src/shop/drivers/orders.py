from shop.engines import ports


@ports.driver
class OrderDriver:
    async def fetch(self, id: int, *, as_of: str = "") -> int:
        return id

    def count(self) -> int: ...
    def close(self) -> None: ...
