# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Makes the evidence, SOC 2 and debrief bundles of an incident from what the reads and the audit ledger answer.
# Callers: spine incidents_export_handler
# Allowed Imports: L5_engines, L5_schemas, app.infra
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Exports: nothing is in a bundle that reads and ledger do not say or that does not follow from them. Whether a control is
shown depends on the timeline, and a bundle that shows none says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.hoc.cus.incidents.L5_engines.incident_statistics_engine import milliseconds
from app.hoc.cus.incidents.L5_engines.incidents_facade import IncidentsFacade
from app.hoc.cus.incidents.L5_schemas.incident_audit_trail import AuditRecord, IncidentAuditTrailPort
from app.hoc.cus.incidents.L5_schemas.incident_export_bundles import (
    SCHEMA_VERSION,
    BundleKind,
    ExportBundle,
    make_bundle,
    to_document,
)
from app.hoc.cus.incidents.L5_schemas.incident_learning_results import LearningsResult
from app.hoc.cus.incidents.L5_schemas.incident_read_rows import IncidentDetail
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow, TimelineEntry
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    IncidentSeverity,
    LifecycleState,
    TimelineType,
)
from app.infra.canonical_json import content_hash

_ENDINGS = frozenset({TimelineType.RESOLVED, TimelineType.MANUALLY_CLOSED, TimelineType.AUTO_RESOLVED})
_RISK = {
    IncidentSeverity.CRITICAL: "high",
    IncidentSeverity.HIGH: "high",
    IncidentSeverity.MEDIUM: "medium",
    IncidentSeverity.LOW: "low",
}


@dataclass(frozen=True)
class _Control:
    """A criterion of SOC 2 and the entries of a timeline that show it at work."""

    id: str
    name: str
    shown_by: frozenset[TimelineType]


_CONTROLS = (
    _Control("CC7.2", "Anomalies are detected", frozenset({TimelineType.CREATED})),
    _Control(
        "CC7.3",
        "Security events are evaluated",
        frozenset(
            {TimelineType.ACKNOWLEDGED, TimelineType.SEVERITY_ESCALATED, TimelineType.EVIDENCE_CAPTURED}
        ),
    ),
    _Control("CC7.4", "Incidents are responded to", _ENDINGS),
)


class IncidentExportEngine:
    """Exports through the facade and the audit trail, as of a moment. Every method raises ``IncidentRefusedError`` NOT_FOUND like
    ``IncidentsFacade.get_incident_detail``.
    """

    def __init__(self, facade: IncidentsFacade, trail: IncidentAuditTrailPort) -> None:
        self._facade = facade
        self._trail = trail

    async def create_evidence_bundle(
        self,
        tenant_id: str,
        incident_id: str,
        *,
        exported_by: str,
        as_of: datetime,
        export_reason: str | None = None,
        prepared_for: str | None = None,
    ) -> ExportBundle:
        """All that is kept about an incident, and whether it fits together."""
        detail = await self._facade.get_incident_detail(tenant_id, incident_id, as_of=as_of)
        trail = await self._trail.fetch_trail(tenant_id, incident_id, as_of=as_of)
        content = _document(BundleKind.EVIDENCE, detail, trail)
        return make_bundle(
            BundleKind.EVIDENCE,
            content,
            exported_by=exported_by,
            export_reason=export_reason,
            prepared_for=prepared_for,
        )

    async def create_soc2_bundle(
        self,
        tenant_id: str,
        incident_id: str,
        *,
        exported_by: str,
        as_of: datetime,
        period_start: datetime | None = None,
        period_end: datetime | None = None,
        auditor_notes: str | None = None,
        export_reason: str | None = None,
        prepared_for: str | None = None,
    ) -> ExportBundle:
        """The same, and which controls it shows within an audit period (bounds inclusive; open where None).

        Raises ``IncidentRefusedError`` INVALID_PERIOD when the period ends before it begins.
        """
        if period_start is not None and period_end is not None and period_end < period_start:
            raise IncidentRefusedError("INVALID_PERIOD", "The audit period ends before it begins.")
        detail = await self._facade.get_incident_detail(tenant_id, incident_id, as_of=as_of)
        within = [
            entry
            for entry in detail.timeline
            if (period_start is None or entry.created_at >= period_start)
            and (period_end is None or entry.created_at <= period_end)
        ]
        trail = await self._trail.fetch_trail(tenant_id, incident_id, as_of=as_of)
        content = _document(BundleKind.SOC2, detail, trail) | {
            "audit_period": {"start": to_document(period_start), "end": to_document(period_end)},
            "controls": [_control(control, within) for control in _CONTROLS],
        }
        return make_bundle(
            BundleKind.SOC2,
            content,
            exported_by=exported_by,
            export_reason=export_reason,
            prepared_for=prepared_for,
            auditor_notes=auditor_notes,
        )

    async def create_executive_debrief(
        self,
        tenant_id: str,
        incident_id: str,
        *,
        exported_by: str,
        as_of: datetime,
        export_reason: str | None = None,
        prepared_for: str | None = None,
    ) -> ExportBundle:
        """What happened, what it cost and what follows, in a few sentences made of recorded facts."""
        detail = await self._facade.get_incident_detail(tenant_id, incident_id, as_of=as_of)
        learnings = await self._facade.get_incident_learnings(tenant_id, incident_id, as_of=as_of)
        incident = detail.incident
        content = {
            "schema_version": SCHEMA_VERSION,
            "kind": BundleKind.EXECUTIVE_DEBRIEF.name,
            "classification": "INTERNAL",
            "incident": _incident(incident),
            "risk_level": _RISK[incident.severity],
            "summary": _summary(incident),
            "business_impact": _impact(incident),
            "milestones": [
                {
                    "at": to_document(entry.created_at),
                    "what": entry.event_type.value,
                    "by": entry.actor.actor_id,
                }
                for entry in detail.timeline
            ],
            "recommendations": _recommendations(detail, learnings),
            "learnings": to_document(learnings),
        }
        return make_bundle(
            BundleKind.EXECUTIVE_DEBRIEF,
            content,
            exported_by=exported_by,
            export_reason=export_reason,
            prepared_for=prepared_for,
        )


