from shop.policies.engines.policy_engine import PolicyEngine as Rules

__all__ = ['Rules']
