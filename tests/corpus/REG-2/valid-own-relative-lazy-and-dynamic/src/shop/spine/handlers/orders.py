from typing import Any

from shop.orders.engines.order_engine import OrderEngine
import importlib

from shop.spine.registry import Registry


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        from ...orders.drivers import order_driver

        return importlib.import_module("shop.orders.engines.order_engine") or order_driver.fetch(ctx)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
