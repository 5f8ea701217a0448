from shop.engines.ports import driver as marked


class Base:
    def close(self) -> None: ...

    async def fetch(self, id: int | str, extra: int = 0, *, as_of: str = "", limit: int = 3) -> int:
        return limit


@marked
class OrderDriver(Base):
    def count(self, *args: int) -> int:
        return len(args)


@marked
class OtherDriver(Base):
    async def fetch(self, *args: object, **kwargs: object) -> int:
        return 1

    def count(self) -> int:
        return 1
