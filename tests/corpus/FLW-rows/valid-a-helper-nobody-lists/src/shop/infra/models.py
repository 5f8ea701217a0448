from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Offer(Base):
    __tablename__ = "offers"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    code: Mapped[str]
    price: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class Line(Base):
    __tablename__ = "lines"

    offer_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    article: Mapped[str]


class Report(Base):
    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    dataset_version: Mapped[str]
    input_hash: Mapped[str]
    as_of: Mapped[datetime]
