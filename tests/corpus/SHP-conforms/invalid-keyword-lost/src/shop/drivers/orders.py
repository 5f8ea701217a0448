from shop.engines.ports import driver


@driver
class OrderDriver:
    async def fetch(self, id: int) -> int: #! drivers-fit-their-port
        return id

    def count(self) -> int: ...
    def close(self) -> None: ...
