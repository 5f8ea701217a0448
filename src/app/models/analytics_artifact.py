# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables of analytics artifacts: which data, window, moment and code a computed dataset came from.
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.analytics_artifacts_driver
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Analytics artifacts: what is needed to compute a dataset again, and what a version said before."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base


class AnalyticsArtifact(Base):
    """The reproducibility fields of one version of a dataset. ``revision`` counts explicit supersedings,
    ``updated_at`` is the time of the last one.
    """

    __tablename__ = "analytics_artifacts"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "dataset_id",
            "dataset_version",
            name="uq_analytics_artifacts_tenant_dataset_version",
        ),
        Index("ix_analytics_artifacts_tenant", "tenant_id"),
        Index("ix_analytics_artifacts_dataset", "dataset_id", "dataset_version"),
        CheckConstraint("length(input_window_hash) = 64", name="input_window_hash_is_sha256"),
        CheckConstraint("(revision > 1) = (updated_at IS NOT NULL)", name="revised_has_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    dataset_id: Mapped[str] = mapped_column(String(64))
    dataset_version: Mapped[str] = mapped_column(String(64))
    input_window_hash: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[datetime]
    compute_code_version: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime | None]


class AnalyticsArtifactRevision(Base):
    """What a superseded revision of an artifact said; append-only."""

    __tablename__ = "analytics_artifact_revisions"
    __table_args__ = (UniqueConstraint("artifact_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    artifact_id: Mapped[int] = mapped_column(ForeignKey("analytics_artifacts.id"))
    revision: Mapped[int]
    input_window_hash: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[datetime]
    compute_code_version: Mapped[str] = mapped_column(String(64))
    superseded_at: Mapped[datetime] = mapped_column(default=utc_now)
