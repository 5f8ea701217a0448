"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from app.hoc.cus import analytics

d = getattr(getattr(analytics, "L6_drivers"), "cost_driver")  #! l2-no-bypass
