# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Draws insights from an incident and the resolved ones like it.
# Callers: L5 {incident_category_learning_engine, incidents_facade}
# Allowed Imports: L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Learnings: pure functions of incidents. Confidences begin at a base, grow with every incident that supports the
insight, and are capped; an insight without support is not made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from enum import Enum

from app.hoc.cus.incidents.L5_engines.incident_statistics_engine import milliseconds
from app.hoc.cus.incidents.L5_schemas.incident_learning_results import (
    Insight,
    InsightType,
    LearningsResult,
    ResolutionSummary,
    SimilarIncident,
)
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow

SIMILAR_INCIDENTS = 5
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


def draw_learnings(
    incident: IncidentRow,
    evidence_count: int,
    similar: Sequence[IncidentRow],
    recovery_attempts: Mapping[str, int],
) -> LearningsResult:
    """Learnings about ``incident``; ``recovery_attempts`` counts those of each of the incidents, by id."""
    own_time = _resolution_ms(incident)
    others = [
        SimilarIncident(
            incident_id=other.id,
            title=other.title,
            severity=other.severity.value,
            resolution_method=_value(other.resolution_method),
            resolved_at=other.resolved_at,
            time_to_resolution_ms=milliseconds(other.resolved_at - other.created_at),
            recovery_attempted=recovery_attempts[other.id] > 0,
        )
        for other in similar
        if other.resolved_at is not None
    ]
    summary = ResolutionSummary(
        incident_id=incident.id,
        title=incident.title,
        category=incident.category,
        severity=incident.severity.value,
        resolution_method=_value(incident.resolution_method),
        resolution_type=_value(incident.resolution_type),
        time_to_resolution_ms=own_time,
        evidence_count=evidence_count,
        recovery_attempted=recovery_attempts[incident.id] > 0,
    )
    insights = (_response(summary, others), _prevention(summary, others), _detection(summary, others))
    return LearningsResult(summary, tuple(others), tuple(i for i in insights if i is not None))


def readable_span(ms: float) -> str:
    """A span of milliseconds as people say it: in minutes, hours or days."""
    if ms < _HOUR_MS:
        return f"{ms / 60_000:.1f} minutes"
    return f"{ms / _HOUR_MS:.1f} hours" if ms < _DAY_MS else f"{ms / _DAY_MS:.1f} days"


def _response(summary: ResolutionSummary, others: Sequence[SimilarIncident]) -> Insight | None:
    method = summary.resolution_method
    same = tuple(o.incident_id for o in others if method is not None and o.resolution_method == method)
    if not same:
        return None
    return Insight(
        InsightType.RESPONSE,
        f"{_incidents(len(same))} of category {summary.category} ended the same way: {method}.",
        min(Decimal("0.5") + Decimal("0.1") * len(same), Decimal("0.9")),
        same,
    )


def _prevention(summary: ResolutionSummary, others: Sequence[SimilarIncident]) -> Insight | None:
    tried = tuple(o.incident_id for o in others if o.recovery_attempted)
    if summary.recovery_attempted:
        tried = (summary.incident_id, *tried)
    if len(tried) < 2:
        return None
    return Insight(
        InsightType.PREVENTION,
        f"Recovery was tried in {len(tried)} of {len(others) + 1} incidents of category {summary.category}: "
        "look for what they have in common before the next one.",
        min(Decimal("0.6") + Decimal("0.08") * len(tried), Decimal("0.85")),
        tried,
    )


def _detection(summary: ResolutionSummary, others: Sequence[SimilarIncident]) -> Insight | None:
    times = {o.incident_id: o.time_to_resolution_ms for o in others}
    if summary.time_to_resolution_ms is not None:
        times = {summary.incident_id: summary.time_to_resolution_ms} | times
    if len(times) < 2:
        return None
    mean = sum(times.values()) / len(times)
    return Insight(
        InsightType.DETECTION,
        f"Incidents of category {summary.category} take {readable_span(mean)} on average from opening to resolution.",
        min(Decimal("0.5") + Decimal("0.1") * len(times), Decimal("0.8")),
        tuple(times),
    )


def _resolution_ms(incident: IncidentRow) -> int | None:
    if incident.resolved_at is None:
        return None
    taken: timedelta = incident.resolved_at - incident.created_at
    return milliseconds(taken)


def _value(word: Enum | None) -> str | None:
    return None if word is None else str(word.value)


def _incidents(count: int) -> str:
    return "1 other incident" if count == 1 else f"{count} other incidents"
