"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

modules = {}
d = modules.get("app.hoc.cus.analytics.L6_drivers")
