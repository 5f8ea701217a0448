from shop.engines.ports import driver


class Closing:
    def close(self) -> None: ...


class Counting:
    def count(self) -> int: ...


@driver
class OrderDriver(Closing, Counting):
    async def fetch(self, id: int, *, as_of: str = "") -> int:
        return id
