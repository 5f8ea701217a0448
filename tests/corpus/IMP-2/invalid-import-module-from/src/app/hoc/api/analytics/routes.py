"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from importlib import import_module as load

d = load("app.hoc.cus.analytics.L6_drivers.cost_driver")  #! l2-no-bypass
