from app.models.cost import CostRecord


def read_costs(tenant):
    return [CostRecord]

from app.hoc.cus.analytics.L6_drivers.L5_support import decide
