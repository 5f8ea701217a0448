from datetime import datetime

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Run(Base):
    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    status: Mapped[str]
    started_at: Mapped[datetime]


class Prediction(Base):
    __tablename__ = "predictions"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    confidence: Mapped[float]
    is_advisory: Mapped[bool]
    expires_at: Mapped[datetime]
