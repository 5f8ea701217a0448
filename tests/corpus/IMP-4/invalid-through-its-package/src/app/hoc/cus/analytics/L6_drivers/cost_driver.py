from app.models.cost import CostRecord


def read_costs(tenant):
    return [CostRecord]

from app.hoc.spine.names import Engine  #! no-upward
