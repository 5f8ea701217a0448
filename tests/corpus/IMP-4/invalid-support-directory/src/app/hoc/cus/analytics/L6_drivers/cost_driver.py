from app.models.cost import CostRecord


def read_costs(tenant):
    return [CostRecord]

from app.hoc.cus.analytics.L5_support.rules import decide  #! no-upward
