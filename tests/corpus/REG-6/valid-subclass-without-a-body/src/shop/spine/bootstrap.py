from shop.spine import orders
from shop.spine.registry import Registry


def build() -> Registry:
    registry = Registry()
    orders.register(registry)
    registry.freeze()
    return registry
