import shop.policies.engines.policy_engine

__all__ = ['shop']
