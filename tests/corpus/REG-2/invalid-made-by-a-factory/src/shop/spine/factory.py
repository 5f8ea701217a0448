from shop.policies.engines.policy_engine import PolicyEngine


def get_engine() -> PolicyEngine:
    return PolicyEngine()
