from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from shop.spine.helpers import closing  #! own-domain
from shop.spine.registry import Registry


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        closing.close(ctx)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
