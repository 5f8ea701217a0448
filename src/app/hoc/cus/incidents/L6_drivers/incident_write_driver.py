# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Writes incidents of a tenant.
# Callers: L5 anomaly_bridge, spine anomaly_incident_coordinator
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
"""Incident write driver on a synchronous session; L4 runs it inside ``AsyncSession.run_sync``."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.incident import Incident


class IncidentWriteDriver:
    """Data of one tenant per call; flushes, never commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_incident_by_source(self, tenant_id: str, source_type: str, source_ref: str) -> str | None:
        """The id of the incident that a source has caused already."""
        return self._session.scalar(
            select(Incident.id).where(
                Incident.tenant_id == tenant_id,
                Incident.source_type == source_type,
                Incident.source_ref == source_ref,
            )
        )

    def insert_incident_from_anomaly(
        self,
        incident_id: str,
        tenant_id: str,
        anomaly_id: str,
        title: str,
        severity: str,
        trigger_type: str,
        category: str,
        description: str,
        impact_scope: str,
        affected_agent_id: str | None,
        cost_delta_cents: Decimal,
        now: datetime,
    ) -> None:
        """Insert an open incident caused by a cost anomaly; ``IntegrityError`` when the anomaly has one."""
        self._session.add(
            Incident(
                id=incident_id,
                tenant_id=tenant_id,
                title=title,
                description=description,
                severity=severity,
                status="open",
                lifecycle_state="ACTIVE",
                category=category,
                cause_type="SYSTEM",
                source_type="cost_anomaly",
                source_ref=anomaly_id,
                trigger_type=trigger_type,
                trigger_value=format(cost_delta_cents, "f"),
                impact_scope=impact_scope,
                affected_agent_id=affected_agent_id,
                affected_count=1,
                cost_delta_cents=cost_delta_cents,
                cost_impact=None,
                created_at=now,
                started_at=now,
                updated_at=now,
            )
        )
        self._session.flush()


def get_incident_write_driver(session: Session) -> IncidentWriteDriver:
    """Return a driver on ``session``."""
    return IncidentWriteDriver(session)
