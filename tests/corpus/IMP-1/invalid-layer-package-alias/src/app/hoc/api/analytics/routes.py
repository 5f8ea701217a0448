"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from app.hoc.cus.analytics import L6_drivers as drivers  #! wiring
