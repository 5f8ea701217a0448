"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)


def later(analytics):
    return analytics.L6_drivers.cost_driver
