"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from app.hoc.cus import analytics

d = getattr(analytics, "L6_" "drivers")  #! l2-no-bypass
