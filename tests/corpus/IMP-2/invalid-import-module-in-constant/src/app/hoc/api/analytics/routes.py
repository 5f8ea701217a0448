"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import importlib

NAME = "app.hoc.cus.analytics.L6_drivers.cost_driver"
d = importlib.import_module(NAME)  #! l2-no-bypass
