from shop.spine.handlers.orders import OrdersHandler
from shop.spine.registry import Registry


def build() -> Registry:
    registry = Registry()
    registry.register("orders.query", OrdersHandler())
    return registry
