"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from app.hoc.cus import analytics


def route(name):
    return getattr(analytics, name)  #? l2-no-bypass
