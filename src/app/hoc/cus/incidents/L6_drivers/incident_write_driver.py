# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Writes incidents and their timelines; every change demands the revision that was read.
# Callers: L5_engines, spine {incident_work, incidents_recurrence_handler}
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incident_events, incidents
# Writes: incident_events, incidents
"""Incident write driver on a synchronous session; L4 runs it inside ``AsyncSession.run_sync``.

The ``update_*`` methods change a row only while it is still in the state and revision that were read, number the
change, and return the incident as it came out, or None when somebody was faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from app.hoc.cus.incidents.L5_schemas.incident_records import (
    PostmortemContent,
    PostmortemRow,
    RecurrenceGroup,
)
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow, TimelineEntry
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    IncidentSeverity,
    LifecycleState,
    ResolutionMethod,
    ResolutionType,
    SourceType,
)
from app.hoc.cus.incidents.L6_drivers.incident_mapping import to_incident, to_incident_row
from app.hoc.cus.incidents.L6_drivers.incident_postmortem_writes import replace_postmortem
from app.hoc.cus.incidents.L6_drivers.incident_recurrence_reads import read_recurrence_group
from app.models.incident import Incident, IncidentEvent


class IncidentWriteDriver:
    """Data of one tenant per call; flushes, never commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_incident_by_source(
        self, tenant_id: str, source_type: SourceType, source_ref: str
    ) -> IncidentRow | None:
        """The incident that a source has caused already."""
        row = self._session.scalar(
            select(Incident)
            .where(
                Incident.tenant_id == tenant_id,
                Incident.source_type == source_type.value,
                Incident.source_ref == source_ref,
            )
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_incident_row(row)

    def lock_incident(self, tenant_id: str, incident_id: str) -> IncidentRow | None:
        """The tenant's incident, which nobody else changes until the transaction ends; None for another's."""
        row = self._session.scalar(
            select(Incident)
            .where(Incident.tenant_id == tenant_id, Incident.id == incident_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_incident_row(row)

    def lock_stale_incidents(
        self, tenant_id: str, source_type: SourceType, *, unchanged_since: datetime, limit: int
    ) -> list[IncidentRow]:
        """Active incidents of a source unchanged since a moment, oldest first, but those somebody works on now."""
        rows = self._session.scalars(
            select(Incident)
            .where(
                Incident.tenant_id == tenant_id,
                Incident.source_type == source_type.value,
                Incident.lifecycle_state == LifecycleState.ACTIVE.value,
                Incident.updated_at <= unchanged_since,
            )
            .order_by(Incident.updated_at, Incident.id)
            .limit(limit)
            .with_for_update(key_share=True, skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return [to_incident_row(row) for row in rows]

    def insert_incident(self, incident: IncidentRow) -> None:
        """Insert what has just been opened, signature included; ``IntegrityError`` when its cause has one already."""
        self._session.add(to_incident(incident))
        self._session.flush()

    def create_incident_event(self, entry_id: str, entry: TimelineEntry) -> None:
        """Append an entry to a timeline; ``IntegrityError`` when its number is taken."""
        self._session.add(
            IncidentEvent(
                id=entry_id,
                tenant_id=entry.tenant_id,
                incident_id=entry.incident_id,
                sequence_no=entry.sequence_no,
                event_type=entry.event_type.value,
                description=entry.description,
                actor_type=entry.actor.actor_type,
                actor_id=entry.actor.actor_id,
                before_state=None if entry.before_state is None else dict(entry.before_state),
                after_state=dict(entry.after_state),
                data=dict(entry.data),
                created_at=entry.created_at,
            )
        )
        self._session.flush()

    def update_incident_acknowledged(
        self, before: IncidentRow, *, acknowledged_at: datetime, acknowledged_by: str
    ) -> IncidentRow | None:
        """Note who has taken it on."""
        return self._change(
            before,
            lifecycle_state=LifecycleState.ACKED,
            status=LifecycleState.ACKED.status,
            acknowledged_at=acknowledged_at,
            acknowledged_by=acknowledged_by,
            updated_at=acknowledged_at,
        )

    def update_incident_resolved(
        self,
        before: IncidentRow,
        *,
        resolved_at: datetime,
        resolved_by: str,
        duration_seconds: int,
        resolution_method: ResolutionMethod,
        resolution_type: ResolutionType,
        resolution_summary: str | None,
        resolution_notes: str | None,
        postmortem_artifact_id: str | None,
    ) -> IncidentRow | None:
        """End it, and say how and why."""
        values = {
            "lifecycle_state": LifecycleState.RESOLVED,
            "status": LifecycleState.RESOLVED.status,
            "resolved_at": resolved_at,
            "resolved_by": resolved_by,
            "ended_at": resolved_at,
            "duration_seconds": duration_seconds,
            "resolution_method": resolution_method,
            "resolution_type": resolution_type,
            "resolution_summary": resolution_summary,
            "resolution_notes": resolution_notes,
            "postmortem_artifact_id": postmortem_artifact_id,
            "updated_at": resolved_at,
        }
        # Its own statement, so that what a resolution stores can be read here.
        changed = self._session.execute(
            update(Incident)
            .where(*_as_read(before))
            .values(revision=before.revision + 1, **values)
            .execution_options(synchronize_session=False)
        )
        return _after(before, changed, values)

    def update_incident_reopened(self, before: IncidentRow, *, reopened_at: datetime) -> IncidentRow | None:
        """Take the end and the acknowledgement back; the timeline keeps both, the postmortem stays linked."""
        return self._change(
            before,
            lifecycle_state=LifecycleState.REOPENED,
            status=LifecycleState.REOPENED.status,
            reopened_count=before.reopened_count + 1,
            acknowledged_at=None,
            acknowledged_by=None,
            resolved_at=None,
            resolved_by=None,
            ended_at=None,
            duration_seconds=None,
            resolution_method=None,
            resolution_type=None,
            resolution_summary=None,
            resolution_notes=None,
            updated_at=reopened_at,
        )

    def update_incident_reactivated(
        self, before: IncidentRow, *, reactivated_at: datetime
    ) -> IncidentRow | None:
        """Somebody deals with it again."""
        return self._change(
            before,
            lifecycle_state=LifecycleState.ACTIVE,
            status=LifecycleState.ACTIVE.status,
            updated_at=reactivated_at,
        )

    def update_incident_aggregated(
        self,
        before: IncidentRow,
        *,
        calls_affected: int,
        cost_delta_cents: Decimal,
        cost_impact: Decimal,
        severity: IncidentSeverity,
        at: datetime,
    ) -> IncidentRow | None:
        """Count one more call; a severity that differs is an escalation."""
        escalates = severity is not before.severity
        return self._change(
            before,
            calls_affected=calls_affected,
            cost_delta_cents=cost_delta_cents,
            cost_impact=cost_impact,
            severity=severity,
            escalated=before.escalated or escalates,
            escalated_at=at if escalates else before.escalated_at,
            updated_at=at,
        )

    def update_incident_touched(self, before: IncidentRow, *, at: datetime) -> IncidentRow | None:
        """Number a change that leaves the incident itself as it is."""
        return self._change(before, updated_at=at)

    def create_postmortem_stub(
        self,
        before: IncidentRow,
        content: PostmortemContent,
        *,
        artifact_id: str,
        supersedes: PostmortemRow | None,
        created_by: str,
        at: datetime,
    ) -> tuple[PostmortemRow, IncidentRow] | None:
        """Write a postmortem and link it, in place of the one it supersedes; None when somebody was faster.

        What it says decides whether it is a stub or complete.
        """
        row = replace_postmortem(
            self._session,
            before,
            content,
            artifact_id=artifact_id,
            supersedes=supersedes,
            created_by=created_by,
            at=at,
        )
        after = self._change(before, postmortem_artifact_id=artifact_id, updated_at=at)
        return None if after is None else (row, after)

    def fetch_recurrence_group(
        self,
        tenant_id: str,
        recurrence_signature: str,
        signature_version: str,
        *,
        as_of: datetime,
        limit: int = 50,
    ) -> RecurrenceGroup:
        """The tenant's incidents with a signature of one version of the recipe, newest first (ties by id), in
        the state they had at ``as_of``, and how many there were.
        """
        return read_recurrence_group(
            self._session, tenant_id, recurrence_signature, signature_version, as_of=as_of, limit=limit
        )

    def _change(self, before: IncidentRow, **values: Any) -> IncidentRow | None:
        changed = self._session.execute(
            update(Incident)
            .where(*_as_read(before))
            .values(revision=before.revision + 1, **values)
            .execution_options(synchronize_session=False)
        )
        return _after(before, changed, values)


def get_incident_write_driver(session: Session) -> IncidentWriteDriver:
    """Return a driver on ``session``."""
    return IncidentWriteDriver(session)


def _as_read(before: IncidentRow) -> tuple[ColumnElement[bool], ...]:
    """One conditional statement: of two that change at once, one finds the revision gone."""
    return (
        Incident.tenant_id == before.tenant_id,
        Incident.id == before.id,
        Incident.lifecycle_state == before.lifecycle_state.value,
        Incident.revision == before.revision,
    )


def _after(before: IncidentRow, changed: Any, values: Mapping[str, Any]) -> IncidentRow | None:
    if cast("CursorResult[Any]", changed).rowcount != 1:
        return None
    told = {name: value for name, value in values.items() if name != "status"}  # follows from the state
    return replace(before, revision=before.revision + 1, **told)
