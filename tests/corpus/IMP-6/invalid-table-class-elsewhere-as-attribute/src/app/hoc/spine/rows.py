from app.base import Base


class Row(Base):
    __tablename__ = 'rows'
