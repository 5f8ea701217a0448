"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)


def route(name):
    return __import__(name)  #? l2-no-bypass
