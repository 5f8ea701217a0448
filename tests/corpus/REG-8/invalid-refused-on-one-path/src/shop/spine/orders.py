from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        order_id = ctx.params.get("order_id")
        if order_id is None:
            return Result.fail("order_id is missing")
        return Result.ok(order_id)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
