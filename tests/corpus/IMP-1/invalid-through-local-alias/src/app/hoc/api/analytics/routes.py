"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from app.hoc.cus import analytics


def costs():
    a = analytics
    return a.L6_drivers.cost_driver.read_costs(1)  #! wiring
