"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

lazy import app.hoc.cus.analytics.L6_drivers.cost_driver  #! l2-no-bypass
lazy from app.hoc.cus.analytics.L6_drivers.cost_driver import read_costs  #! l2-no-bypass
