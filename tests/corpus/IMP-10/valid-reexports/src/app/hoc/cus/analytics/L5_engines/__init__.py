from .cost_engine import CostEngine as Engine

__all__ = ['Engine']
