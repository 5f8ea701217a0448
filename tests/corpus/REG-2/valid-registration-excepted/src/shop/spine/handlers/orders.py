from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from shop.spine.registry import Registry


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        return OrderEngine().list(ctx)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
    registry.register("orders.write", OrdersHandler())
    registry.register("policies.peek", OrdersHandler())
