# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Incidents and what is kept about them, as they were at a moment.
# Callers: L5 {incidents_facade, incident_export_engine, incident_learning_engine}, L6 incident_read_driver
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Results of reading incidents. Amounts are exact, times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class IncidentView:
    """An incident as it was at a moment. ``revision`` is the number of its latest timeline entry then;
    ``cost_delta_cents`` is in cents, ``cost_impact`` in dollars.
    """

    incident_id: str
    tenant_id: str
    revision: int
    lifecycle_state: str
    status: str
    severity: str
    category: str
    title: str
    description: str
    cause_type: str
    source_type: str
    source_ref: str
    source_run_id: str | None
    trigger_type: str
    trigger_value: str
    impact_scope: str
    affected_agent_id: str | None
    affected_count: int
    calls_affected: int
    cost_delta_cents: Decimal
    cost_impact: Decimal | None
    error_code: str | None
    error_message: str | None
    auto_action: str | None
    escalated: bool
    escalated_at: datetime | None
    is_synthetic: bool
    reopened_count: int
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    ended_at: datetime | None
    duration_seconds: int | None
    resolution_method: str | None
    resolution_type: str | None
    resolution_summary: str | None
    resolution_notes: str | None
    postmortem_artifact_id: str | None
    recurrence_signature: str | None
    signature_version: str | None


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened to an incident: who did it, and its state before and after."""

    event_id: str
    sequence_no: int
    event_type: str
    description: str
    actor_type: str
    actor_id: str
    before_state: Mapping[str, Any] | None
    after_state: Mapping[str, Any]
    data: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class EvidenceItem:
    """Something found out about an incident; ``content_hash`` is the SHA-256 of the canonical payload."""

    evidence_id: str
    evidence_type: str
    recovery_executed: bool
    payload: Mapping[str, Any]
    content_hash: str
    captured_by: str
    created_at: datetime


@dataclass(frozen=True)
class PostmortemView:
    """A postmortem. ``superseded_at`` and ``superseded_by`` are None while it was in force."""

    postmortem_artifact_id: str
    revision: int
    status: str
    title: str
    summary: str
    root_cause: str | None
    impact: str | None
    corrective_actions: tuple[str, ...] | None
    content_hash: str
    created_by: str
    created_at: datetime
    superseded_at: datetime | None
    superseded_by: str | None


@dataclass(frozen=True)
class IncidentPage:
    """A page, and how many match altogether."""

    items: tuple[IncidentView, ...]
    total: int
    filters_applied: Mapping[str, Any]


@dataclass(frozen=True)
class IncidentDetail:
    """An incident with everything kept about it: the whole timeline, all evidence, all postmortems, the one in
    force first.
    """

    incident: IncidentView
    timeline: tuple[TimelineEntry, ...]
    evidence: tuple[EvidenceItem, ...]
    postmortems: tuple[PostmortemView, ...]
