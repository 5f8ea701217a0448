from shop.policies.engines.policy_engine import PolicyEngine


def close(tenant: str) -> None:
    PolicyEngine().close(tenant)
