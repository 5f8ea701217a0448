from shop.spine import orders, refunds
from shop.spine.registry import Registry


def build() -> Registry:
    registry = Registry()
    orders.register(registry)
    refunds.register(registry)
    registry.freeze()
    return registry
