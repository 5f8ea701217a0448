from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.params)


class RefundHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.tenant)


class Limited:
    def __init__(self, limit: int) -> None:
        self._limit = limit

    async def execute(self, ctx: Context, *, limit: int | None = None) -> Result:
        return Result.ok(self._limit)


def make(limit: int) -> Limited:
    return Limited(limit)


def register(registry: Registry) -> None:
    registry.register("orders.query", make(3))
