class CostRecord:
    __tablename__ = 'cost_records'
