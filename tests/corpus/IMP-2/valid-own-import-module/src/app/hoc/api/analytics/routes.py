"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)


def import_module(name):
    return name


d = import_module("app.hoc.cus.analytics.L6_drivers")
