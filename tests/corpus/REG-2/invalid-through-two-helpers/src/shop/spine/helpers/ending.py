from shop.policies.engines.policy_engine import PolicyEngine


def end(tenant: str) -> None:
    PolicyEngine().close(tenant)
