from app.hoc.cus.analytics.L5_schemas.cost import Cost
from app.hoc.cus.analytics.L6_drivers.cost_driver import read_costs


class CostEngine:
    def run(self, tenant) -> list[Cost]:
        return read_costs(tenant)
