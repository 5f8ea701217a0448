from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.params)


class RefundHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.tenant)


NAME = "orders.query"


def register(registry: Registry) -> None:
    registry.register(NAME, OrdersHandler())
    registry.register(  #! once
        "orders." + "query",
        RefundHandler(),
    )
