from app.db import CostRecord  #! l6-models-from-models


def read_costs(tenant):
    return [CostRecord]
