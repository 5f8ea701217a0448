from datetime import datetime

from sqlalchemy import DateTime, Index, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):  #! agree, agree, agree, agree
    __tablename__ = "orders"
    __table_args__ = (
        Index("one_code", "code", unique=True),
        Index("one_slug", "slug", unique=True, sqlite_where=text("slug <> ''"), postgresql_where=text("slug <> ''")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(9))
    slug: Mapped[str] = mapped_column(String(9))
    gone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
