# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables around an incident: evidence, postmortems, the calls it covers, and the intake's lock.
# Callers: app.models, app.hoc.cus.incidents.L6_drivers.*
# Allowed Imports: sqlalchemy, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""What is kept about an incident besides its row and its timeline."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDocument


class IncidentEvidence(Base):
    """Something that was found out about an incident. Append-only; ``content_hash`` is the SHA-256 of the
    canonical JSON of ``payload``.
    """

    __tablename__ = "incident_evidence"
    __table_args__ = (
        Index("ix_incident_evidence_incident_type", "incident_id", "evidence_type", "created_at"),
        CheckConstraint(
            "evidence_type IN ('log', 'metric', 'trace', 'configuration', 'recovery', 'note', 'anomaly')",
            name="type_valid",
        ),
        CheckConstraint("length(content_hash) = 64", name="hash_is_sha256"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    incident_id: Mapped[str] = mapped_column(String(64), ForeignKey("incidents.id"))
    evidence_type: Mapped[str] = mapped_column(String(30))
    recovery_executed: Mapped[bool] = mapped_column(default=False, server_default=false())
    payload: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    content_hash: Mapped[str] = mapped_column(String(64))
    captured_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class IncidentPostmortem(Base):
    """What was learned from an incident. One is in force per incident; a newer revision supersedes it.

    A stub has the minimum: a title and a summary. A complete one says as well why it happened, what it did and
    what will be done.
    """

    __tablename__ = "incident_postmortems"
    __table_args__ = (
        Index("uq_incident_postmortems_revision", "incident_id", "revision", unique=True),
        Index(
            "uq_incident_postmortems_in_force",
            "incident_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("status IN ('stub', 'complete')", name="status_valid"),
        CheckConstraint("length(title) >= 1 AND length(summary) >= 1", name="minimum_content"),
        CheckConstraint(
            "status = 'stub' OR (root_cause IS NOT NULL AND impact IS NOT NULL "
            "AND corrective_actions IS NOT NULL)",
            name="complete_has_content",
        ),
        CheckConstraint("(superseded_at IS NULL) = (superseded_by IS NULL)", name="superseded_has_successor"),
        CheckConstraint("length(content_hash) = 64", name="hash_is_sha256"),
        CheckConstraint("revision >= 1", name="revision_from_one"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    incident_id: Mapped[str] = mapped_column(String(64), ForeignKey("incidents.id"))
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    status: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(500))
    summary: Mapped[str] = mapped_column(Text)
    root_cause: Mapped[str | None] = mapped_column(Text)
    impact: Mapped[str | None] = mapped_column(Text)
    corrective_actions: Mapped[list[str] | None] = mapped_column(JsonDocument)
    content_hash: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    # The id of the postmortem that took its place.
    superseded_by: Mapped[str | None] = mapped_column(String(64))


class IncidentCall(Base):
    """A call that an incident covers. A call belongs to one incident, so that telling of it twice counts once."""

    __tablename__ = "incident_calls"
    __table_args__ = (Index("ix_incident_calls_incident", "incident_id", "created_at"),)

    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    incident_id: Mapped[str] = mapped_column(String(64), ForeignKey("incidents.id"))
    created_at: Mapped[datetime]


class IncidentIntake(Base):
    """One row per tenant whose lock orders what opens incidents: windows, rate limits and signatures are judged
    on what earlier ones have committed.
    """

    __tablename__ = "incident_intake"
    __table_args__ = (CheckConstraint("taken >= 1", name="taken_from_one"),)

    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"), primary_key=True)
    taken: Mapped[int] = mapped_column(BigInteger)
