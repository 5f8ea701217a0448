# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables of the cost simulation: the index of canary reports.
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.*
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Tables of the cost simulation: the index of canary reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base, BigIntegerKey


class CostSimCanaryReport(Base):
    """One canary run. The files are the source of truth and this row is their index.

    The checks repeat what the writers promise: a run that reached a verdict (``pass``, ``fail``) has
    artifacts unless it was declared to write none, ``passed`` is true exactly for status ``pass``, and counts
    are never negative.
    """

    __tablename__ = "costsim_canary_reports"
    __table_args__ = (
        UniqueConstraint("tenant_id", "run_id"),
        Index("ix_costsim_canary_reports_tenant_id_timestamp", "tenant_id", "timestamp"),
        CheckConstraint("status IN ('pass', 'fail', 'error', 'skipped')", name="status_valid"),
        CheckConstraint("source IN ('synthetic', 'provenance', 'given')", name="source_valid"),
        CheckConstraint("passed = (status = 'pass')", name="passed_matches_status"),
        CheckConstraint(
            "total_samples >= 0 AND matching_samples >= 0 AND minor_drift_samples >= 0 "
            "AND major_drift_samples >= 0 AND errored_samples >= 0 AND outlier_count >= 0 "
            "AND artifact_count >= 0",
            name="counts_not_negative",
        ),
        CheckConstraint(
            "NOT artifacts_required OR status NOT IN ('pass', 'fail') OR artifact_count > 0",
            name="artifacts_before_row",
        ),
    )

    id: Mapped[int] = mapped_column(BigIntegerKey, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    run_id: Mapped[str] = mapped_column(String(64))
    timestamp: Mapped[datetime] = mapped_column(default=utc_now)
    status: Mapped[str] = mapped_column(String(16))
    passed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Where the samples came from; NULL when the run ended before it had any.
    source: Mapped[str | None] = mapped_column(String(16))

    total_samples: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    matching_samples: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    minor_drift_samples: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    major_drift_samples: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    errored_samples: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    outlier_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # NULL when nothing was compared: a zero would claim agreement.
    median_cost_diff: Mapped[float | None] = mapped_column(Double)
    p90_cost_diff: Mapped[float | None] = mapped_column(Double)
    kl_divergence: Mapped[float | None] = mapped_column(Double)

    failure_reasons: Mapped[list[str]] = mapped_column(default=list)
    golden_comparison: Mapped[dict[str, Any] | None]
    artifact_paths: Mapped[list[str]] = mapped_column(default=list)
    # File name -> SHA-256 in hexadecimal.
    artifact_manifest: Mapped[dict[str, str] | None]
    artifact_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    artifacts_required: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
