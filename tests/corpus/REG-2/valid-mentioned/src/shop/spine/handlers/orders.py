from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from shop.spine.registry import Registry

EXAMPLE = "from shop.policies.engines.policy_engine import PolicyEngine"


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        return OrderEngine().list(ctx)  # from shop.policies.engines.policy_engine import PolicyEngine


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
