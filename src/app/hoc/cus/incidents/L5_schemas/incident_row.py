# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: An incident as a value, and what of it can change as the timeline and the audit ledger tell it.
# Callers: L5_engines, L5_schemas, L6_drivers, spine {incident_ledger_trail, incident_work,
#          incidents_recurrence_handler, incidents_write_handler, incident_rule_methods}
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`IncidentRow` and what surrounds it: what opens one, who acts, and one entry of a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    CauseType,
    IncidentSeverity,
    LifecycleState,
    ResolutionMethod,
    ResolutionType,
    SourceType,
    TimelineType,
)

_PLACES = Decimal("0.000001")
# Everything about an incident that can change; the rest is what it was opened with.
MUTABLE_FIELDS = (
    "status",
    "lifecycle_state",
    "severity",
    "affected_count",
    "calls_affected",
    "reopened_count",
    "acknowledged_at",
    "acknowledged_by",
    "resolved_at",
    "resolved_by",
    "ended_at",
    "duration_seconds",
    "resolution_method",
    "resolution_type",
    "resolution_summary",
    "resolution_notes",
    "updated_at",
    "escalated",
    "escalated_at",
    "cost_delta_cents",
    "cost_impact",
    "postmortem_artifact_id",
)


@dataclass(frozen=True)
class Actor:
    """Who does something: ``actor_type`` is user, system, sdk or founder."""

    actor_id: str
    actor_type: str = "user"


@dataclass(frozen=True)
class NewIncident:
    """What opens an incident. ``source_ref`` says what caused it within its source, which has at most one;
    None when nothing could cause it again. ``started_at`` is when it happened, None for now.
    """

    tenant_id: str
    title: str
    description: str
    severity: IncidentSeverity
    category: str
    cause_type: CauseType
    source_type: SourceType
    trigger_type: str
    trigger_value: str = ""
    source_ref: str | None = None
    impact_scope: str = "tenant"
    affected_agent_id: str | None = None
    affected_count: int = 1
    calls_affected: int = 0
    cost_delta_cents: Decimal = Decimal(0)
    started_at: datetime | None = None
    auto_action: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    source_run_id: str | None = None
    is_synthetic: bool = False


@dataclass(frozen=True)
class IncidentRow:
    """One incident as it is stored; ``revision`` is the number of the latest entry of its timeline."""

    id: str
    tenant_id: str
    title: str
    description: str
    severity: IncidentSeverity
    lifecycle_state: LifecycleState
    category: str
    cause_type: CauseType
    source_type: SourceType
    source_ref: str
    trigger_type: str
    trigger_value: str
    impact_scope: str
    affected_agent_id: str | None
    affected_count: int
    cost_delta_cents: Decimal
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    revision: int = 1
    ended_at: datetime | None = None
    duration_seconds: int | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution_method: ResolutionMethod | None = None
    resolution_type: ResolutionType | None = None
    resolution_summary: str | None = None
    resolution_notes: str | None = None
    reopened_count: int = 0
    calls_affected: int = 0
    cost_impact: Decimal | None = None
    escalated: bool = False
    escalated_at: datetime | None = None
    auto_action: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    source_run_id: str | None = None
    is_synthetic: bool = False
    postmortem_artifact_id: str | None = None
    recurrence_signature: str | None = None
    signature_version: str | None = None

    @property
    def status(self) -> str:
        """The state in the words of older readers."""
        return self.lifecycle_state.status


@dataclass(frozen=True)
class TimelineEntry:
    """One entry of a timeline; before the first one there was nothing."""

    tenant_id: str
    incident_id: str
    sequence_no: int
    event_type: TimelineType
    description: str
    actor: Actor
    before_state: Mapping[str, Any] | None
    after_state: Mapping[str, Any]
    created_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


def mutable_state(row: IncidentRow) -> dict[str, Any]:
    """What of an incident can change, as JSON: amounts as text with six places, moments in UTC with
    microseconds, always the same keys.
    """
    return {name: _plain(getattr(row, name)) for name in MUTABLE_FIELDS}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.quantize(_PLACES), "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, IncidentSeverity | LifecycleState | ResolutionMethod | ResolutionType):
        return value.value
    return value
