from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Offer(Base):
    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index(
            "one_current_code",
            "tenant_id",
            "code",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND state = 'open'"),
            postgresql_where=text("withdrawn_at IS NULL AND state = 'open'"),
        ),
        Index("one_slug", "slug", unique=True, sqlite_where=text("slug <> ''")),
        UniqueConstraint("badge", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    code: Mapped[str]
    slug: Mapped[str]
    badge: Mapped[str | None]
    number: Mapped[int | None]
    email: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str]
    price: Mapped[int]
    withdrawn_at: Mapped[datetime | None]


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int | None] = mapped_column(unique=True)
    article: Mapped[str]
