from app.hoc.cus.analytics.L5_engines.cost_engine import CostEngine


def execute(operation, tenant):
    return CostEngine().run(tenant)

from app.hoc.spine.one import a, b, c, d, each, fill, handle, late, walrus
