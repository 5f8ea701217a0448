from shop.spine.orders import RefundHandler
from shop.spine.registry import Registry


def register(registry: Registry) -> None:
    registry.register('orders.refund', RefundHandler())
