from typing import Any

from shop.orders.engines.order_engine import OrderEngine
from typing import TYPE_CHECKING

from shop.spine.registry import Registry

if TYPE_CHECKING:
    from shop.policies.engines.policy_engine import PolicyEngine  #! own-domain


def close(engine: 'PolicyEngine') -> None:
    engine.close('t')


class OrdersHandler:
    async def execute(self, ctx: Any) -> Any:
        return OrderEngine().list(ctx)


def register(registry: Registry) -> None:
    registry.register("orders.query", OrdersHandler())
