from app.base import Base  #! l5-no-orm


class Row(Base):
    __tablename__ = 'rows'
