# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables the usage statistics are drawn from: agent runs with their tokens, and execution traces.
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.*
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Usage signals: agent runs (the signal ``llm.usage``) and execution traces (``worker.execution``)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base


class AgentRun(Base):
    """One finished call of a language model and the tokens it used."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_tenant_created", "tenant_id", "created_at"),
        Index("ix_runs_tenant_trace", "tenant_id", "trace_id"),
        CheckConstraint("input_tokens >= 0 AND output_tokens >= 0", name="not_negative"),
    )

    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    trace_id: Mapped[str | None] = mapped_column(String(64))
    input_tokens: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    output_tokens: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ExecutionTrace(Base):
    """One execution of a worker's step; only successful ones count as compute units."""

    __tablename__ = "aos_traces"
    __table_args__ = (
        Index("ix_aos_traces_tenant_created", "tenant_id", "created_at"),
        CheckConstraint("status IN ('success', 'failure')", name="status_valid"),
    )

    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    trace_id: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
