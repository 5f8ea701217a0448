from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(await self._list(**ctx.params))

    async def _list(self, limit: int, **kwargs: str) -> list[int]:
        return [limit]


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
