"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import app.hoc.cus.analytics.L6_drivers.cost_driver  #! wiring
