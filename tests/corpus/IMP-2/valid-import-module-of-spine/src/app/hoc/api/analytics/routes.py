"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import importlib

s = importlib.import_module("app.hoc.spine.registry")
