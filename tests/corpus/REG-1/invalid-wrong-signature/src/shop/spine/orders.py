from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context, tenant: str) -> Result:  #! once
        return Result.ok(ctx.params)


class Unready:
    async def run(self, ctx: Context) -> Result:
        return Result.ok(ctx.params)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
    registry.register("orders.later", Unready())  #! once
