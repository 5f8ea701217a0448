from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.params)


class RefundHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.tenant)


HANDLERS = {"orders.query": OrdersHandler, "orders.refund": RefundHandler}


def register(registry: Registry) -> None:
    for operation, handler in HANDLERS.items():
        registry.register(operation, handler())
    registry.register("orders.refund", RefundHandler())  #! once
