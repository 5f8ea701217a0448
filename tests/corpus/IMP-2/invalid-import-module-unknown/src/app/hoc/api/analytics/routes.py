"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import importlib


def route(name):
    return importlib.import_module(name)  #? l2-no-bypass
