from typing import Any

from shop.policies.engines.policy_engine import PolicyEngine
from shop.spine.registry import Registry


class PoliciesHandler:
    async def execute(self, ctx: Any) -> Any:
        return PolicyEngine().list(ctx)


def register(registry: Registry) -> None:
    for name in ("query", "activate"):
        registry.register(f"policies.{name}", PoliciesHandler())
