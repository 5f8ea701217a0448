from typing import Any

from shop.orders.engines.order_engine import OrderEngine
import shop.policies
from shop.spine.registry import Registry


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        return shop.policies.engines.policy_engine.PolicyEngine().list(ctx)  #! own-domain


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
