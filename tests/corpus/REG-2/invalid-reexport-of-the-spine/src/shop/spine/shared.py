from shop.policies.engines.policy_engine import PolicyEngine

__all__ = ['PolicyEngine']
