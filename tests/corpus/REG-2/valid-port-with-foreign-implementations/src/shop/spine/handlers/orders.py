from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from shop.spine.ports import Closing
from shop.spine.registry import Registry


class OrdersHandler:
    def __init__(self, port: Closing) -> None:
        self._port = port

    async def execute(self, ctx: Any) -> Any:
        self._port.close(ctx)


def register(registry: Registry, port: Closing) -> None:
    registry.register("orders.query", OrdersHandler(port))
