# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads the facts that statistics, patterns and recurrence are computed from, as of a moment.
# Callers: L5 incidents_facade, spine {incident_answers, incidents_export_handler}
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incidents
# Writes: none
"""Facts about the incidents of a window; a few columns of each, so that a year of them is read in one go."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import IncidentFact
from app.hoc.cus.incidents.L6_drivers.incident_read_as_of import incidents_as_of, moment_text, state_text
from app.models.incident import Incident


class IncidentStatisticsReadDriver:
    """Data of one tenant per call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_facts(self, tenant_id: str, since: datetime, *, as_of: datetime) -> list[IncidentFact]:
        """The incidents opened or resolved after ``since``, as they were at ``as_of``; oldest first, ties by
        id.
        """
        rows = await self._session.execute(
            incidents_as_of(tenant_id, as_of)
            .with_only_columns(
                Incident.id,
                Incident.category,
                Incident.cause_type,
                Incident.source_run_id,
                Incident.created_at,
                state_text("severity").label("severity"),
                state_text("lifecycle_state").label("lifecycle_state"),
                state_text("acknowledged_at").label("acknowledged_at"),
                state_text("resolved_at").label("resolved_at"),
                state_text("resolution_method").label("resolution_method"),
                state_text("cost_impact").label("cost_impact"),
            )
            .where(or_(Incident.created_at > since, state_text("resolved_at") > moment_text(since)))
            .order_by(Incident.created_at, Incident.id)
        )
        return [
            IncidentFact(
                id=row.id,
                category=row.category,
                severity=row.severity,
                lifecycle_state=row.lifecycle_state,
                cause_type=row.cause_type,
                created_at=row.created_at,
                acknowledged_at=_moment(row.acknowledged_at),
                resolved_at=_moment(row.resolved_at),
                resolution_method=row.resolution_method,
                cost_impact=None if row.cost_impact is None else Decimal(row.cost_impact),
                source_run_id=row.source_run_id,
            )
            for row in rows
        ]


def get_incident_statistics_read_driver(session: AsyncSession) -> IncidentStatisticsReadDriver:
    """Return a driver on ``session``."""
    return IncidentStatisticsReadDriver(session)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
