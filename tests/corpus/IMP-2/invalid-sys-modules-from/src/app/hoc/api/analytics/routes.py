"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from sys import modules

d = modules["app.hoc.cus.analytics.L6_drivers.cost_driver"]  #! l2-no-bypass
