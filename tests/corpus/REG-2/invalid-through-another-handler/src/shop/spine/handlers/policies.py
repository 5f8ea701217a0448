from typing import Any

from shop.policies.engines.policy_engine import PolicyEngine
from shop.spine.registry import Registry


class PolicysHandler:
    async def execute(self, ctx: Any) -> Any:
        return PolicyEngine().list(ctx)


def register(registry: Registry) -> None:
    registry.register("policies.query", PolicysHandler())
