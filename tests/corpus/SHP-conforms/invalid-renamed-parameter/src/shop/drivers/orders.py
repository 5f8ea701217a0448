from shop.engines.ports import driver


@driver
class OrderDriver:
    async def fetch(self, key: int, *, as_of: str = "") -> int: #! drivers-fit-their-port
        return key

    def count(self) -> int: ...
    def close(self) -> None: ...
