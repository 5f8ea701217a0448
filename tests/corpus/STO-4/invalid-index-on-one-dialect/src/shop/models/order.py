from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):  #! agree, agree, agree
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(50))
    placed_at: Mapped[datetime]
    paid: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=True))

    @declared_attr.directive
    def __table_args__(cls):
        return (
            sa.Index("ix_orders_newest", cls.placed_at.desc()),
            sa.Index("uq_orders_name_newest", cls.name, cls.placed_at.desc().nulls_last(), unique=True),
            sa.Index("trgm_orders_name", "name", postgresql_using="gin").ddl_if(dialect="postgresql"),
            sa.Index("ix_orders_paid", "paid").ddl_if(dialect="sqlite"),
        )
