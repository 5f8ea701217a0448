from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Incident(Base):
    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str | None]
    resolution_type: Mapped[str | None]
    resolution_summary: Mapped[str | None]
    others: Mapped[list["Incident"]] = relationship()

    def describe(self):
        return f"{self.id}: {self.resolution_type}"


notes = Table(
    "notes", MetaData(), Column("incident_id", Integer), Column("body", Text), Column("made_at", DateTime)
)
