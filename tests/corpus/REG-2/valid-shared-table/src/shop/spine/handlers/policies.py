from shop.policies.engines.policy_engine import PolicyEngine
from shop.spine.handlers.table import add
from shop.spine.registry import Registry


def register(registry: Registry) -> None:
    add(registry, "policies.query", {"list": PolicyEngine().list})
