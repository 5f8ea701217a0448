"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)


class Routes:
    from app.hoc.cus.analytics.L6_drivers.cost_driver import read_costs  #! wiring
