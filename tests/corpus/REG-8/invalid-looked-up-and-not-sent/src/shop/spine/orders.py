from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        if ctx.tenant:
            return Result.ok(ctx.params["order_id"])
        return Result.ok()


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
