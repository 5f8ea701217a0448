from app.hoc.cus.analytics.L5_engines.cost_engine import CostEngine


def execute(operation, tenant):
    return CostEngine().run(tenant)

import does_not_exist.at_all
from nowhere import nothing
