"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)


def route():
    import importlib

    return importlib.import_module("app.hoc.cus.analytics.L6_drivers.cost_driver").read_costs  #! l2-no-bypass
