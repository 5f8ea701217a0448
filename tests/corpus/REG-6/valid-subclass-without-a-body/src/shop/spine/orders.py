from shop.sales.drivers.order_driver import OrderDriver
from shop.sales.engines.refund_engine import RefundEngine
from shop.spine.registry import Context, Registry, Result


class OrdersHandler:
    async def execute(self, ctx: Context) -> Result:
        engine = RefundEngine(OrderDriver())
        return Result.ok(await engine.price(ctx.params["order_id"]))


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
