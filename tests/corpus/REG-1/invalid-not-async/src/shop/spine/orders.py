from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    def execute(self, ctx: Context) -> Result:  #! once
        return Result.ok(ctx.params)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
