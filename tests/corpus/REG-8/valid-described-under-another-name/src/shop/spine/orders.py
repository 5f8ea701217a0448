from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        methods = {"list": self._list, "get": self._get}
        method = methods.get(ctx.params.get("method", "list"))
        if method is None:
            return Result.fail("unknown method")
        given = {key: value for key, value in ctx.params.items() if key != "method"}
        return Result.ok(await method(ctx, **given))

    async def _list(self, ctx: Context, *, limit: int = 10, as_of: str | None = None) -> list[str]:
        return [ctx.tenant, str(limit), str(as_of)]

    async def _get(self, ctx: Context, *, order_id: str, as_of: str | None = None) -> str:
        return f"{ctx.tenant} {order_id} {as_of}"


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
