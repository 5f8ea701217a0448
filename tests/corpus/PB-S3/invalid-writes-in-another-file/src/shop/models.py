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


class PatternFeedback(Base):
    __tablename__ = "pattern_feedback"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    pattern: Mapped[str]
    run_count: Mapped[int]
