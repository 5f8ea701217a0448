"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from app.hoc.cus.analytics import L5_engines as pkg


def f(name):
    return getattr(pkg, name)  #? detector-by-coordinator
