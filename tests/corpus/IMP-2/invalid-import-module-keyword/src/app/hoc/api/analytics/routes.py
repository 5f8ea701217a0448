"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import importlib

d = importlib.import_module(name="app.hoc.cus.analytics.L6_drivers.cost_driver")  #! l2-no-bypass
