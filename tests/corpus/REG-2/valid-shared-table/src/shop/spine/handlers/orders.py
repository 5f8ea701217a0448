from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from shop.spine.handlers.table import add
from shop.spine.registry import Registry


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        return OrderEngine().list(ctx)


def register(registry: Registry) -> None:
    add(registry, "orders.query", {"list": OrderEngine().list})
