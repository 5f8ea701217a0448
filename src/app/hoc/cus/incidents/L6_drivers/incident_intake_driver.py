# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: What opening incidents has to know: one at a time per tenant, what is open in a window, which calls count.
# Callers: L5 {incident_aggregator, incident_opening_engine}, spine incident_work
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incident_calls, incidents
# Writes: incident_calls, incident_intake
"""Incident intake driver on a synchronous session; L4 runs it inside ``AsyncSession.run_sync``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import LifecycleState, SourceType
from app.hoc.cus.incidents.L6_drivers.incident_mapping import to_incident_row
from app.models.incident import Incident
from app.models.incident_records import IncidentCall, IncidentIntake


class IncidentIntakeDriver:
    """Data of one tenant per call; flushes, never commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock_intake(self, tenant_id: str) -> None:
        """Wait until no other transaction opens incidents of the tenant, and keep others waiting until this one
        ends. Taken before anything else that is locked.
        """
        dialect = postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite
        self._session.execute(
            dialect.insert(IncidentIntake)
            .values(tenant_id=tenant_id, taken=1)
            .on_conflict_do_update(
                index_elements=[IncidentIntake.tenant_id], set_={"taken": IncidentIntake.taken + 1}
            )
        )

    def find_open_trigger(
        self, tenant_id: str, trigger_type: str, *, started_after: datetime
    ) -> IncidentRow | None:
        """The newest incident of a trigger that is not resolved and started after a moment; locked."""
        row = self._session.scalar(
            select(Incident)
            .where(
                Incident.tenant_id == tenant_id,
                Incident.source_type == SourceType.TRIGGER.value,
                Incident.trigger_type == trigger_type,
                Incident.lifecycle_state != LifecycleState.RESOLVED.value,
                Incident.started_at > started_after,
            )
            .order_by(Incident.started_at.desc(), Incident.id)
            .limit(1)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_incident_row(row)

    def count_triggered(self, tenant_id: str, *, except_trigger: str, since: datetime) -> int:
        """How many incidents triggers have opened after a moment, but for one kind."""
        count = self._session.scalar(
            select(func.count())
            .select_from(Incident)
            .where(
                Incident.tenant_id == tenant_id,
                Incident.source_type == SourceType.TRIGGER.value,
                Incident.trigger_type != except_trigger,
                Incident.created_at > since,
            )
        )
        return count or 0

    def count_signature(self, tenant_id: str, recurrence_signature: str, signature_version: str) -> int:
        """How many of the tenant's incidents have a signature."""
        count = self._session.scalar(
            select(func.count())
            .select_from(Incident)
            .where(
                Incident.tenant_id == tenant_id,
                Incident.recurrence_signature == recurrence_signature,
                Incident.signature_version == signature_version,
            )
        )
        return count or 0

    def find_incident_of_call(self, tenant_id: str, call_id: str) -> IncidentRow | None:
        """The incident a call belongs to."""
        row = self._session.scalar(
            select(Incident)
            .join(IncidentCall, IncidentCall.incident_id == Incident.id)
            .where(IncidentCall.tenant_id == tenant_id, IncidentCall.call_id == call_id)
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_incident_row(row)

    def insert_call(self, tenant_id: str, call_id: str, incident_id: str, at: datetime) -> None:
        """Let a call belong to an incident; ``IntegrityError`` when it belongs to one."""
        self._session.add(
            IncidentCall(tenant_id=tenant_id, call_id=call_id, incident_id=incident_id, created_at=at)
        )
        self._session.flush()


def get_incident_intake_driver(session: Session) -> IncidentIntakeDriver:
    """Return a driver on ``session``."""
    return IncidentIntakeDriver(session)
