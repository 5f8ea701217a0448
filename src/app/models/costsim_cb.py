# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of simulation provenance: what was simulated, by which code, and what both cost models said.
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.provenance_{async,driver,comparison_driver}
# Allowed Imports: sqlalchemy, app.infra, app.models.base, app.models.exact_decimal
# Forbidden Imports: L2, L4, L5, L6
"""Provenance of cost simulations. The module keeps the name under which drivers import the table."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base, BigIntegerKey
from app.models.exact_decimal import ExactDecimal


class CostSimProvenanceModel(Base):
    """One distinct simulation of a tenant; triggers refuse update and delete.

    The unique key makes writing idempotent: an input that was recorded before (same plan, limits and model
    versions, hence the same hash) is not recorded again. Costs are cents; they are NULL where nothing could
    be compared.
    """

    __tablename__ = "costsim_provenance"
    __table_args__ = (
        UniqueConstraint("tenant_id", "variant_slug", "input_hash"),
        Index("ix_costsim_provenance_tenant_id_created_at", "tenant_id", "created_at", "id"),
        Index("ix_costsim_provenance_tenant_id_run_id", "tenant_id", "run_id"),
        CheckConstraint("variant_slug IN ('v1', 'v2', 'canary')", name="variant_slug_valid"),
        CheckConstraint("source IN ('sandbox', 'canary', 'manual', 'backfill')", name="source_valid"),
        CheckConstraint("status IN ('success', 'error', 'timeout', 'schema_error')", name="status_valid"),
        CheckConstraint(
            "verdict IN ('match', 'minor_drift', 'major_drift', 'mismatch')", name="verdict_valid"
        ),
        CheckConstraint("drift_score >= 0 AND drift_score <= 1", name="drift_score_range"),
        CheckConstraint("length(input_hash) = 64", name="input_hash_is_sha256"),
        CheckConstraint("runtime_ms >= 0", name="runtime_not_negative"),
        CheckConstraint(
            "(cost_delta IS NULL) = (v1_cost IS NULL OR v2_cost IS NULL)", name="delta_needs_both_costs"
        ),
    )

    id: Mapped[int] = mapped_column(BigIntegerKey, primary_key=True)
    run_id: Mapped[str | None] = mapped_column(String(64))
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    variant_slug: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default="success", server_default=text("'success'"))
    model_version: Mapped[str | None] = mapped_column(String(32))
    adapter_version: Mapped[str | None] = mapped_column(String(32))
    commit_sha: Mapped[str | None] = mapped_column(String(64))
    input_hash: Mapped[str] = mapped_column(String(64))
    output_hash: Mapped[str | None] = mapped_column(String(64))
    v1_cost: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    v2_cost: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    cost_delta: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    drift_score: Mapped[float | None] = mapped_column(Double)
    verdict: Mapped[str | None] = mapped_column(String(16))
    payload: Mapped[dict[str, Any] | None]
    runtime_ms: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
