from app.models.cost import CostRecord


def read_costs(tenant):
    return [CostRecord]
