from sqlalchemy import Column, Integer, MetaData, Text
from sqlalchemy import Table as Rows
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

INCIDENTS = "incidents"


class Base(DeclarativeBase):
    pass


class Incident(Base):
    __tablename__ = INCIDENTS
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int]


notes = Rows("incident_notes", MetaData(), Column("incident_id", Integer), Column("body", Text))
