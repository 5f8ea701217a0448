# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads incidents, their timelines, evidence and postmortems as of a moment.
# Callers: L5 incidents_facade, spine {incident_answers, incidents_export_handler}
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incident_events, incident_evidence, incident_postmortems, incidents
# Writes: none
"""Incident read driver. Nothing is read that was written after the moment; what a row says now but did not say
then is taken from the timeline (see ``incident_read_as_of``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.incidents.L5_schemas.incident_read_query import (
    IncidentFilters,
    PageRequest,
    SortKey,
    SortOrder,
)
from app.hoc.cus.incidents.L5_schemas.incident_records import EvidenceRow, PostmortemRow
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow, TimelineEntry
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import EvidenceType, LifecycleState, TimelineType
from app.hoc.cus.incidents.L6_drivers.incident_read_as_of import (
    incidents_as_of,
    moment_text,
    state_gravity,
    state_text,
    to_incident,
)
from app.models.incident import Incident, IncidentEvent
from app.models.incident_records import IncidentEvidence, IncidentPostmortem


class IncidentReadDriver:
    """Data of one tenant per call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_page(
        self, tenant_id: str, filters: IncidentFilters, page: PageRequest, *, as_of: datetime
    ) -> tuple[list[IncidentRow], int]:
        """A page of the incidents that match at ``as_of``, in a total order, and how many match altogether."""
        matching = incidents_as_of(tenant_id, as_of).where(*_conditions(filters))
        total = await self._session.scalar(
            select(func.count()).select_from(matching.with_only_columns(Incident.id).subquery())
        )
        rows = await self._session.execute(
            matching.order_by(*_order(page)).limit(page.limit).offset(page.offset)
        )
        return [to_incident(row, entry) for row, entry in rows], total or 0

    async def fetch_incident(
        self, tenant_id: str, incident_id: str, *, as_of: datetime
    ) -> IncidentRow | None:
        """The tenant's incident as it was, or None when it had none of that id then."""
        rows = await self._session.execute(
            incidents_as_of(tenant_id, as_of).where(Incident.id == incident_id)
        )
        return next((to_incident(row, entry) for row, entry in rows), None)

    async def fetch_timeline(
        self, tenant_id: str, incident_id: str, *, as_of: datetime
    ) -> list[TimelineEntry]:
        """What had happened to an incident, in order."""
        rows = await self._session.scalars(
            select(IncidentEvent)
            .where(
                IncidentEvent.tenant_id == tenant_id,
                IncidentEvent.incident_id == incident_id,
                IncidentEvent.created_at <= as_of,
            )
            .order_by(IncidentEvent.sequence_no)
        )
        return [_timeline_entry(row) for row in rows]

    async def fetch_evidence(self, tenant_id: str, incident_id: str, *, as_of: datetime) -> list[EvidenceRow]:
        """What had been found out about an incident, oldest first, ties by id."""
        rows = await self._session.scalars(
            select(IncidentEvidence)
            .where(
                IncidentEvidence.tenant_id == tenant_id,
                IncidentEvidence.incident_id == incident_id,
                IncidentEvidence.created_at <= as_of,
            )
            .order_by(IncidentEvidence.created_at, IncidentEvidence.id)
        )
        return [_evidence_row(row) for row in rows]

    async def fetch_postmortems(
        self, tenant_id: str, incident_id: str, *, as_of: datetime
    ) -> list[PostmortemRow]:
        """The postmortems of an incident, the newest revision first: that is the one in force."""
        rows = await self._session.scalars(
            select(IncidentPostmortem)
            .where(
                IncidentPostmortem.tenant_id == tenant_id,
                IncidentPostmortem.incident_id == incident_id,
                IncidentPostmortem.created_at <= as_of,
            )
            .order_by(IncidentPostmortem.revision.desc())
        )
        return [_postmortem_row(row, as_of) for row in rows]

    async def fetch_similar_resolved(
        self, tenant_id: str, incident: IncidentRow, limit: int, *, as_of: datetime
    ) -> list[IncidentRow]:
        """Other resolved incidents of the same category, the latest resolved first, ties by id."""
        rows = await self._session.execute(
            incidents_as_of(tenant_id, as_of)
            .where(
                Incident.category == incident.category,
                Incident.id != incident.id,
                state_text("lifecycle_state") == LifecycleState.RESOLVED.value,
            )
            .order_by(state_text("resolved_at").desc(), Incident.id)
            .limit(limit)
        )
        return [to_incident(row, entry) for row, entry in rows]

    async def count_recovery_attempts(
        self, tenant_id: str, incident_ids: list[str], *, as_of: datetime
    ) -> dict[str, int]:
        """How many pieces of evidence of each incident tell of a recovery that was tried; none is left out."""
        rows = await self._session.execute(
            select(IncidentEvidence.incident_id, func.count().label("attempts"))
            .where(
                IncidentEvidence.tenant_id == tenant_id,
                IncidentEvidence.incident_id.in_(incident_ids),
                IncidentEvidence.recovery_executed.is_(True),
                IncidentEvidence.created_at <= as_of,
            )
            .group_by(IncidentEvidence.incident_id)
        )
        found = {row.incident_id: row.attempts for row in rows}
        return {incident_id: found.get(incident_id, 0) for incident_id in incident_ids}

    async def fetch_data_version(self, tenant_id: str, *, as_of: datetime) -> int:
        """How many timeline entries the tenant had at ``as_of``; the timeline is append-only."""
        count = await self._session.scalar(
            select(func.count())
            .select_from(IncidentEvent)
            .where(IncidentEvent.tenant_id == tenant_id, IncidentEvent.created_at <= as_of)
        )
        return count or 0


