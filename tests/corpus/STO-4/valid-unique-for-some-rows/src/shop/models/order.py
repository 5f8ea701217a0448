from datetime import datetime

from sqlalchemy import DateTime, Index, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (
        Index(
            "one_code",
            "code",
            unique=True,
            sqlite_where=text("gone_at IS NULL"),
            postgresql_where=text("gone_at IS NULL"),
        ),
        Index("one_slug", "slug", unique=1, sqlite_where=text("slug <> ''")),
        Index("one_gone", "gone_at", "code", unique=True),
        Index("by_time", "gone_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(9))
    slug: Mapped[str] = mapped_column(String(9))
    gone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
