"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import importlib

d = importlib.import_module("...cus.analytics.L6_drivers.cost_driver", __package__)  #! l2-no-bypass
