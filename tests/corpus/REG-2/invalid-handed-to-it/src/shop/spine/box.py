from shop.policies.engines.policy_engine import PolicyEngine


class Box:
    def __init__(self) -> None:
        self.policies = PolicyEngine()
