from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.params)


class RefundHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.tenant)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
