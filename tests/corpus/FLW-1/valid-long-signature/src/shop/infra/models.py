from datetime import datetime

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    status: Mapped[str]
    total: Mapped[int]
    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]


class Currency(Base):
    __tablename__ = "currencies"

    code: Mapped[str] = mapped_column(primary_key=True)
