from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from shop.policies.engines.policy_engine import PolicyEngine  #! own-domain
from shop.spine.registry import Registry


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        return PolicyEngine().list(ctx)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
