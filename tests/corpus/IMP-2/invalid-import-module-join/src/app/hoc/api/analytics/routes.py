"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import importlib

d = importlib.import_module(".".join(["app.hoc.cus", "analytics", "L6_drivers"]))  #! l2-no-bypass
