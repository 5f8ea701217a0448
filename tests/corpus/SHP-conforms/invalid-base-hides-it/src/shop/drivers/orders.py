from shop.engines.ports import driver


class Base:
    async def fetch(self, id: int, *, as_of: str = "") -> int:
        return id

    def count(self) -> int: ...
    def close(self) -> None: ...


@driver
class OrderDriver(Base):  #! drivers-fit-their-port
    count = None
