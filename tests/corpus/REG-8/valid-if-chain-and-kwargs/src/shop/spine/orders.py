from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        method = ctx.params.get("method")
        if method == "list":
            return Result.ok([ctx.tenant])
        if method == "get":
            return Result.ok(await self._get(**{k: v for k, v in ctx.params.items() if k != "method"}))
        return Result.fail("unknown")

    async def _get(self, order_id: str, **more: str) -> str:
        print(more["trace"])
        return order_id


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
