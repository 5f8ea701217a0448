from shop.spine.orders import RefundHandler
from shop.spine.registry import Registry


def prepare(registry: Registry) -> None:
    registry.register('orders.query', RefundHandler())  #! once, once
