from datetime import datetime

from sqlalchemy import DateTime, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):  #! agree
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))  #! agree
    body: Mapped[str] = mapped_column(Text)  #! agree
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))  #! agree
    note: Mapped[str | None]  #! agree
    gone: Mapped[int]  #! agree
    state: Mapped[str] = mapped_column(server_default="open")  #! agree
    right: Mapped[float]
