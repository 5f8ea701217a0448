from shop.spine import orders
from shop.spine.registry import Registry


def build(debug: bool = False) -> Registry:  #! once
    registry = Registry()
    orders.register(registry)
    if not debug:
        registry.freeze()
    return registry
