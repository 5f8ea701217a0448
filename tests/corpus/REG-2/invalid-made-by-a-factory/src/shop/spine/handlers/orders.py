from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from shop.spine.factory import get_engine
from shop.spine.registry import Registry


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        engine = get_engine()
        return engine.list(ctx)  #! own-domain


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
