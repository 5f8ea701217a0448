"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.hoc.cus.analytics.L6_drivers.cost_driver import read_costs  #! l2-no-bypass
