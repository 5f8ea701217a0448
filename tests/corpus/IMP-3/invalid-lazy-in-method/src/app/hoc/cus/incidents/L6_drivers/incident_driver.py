from app.models.cost import CostRecord


def write(row):
    return CostRecord
