class CostRecord:
    __tablename__ = 'cost_records'

from app.hoc.cus.analytics.L6_drivers.cost_driver import read_costs  #! no-upward
