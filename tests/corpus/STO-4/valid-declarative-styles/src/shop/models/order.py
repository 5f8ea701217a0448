from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.models.base import Base, Colour, Money, Named, Stamped, short


class Customer(Named, Base):
    name: Mapped[short]
    orders: Mapped[list[Order]] = relationship(back_populates="customer")


class Order(Stamped, Named, Base):
    """Mixins first."""

    __table_args__ = (
        UniqueConstraint("customer_id", "number", name="uq_number"),
        CheckConstraint("number >  0", name="positive"),
        Index("ix_order_created", "created_at"),
        {"comment": "orders"},
    )

    customer_id = mapped_column(ForeignKey("customers.id"), nullable=False)
    number: Mapped[int]
    colour: Mapped[Colour | None]
    total: Mapped[float] = mapped_column(Money)
    details: Mapped[dict[str, Any]] = mapped_column("extra")
    state: Mapped[str] = mapped_column(server_default=text("'open'"), index=True)
    customer: Mapped[Customer] = relationship(back_populates="orders")

    @property
    def label(self) -> str:
        return f"{self.number}"
