from shop.spine.registry import Context, Registry, Result

REGISTRY = Registry()


def operation(name: str):
    def add(cls):
        REGISTRY.register(name, cls())
        return cls

    return add


@operation("orders.query")
class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(ctx.params)
