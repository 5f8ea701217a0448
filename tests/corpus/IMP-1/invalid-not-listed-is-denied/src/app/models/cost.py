class CostRecord:
    __tablename__ = 'cost_records'

from app.hoc.api.analytics import routes  #! wiring
