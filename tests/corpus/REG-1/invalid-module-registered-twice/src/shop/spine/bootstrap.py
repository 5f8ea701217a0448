from shop.spine import orders, refunds
from shop.spine.registry import Registry


def build() -> Registry:
    registry = Registry()
    orders.register(registry)
    refunds.register(registry)
    orders.register(registry)  #! once
    registry.freeze()
    return registry