def get_incident_export_engine(
    facade: IncidentsFacade, trail: IncidentAuditTrailPort
) -> IncidentExportEngine:
    """Return an engine on a facade and an audit trail."""
    return IncidentExportEngine(facade, trail)


def _document(kind: BundleKind, detail: IncidentDetail, trail: Sequence[AuditRecord]) -> dict[str, Any]:
    """The parts as the detail endpoint answers them, what the ledger says, and whether all of it fits together."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": kind.name,
        "incident": _incident(detail.incident),
        "timeline": [_without(entry, "tenant_id", "incident_id") for entry in detail.timeline],
        "evidence": [_without(item, "tenant_id") for item in detail.evidence],
        "postmortems": [_without(item, "tenant_id") for item in detail.postmortems],
        "audit_trail": [to_document(record) for record in trail],
        "integrity": _integrity(detail, trail),
    }


def _incident(row: IncidentRow) -> dict[str, Any]:
    return _without(row) | {"status": row.status}


def _without(value: Any, *left_out: str) -> dict[str, Any]:
    document: dict[str, Any] = to_document(value)
    return {key: inner for key, inner in document.items() if key not in left_out}


def _integrity(detail: IncidentDetail, trail: Sequence[AuditRecord]) -> dict[str, bool]:
    """Checks a reader would make: computed, never assumed."""
    timeline = detail.timeline
    numbers = [entry.sequence_no for entry in timeline]
    return {
        "timeline_is_gapless": numbers == list(range(1, len(numbers) + 1)),
        "timeline_states_chain": all(
            entry.before_state == (timeline[index - 1].after_state if index else None)
            for index, entry in enumerate(timeline)
        ),
        "audit_trail_matches_timeline": [
            (record.recorded_at, record.actor, record.before_state, record.after_state) for record in trail
        ]
        == [(entry.created_at, entry.actor, entry.before_state, entry.after_state) for entry in timeline],
        "evidence_hashes_match": all(content_hash(i.payload) == i.content_hash for i in detail.evidence),
        "postmortem_is_linked": detail.incident.postmortem_artifact_id
        == next((p.id for p in detail.postmortems if p.superseded_at is None), None),
    }


def _control(control: _Control, entries: Sequence[TimelineEntry]) -> dict[str, Any]:
    showing = [entry.sequence_no for entry in entries if entry.event_type in control.shown_by]
    return {
        "control_id": control.id,
        "name": control.name,
        "status": "DEMONSTRATED" if showing else "NOT_DEMONSTRATED",
        "timeline_entries": showing,
    }


def _summary(incident: IncidentRow) -> str:
    opened = f"{incident.created_at:%Y-%m-%d %H:%M} UTC"
    text = f"{incident.title} ({incident.severity.value}, {incident.category}) was opened at {opened}"
    if incident.lifecycle_state is LifecycleState.RESOLVED and incident.resolved_at is not None:
        minutes = milliseconds(incident.resolved_at - incident.created_at) / 60_000
        how = f" as {incident.resolution_type.value}" if incident.resolution_type else ""
        return f"{text} and resolved{how} {minutes:.0f} minutes later by {incident.resolved_by}."
    if incident.lifecycle_state is LifecycleState.ACKED:
        return f"{text}; {incident.acknowledged_by} is dealing with it."
    if incident.lifecycle_state is LifecycleState.REOPENED:
        return f"{text}; it was reopened after it had been resolved and is unresolved."
    return f"{text} and nobody has taken it yet."


def _impact(incident: IncidentRow) -> str:
    scope = f"Scope: {incident.impact_scope}; affected: {incident.affected_count}"
    calls = f", calls: {incident.calls_affected}" if incident.calls_affected else ""
    cost = (
        "no cost is recorded"
        if incident.cost_impact is None
        else f"cost: {to_document(incident.cost_impact)} US dollars"
    )
    return f"{scope}{calls}; {cost}."


def _recommendations(detail: IncidentDetail, learnings: LearningsResult) -> list[str]:
    incident = detail.incident
    advice = []
    if incident.lifecycle_state is not LifecycleState.RESOLVED:
        advice.append("Resolve the incident: it is still open.")
    in_force = next((p for p in detail.postmortems if p.superseded_at is None), None)
    if in_force is None:
        advice.append("Write a postmortem: there is none.")
    elif in_force.status == "stub":
        advice.append("Complete the postmortem: cause, impact and corrective actions are missing.")
    else:
        advice += [f"Corrective action: {action}" for action in in_force.corrective_actions or ()]
    if incident.reopened_count:
        times = "once" if incident.reopened_count == 1 else f"{incident.reopened_count} times"
        advice.append(f"Check the fix: the incident came back {times}.")
    return advice + [insight.description for insight in learnings.insights]
