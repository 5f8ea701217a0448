from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    name = "orders.query"

    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.params)


class RefundHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.tenant)


class Named:
    name = "orders.query"


class Second(Named):
    async def execute(self, ctx: Context) -> Result:
        return Result.ok()


def register(registry: Registry) -> None:
    for handler in (OrdersHandler(), Second()):
        registry.register(handler.name, handler)  #! once
