from shop.sales.engines.facade import OrdersFacade, get_facade
from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        facade = get_facade()
        methods = {"list": facade.list_orders}
        kwargs = dict(ctx.params)
        method = kwargs.pop("method")
        return Result.ok(await methods[method](tenant=ctx.tenant, **kwargs))


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
