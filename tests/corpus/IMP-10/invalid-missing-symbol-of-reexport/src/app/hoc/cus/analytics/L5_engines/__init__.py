from .cost_engine import CostEngine
