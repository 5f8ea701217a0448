"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import importlib

LAYER = "L6_drivers"
d = importlib.import_module(f"app.hoc.cus.analytics.{LAYER}.cost_driver")  #! l2-no-bypass
