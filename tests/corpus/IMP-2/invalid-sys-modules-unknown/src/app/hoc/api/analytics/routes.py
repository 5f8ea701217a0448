"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import sys


def route(name):
    return sys.modules[name]  #? l2-no-bypass
