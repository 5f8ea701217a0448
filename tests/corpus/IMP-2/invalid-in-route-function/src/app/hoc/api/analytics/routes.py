"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)


def route():
    from app.hoc.cus.analytics.L6_drivers.cost_driver import read_costs as D  #! l2-no-bypass

    return D
