from app.hoc.cus.analytics.L5_engines.cost_engine import CostEngine as Engine
