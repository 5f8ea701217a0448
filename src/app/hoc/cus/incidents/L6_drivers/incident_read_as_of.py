# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: SQL that joins each incident with the timeline entry in force at a moment, and maps the pair.
# Callers: L6 {incident_read_driver, incident_statistics_read_driver}
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incident_events, incidents
# Writes: none
"""Incidents as they were. A row holds the present; its timeline holds, entry by entry, everything about it that
can change. The entry with the highest number among those not after the moment is the state then, and an incident
without such an entry did not exist yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import aliased

from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    CauseType,
    IncidentSeverity,
    LifecycleState,
    ResolutionMethod,
    ResolutionType,
    SourceType,
)
from app.models.incident import Incident, IncidentEvent

T = TypeVar("T")
# Moments inside a state are written with microseconds and offset, so that as text they sort like the moments.
_GRAVITY = {severity.value: severity.rank for severity in IncidentSeverity}


def incidents_as_of(tenant_id: str, as_of: datetime) -> Select[Incident, IncidentEvent]:
    """Every incident of a tenant known at a moment, with the timeline entry that was in force."""
    earlier = aliased(IncidentEvent)
    latest = (
        select(func.max(earlier.sequence_no))
        .where(earlier.incident_id == Incident.id, earlier.created_at <= as_of)
        .correlate(Incident)
        .scalar_subquery()
    )
    return (
        select(Incident, IncidentEvent)
        .join(IncidentEvent, IncidentEvent.incident_id == Incident.id)
        .where(
            Incident.tenant_id == tenant_id,
            IncidentEvent.tenant_id == tenant_id,
            IncidentEvent.sequence_no == latest,
        )
    )


def state_text(key: str) -> ColumnElement[str]:
    """A value of the state in force, as text."""
    text: ColumnElement[str] = IncidentEvent.after_state[key].as_string()
    return text


def state_gravity() -> ColumnElement[int]:
    """The severity in force as a number, graver is higher."""
    return case(_GRAVITY, value=state_text("severity"), else_=-1)


def moment_text(moment: datetime) -> str:
    """A moment as states hold it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_incident(row: Incident, entry: IncidentEvent) -> IncidentRow:
    """The incident in the state of a timeline entry; what cannot change comes from the row."""
    state = _State(entry.after_state)
    method, kind = state.text_or_none("resolution_method"), state.text_or_none("resolution_type")
    return IncidentRow(
        id=row.id,
        tenant_id=row.tenant_id,
        title=row.title,
        description=row.description,
        severity=IncidentSeverity(state.text("severity")),
        lifecycle_state=LifecycleState(state.text("lifecycle_state")),
        category=row.category,
        cause_type=CauseType(row.cause_type),
        source_type=SourceType(row.source_type),
        source_ref=row.source_ref,
        trigger_type=row.trigger_type,
        trigger_value=row.trigger_value,
        impact_scope=row.impact_scope,
        affected_agent_id=row.affected_agent_id,
        affected_count=state.number("affected_count"),
        cost_delta_cents=state.amount("cost_delta_cents"),
        created_at=row.created_at,
        started_at=row.started_at,
        updated_at=state.moment("updated_at"),
        revision=entry.sequence_no,
        ended_at=state.moment_or_none("ended_at"),
        duration_seconds=state.number_or_none("duration_seconds"),
        acknowledged_at=state.moment_or_none("acknowledged_at"),
        acknowledged_by=state.text_or_none("acknowledged_by"),
        resolved_at=state.moment_or_none("resolved_at"),
        resolved_by=state.text_or_none("resolved_by"),
        resolution_method=None if method is None else ResolutionMethod(method),
        resolution_type=None if kind is None else ResolutionType(kind),
        resolution_summary=state.text_or_none("resolution_summary"),
        resolution_notes=state.text_or_none("resolution_notes"),
        reopened_count=state.number("reopened_count"),
        calls_affected=state.number("calls_affected"),
        cost_impact=state.amount_or_none("cost_impact"),
        escalated=state.flag("escalated"),
        escalated_at=state.moment_or_none("escalated_at"),
        auto_action=row.auto_action,
        error_code=row.error_code,
        error_message=row.error_message,
        source_run_id=row.source_run_id,
        is_synthetic=row.is_synthetic,
        postmortem_artifact_id=state.text_or_none("postmortem_artifact_id"),
        recurrence_signature=row.recurrence_signature,
        signature_version=row.signature_version,
    )


@dataclass(frozen=True)
class _State:
    """Reads the state of a timeline entry; TypeError for a value of another kind than the key's."""

    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        return _demand(self.values[key], str, key)

    def text_or_none(self, key: str) -> str | None:
        return None if self.values[key] is None else self.text(key)

    def number(self, key: str) -> int:
        return _demand(self.values[key], int, key)

    def number_or_none(self, key: str) -> int | None:
        return None if self.values[key] is None else self.number(key)

    def flag(self, key: str) -> bool:
        return _demand(self.values[key], bool, key)

    def amount(self, key: str) -> Decimal:
        return Decimal(self.text(key))

    def amount_or_none(self, key: str) -> Decimal | None:
        return None if self.values[key] is None else self.amount(key)

    def moment(self, key: str) -> datetime:
        return datetime.fromisoformat(self.text(key))

    def moment_or_none(self, key: str) -> datetime | None:
        return None if self.values[key] is None else self.moment(key)


def _demand(value: Any, kind: type[T], key: str) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"The state of an incident holds {value!r} as {key}; it must be {kind.__name__}.")
    return value
