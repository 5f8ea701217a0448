from shop.spine import orders
from shop.spine.registry import Registry


def build() -> Registry:
    registry = Registry()
    orders.register(registry)
    registry.freeze()
    orders.register_late(registry)
    return registry
