from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from shop.spine.coordinators.closing import close
from shop.spine.registry import Registry


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        close(ctx)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
