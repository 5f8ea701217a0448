from shop.engines.ports import driver


@driver
class OrderDriver:
    async def fetch(self, id: int = 1, **options: object) -> int:
        return id

    def count(self) -> int: ...
    def close(self) -> None: ...
