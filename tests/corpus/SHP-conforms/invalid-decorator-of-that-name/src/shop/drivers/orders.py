def driver(cls):
    return cls


@driver
class OrderDriver:  #! drivers-fit-their-port
    async def fetch(self, id: int, *, as_of: str = "") -> int:
        return id

    def count(self) -> int: ...
    def close(self) -> None: ...
