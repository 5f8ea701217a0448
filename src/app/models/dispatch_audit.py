# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of dispatches: which operation was called by whom, what authority said and how it ended.
# Callers: app.models, app.hoc.cus.hoc_spine.drivers.dispatch_audit_driver
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""The dispatch audit: one row per dispatch, never changed, and deleted only when newer ones need the room."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Double, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigIntegerKey


class DispatchAuditRecord(Base):
    """One dispatch. The tenant is absent for operations about the service itself; no parameters are kept."""

    __tablename__ = "dispatch_audit"
    __table_args__ = (
        Index("ix_dispatch_audit_operation", "operation", "id"),
        Index("ix_dispatch_audit_tenant_id", "tenant_id", "id"),
        CheckConstraint("duration_ms >= 0", name="duration_not_negative"),
        CheckConstraint("success = (error_code IS NULL)", name="failure_has_code"),
    )

    id: Mapped[int] = mapped_column(BigIntegerKey, primary_key=True)
    dispatched_at: Mapped[datetime]
    operation: Mapped[str] = mapped_column(String(100))
    method: Mapped[str | None] = mapped_column(String(100))
    tenant_id: Mapped[str | None] = mapped_column(String(36))
    actor_type: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str | None] = mapped_column(String(100))
    request_id: Mapped[str | None] = mapped_column(String(40))
    success: Mapped[bool]
    error_code: Mapped[str | None] = mapped_column(String(100))
    duration_ms: Mapped[float] = mapped_column(Double)
    governance_active: Mapped[bool]
    authority_allowed: Mapped[bool]
    authority_degraded: Mapped[bool]
    authority_code: Mapped[str] = mapped_column(String(50))
    authority_reason: Mapped[str] = mapped_column(String(200))
