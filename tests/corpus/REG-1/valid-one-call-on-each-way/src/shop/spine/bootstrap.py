from shop.spine import orders, refunds
from shop.spine.registry import Registry


def build(*, refunds_first: bool = False) -> Registry:
    registry = Registry()
    if refunds_first:
        refunds.register(registry)
        orders.register(registry)
    else:
        orders.register(registry)
        refunds.register(registry)
    registry.freeze()
    return registry
