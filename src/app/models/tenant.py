# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of a tenant's worker runs: what was executed, how it ended and what it cost.
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.*
# Allowed Imports: sqlalchemy, app.infra, app.models.base, app.models.exact_decimal
# Forbidden Imports: L2, L4, L5, L6
"""A tenant's worker runs: what was executed, how it ended and what it cost."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base
from app.models.exact_decimal import ExactDecimal


class WorkerRun(Base):
    """One run of a worker. Its id is the tenant's own. Once it has ended, a trigger refuses changes to its
    outcome: observers (patterns, predictions) cannot touch history.
    """

    __tablename__ = "worker_runs"
    __table_args__ = (
        Index("ix_worker_runs_tenant_created", "tenant_id", "created_at"),
        Index("ix_worker_runs_tenant_status_created", "tenant_id", "status", "created_at"),
        CheckConstraint(
            "status IN ('queued', 'running', 'completed', 'failed', 'crashed')", name="status_valid"
        ),
        CheckConstraint("cost_cents >= 0", name="cost_not_negative"),
        CheckConstraint("attempt >= 1", name="attempt_counts_from_one"),
    )

    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    worker_id: Mapped[str] = mapped_column(String(100))
    task: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(50), default="queued", server_default=text("'queued'"))
    error: Mapped[str | None] = mapped_column(Text)
    total_tokens: Mapped[int | None]
    cost_cents: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    attempt: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    is_retry: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    completed_at: Mapped[datetime | None]
