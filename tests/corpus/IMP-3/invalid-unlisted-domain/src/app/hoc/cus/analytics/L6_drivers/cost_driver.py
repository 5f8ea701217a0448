from app.models.cost import CostRecord


def read_costs(tenant):
    return [CostRecord]

from app.hoc.cus.agent.L5_engines.agent_engine import Agent  #! siblings
