from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.params)


class RefundHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.tenant)


DEBUG = bool(__import__('os').environ.get('DEBUG'))


def register(registry: Registry) -> None:
    if DEBUG:
        registry.register("orders.query", OrdersHandler())
    else:
        registry.register("orders.query", RefundHandler())  #! once
