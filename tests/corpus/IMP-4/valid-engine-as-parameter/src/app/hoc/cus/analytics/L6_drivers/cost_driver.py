from app.models.cost import CostRecord


def read_costs(tenant):
    return [CostRecord]


def each(engine, rows):
    return [engine.decide(row) for row in rows]