def get_incident_read_driver(session: AsyncSession) -> IncidentReadDriver:
    """Return a driver on ``session``."""
    return IncidentReadDriver(session)


def _conditions(filters: IncidentFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.states:
        conditions.append(state_text("lifecycle_state").in_([state.value for state in filters.states]))
    if filters.severity is not None:
        conditions.append(state_text("severity") == filters.severity.value)
    if filters.category is not None:
        conditions.append(Incident.category == filters.category)
    if filters.cause_type is not None:
        conditions.append(Incident.cause_type == filters.cause_type.value)
    if filters.is_synthetic is not None:
        conditions.append(Incident.is_synthetic.is_(filters.is_synthetic))
    if filters.source_run_id is not None:
        conditions.append(Incident.source_run_id == filters.source_run_id)
    if filters.created_after is not None:
        conditions.append(Incident.created_at >= filters.created_after)
    if filters.created_before is not None:
        conditions.append(Incident.created_at <= filters.created_before)
    resolved_at = state_text("resolved_at")
    if filters.resolved_after is not None:
        conditions.append(resolved_at >= moment_text(filters.resolved_after))
    if filters.resolved_before is not None:
        conditions.append(resolved_at <= moment_text(filters.resolved_before))
    if filters.resolved_earlier_than is not None:
        conditions.append(resolved_at < moment_text(filters.resolved_earlier_than))
    return conditions


def _order(page: PageRequest) -> list[ColumnElement[Any]]:
    """A total order. Where the key is absent, SQLite and PostgreSQL disagree on its place, so it is said."""
    key: ColumnElement[Any]
    if page.sort_by is SortKey.SEVERITY:
        key = state_gravity()
    elif page.sort_by is SortKey.RESOLVED_AT:
        key = state_text("resolved_at")
    else:
        key = Incident.created_at.expression
    directed = key.asc() if page.sort_order is SortOrder.ASC else key.desc()
    return [directed.nulls_last(), Incident.id.asc()]


def _timeline_entry(row: IncidentEvent) -> TimelineEntry:
    return TimelineEntry(
        tenant_id=row.tenant_id,
        incident_id=row.incident_id,
        sequence_no=row.sequence_no,
        event_type=TimelineType(row.event_type),
        description=row.description,
        actor=Actor(row.actor_id, row.actor_type),
        before_state=row.before_state,
        after_state=row.after_state,
        created_at=row.created_at,
        data=row.data,
    )


def _evidence_row(row: IncidentEvidence) -> EvidenceRow:
    return EvidenceRow(
        id=row.id,
        tenant_id=row.tenant_id,
        incident_id=row.incident_id,
        evidence_type=EvidenceType(row.evidence_type),
        recovery_executed=row.recovery_executed,
        payload=row.payload,
        content_hash=row.content_hash,
        captured_by=row.captured_by,
        created_at=row.created_at,
    )


def _postmortem_row(row: IncidentPostmortem, as_of: datetime) -> PostmortemRow:
    """The postmortem, without a supersession that came later."""
    superseded = row.superseded_at is not None and row.superseded_at <= as_of
    return PostmortemRow(
        id=row.id,
        tenant_id=row.tenant_id,
        incident_id=row.incident_id,
        revision=row.revision,
        status=row.status,
        title=row.title,
        summary=row.summary,
        root_cause=row.root_cause,
        impact=row.impact,
        corrective_actions=None if row.corrective_actions is None else tuple(row.corrective_actions),
        content_hash=row.content_hash,
        created_by=row.created_by,
        created_at=row.created_at,
        superseded_at=row.superseded_at if superseded else None,
        superseded_by=row.superseded_by if superseded else None,
    )
