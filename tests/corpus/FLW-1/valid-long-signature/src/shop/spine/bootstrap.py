from shop.spine import handlers
from shop.spine.registry import Registry


def build_registry():
    registry = Registry()
    handlers.register(registry)
    return registry
