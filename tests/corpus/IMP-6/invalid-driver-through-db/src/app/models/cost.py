from app.base import Base


class CostRecord(Base):
    __tablename__ = 'cost_records'
