from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from ...policies import engines  #! own-domain
from shop.spine.registry import Registry


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        return engines


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
