"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

lazy import app.hoc.cus.analytics.L6_drivers.cost_driver  #! wiring
lazy from app.hoc.cus.analytics.L6_drivers import cost_driver  #! wiring
