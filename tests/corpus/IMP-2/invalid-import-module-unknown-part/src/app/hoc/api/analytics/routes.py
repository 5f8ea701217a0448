"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import importlib


def route(domain):
    return importlib.import_module(f"app.hoc.cus.{domain}.L6_drivers")  #? l2-no-bypass
