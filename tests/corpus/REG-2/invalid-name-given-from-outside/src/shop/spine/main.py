from shop.spine.handlers import orders
from shop.spine.registry import Registry


def build() -> Registry:
    registry = Registry()
    orders.register(registry, "orders.query")
    return registry
