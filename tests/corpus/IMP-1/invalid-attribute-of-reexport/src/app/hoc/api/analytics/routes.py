"""Routes."""
from app.hoc.spine.registry import execute


def get_costs(tenant):
    return execute("costs", tenant)

from app.hoc.spine import names


def costs():
    return names.read_costs(1)  #! wiring
