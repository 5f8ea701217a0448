# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Writes postmortems, each in place of the one it supersedes.
# Callers: L6 incident_write_driver
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incident_postmortems
# Writes: incident_postmortems
"""The row of a postmortem, behind ``IncidentWriteDriver.create_postmortem_stub``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.hoc.cus.incidents.L5_schemas.incident_records import PostmortemContent, PostmortemRow
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow
from app.hoc.cus.incidents.L6_drivers.incident_mapping import to_postmortem_row
from app.models.incident_records import IncidentPostmortem


def replace_postmortem(
    session: Session,
    incident: IncidentRow,
    content: PostmortemContent,
    *,
    artifact_id: str,
    supersedes: PostmortemRow | None,
    created_by: str,
    at: datetime,
) -> PostmortemRow:
    """Insert the postmortem of an incident, and mark the one it supersedes; flushes, never commits."""
    if supersedes is not None:
        session.execute(
            update(IncidentPostmortem)
            .where(
                IncidentPostmortem.tenant_id == incident.tenant_id,
                IncidentPostmortem.id == supersedes.id,
                IncidentPostmortem.superseded_at.is_(None),
            )
            .values(superseded_at=at, superseded_by=artifact_id)
            .execution_options(synchronize_session=False)
        )
    actions = content.corrective_actions
    row = IncidentPostmortem(
        id=artifact_id,
        tenant_id=incident.tenant_id,
        incident_id=incident.id,
        revision=1 if supersedes is None else supersedes.revision + 1,
        status=content.status,
        title=content.title,
        summary=content.summary,
        root_cause=content.root_cause,
        impact=content.impact,
        corrective_actions=None if actions is None else list(actions),
        content_hash=content.content_hash,
        created_by=created_by,
        created_at=at,
    )
    session.add(row)
    session.flush()
    return to_postmortem_row(row)
