from app.hoc.cus.analytics.L5_engines.cost_engine import CostEngine


def execute(operation, tenant):
    return CostEngine().run(tenant)
