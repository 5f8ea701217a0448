# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads the incidents that share a signature, in the state they had at a moment.
# Callers: L6 incident_write_driver
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incident_events, incidents
# Writes: none
"""Recurrence groups, behind ``IncidentWriteDriver.fetch_recurrence_group``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.hoc.cus.incidents.L5_schemas.incident_records import RecurrenceGroup, RecurrenceMember
from app.models.incident import Incident, IncidentEvent


def read_recurrence_group(
    session: Session,
    tenant_id: str,
    recurrence_signature: str,
    signature_version: str,
    *,
    as_of: datetime,
    limit: int,
) -> RecurrenceGroup:
    """The tenant's newest ``limit`` incidents of a signature as of a moment (ties by id), and how many there were."""
    group = (
        Incident.tenant_id == tenant_id,
        Incident.recurrence_signature == recurrence_signature,
        Incident.signature_version == signature_version,
        Incident.created_at <= as_of,
    )
    earlier = aliased(IncidentEvent)
    latest = (
        select(func.max(earlier.sequence_no))
        .where(earlier.incident_id == Incident.id, earlier.created_at <= as_of)
        .correlate(Incident)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Incident, IncidentEvent.after_state)
        .join(IncidentEvent, IncidentEvent.incident_id == Incident.id)
        .where(*group, IncidentEvent.sequence_no == latest)
        .order_by(Incident.created_at.desc(), Incident.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    members = tuple(_member(incident, state) for incident, state in rows)
    count = session.scalar(select(func.count()).select_from(Incident).where(*group))
    return RecurrenceGroup(recurrence_signature, signature_version, members, count or 0)


def _member(row: Incident, state: dict[str, Any]) -> RecurrenceMember:
    return RecurrenceMember(
        id=row.id,
        title=row.title,
        category=row.category,
        severity=state["severity"],
        status=state["status"],
        lifecycle_state=state["lifecycle_state"],
        created_at=row.created_at,
        resolution_type=state["resolution_type"],
        resolution_summary=state["resolution_summary"],
        postmortem_artifact_id=state["postmortem_artifact_id"],
        recurrence_signature=str(row.recurrence_signature),
        signature_version=str(row.signature_version),
    )
