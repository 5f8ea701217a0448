"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

import pkgutil

d = pkgutil.resolve_name("app.hoc.cus.analytics.L6_drivers.cost_driver:read_costs")  #! l2-no-bypass
