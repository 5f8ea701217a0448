# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: How grave what a trigger reports is, at first and as it goes on.
# Callers: L5 incident_aggregator
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Severity policy. It only ever goes up: what has called somebody once does not call back."""

from __future__ import annotations

from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import IncidentSeverity

INITIAL_SEVERITIES = {
    "budget_breach": IncidentSeverity.CRITICAL,
    "freeze": IncidentSeverity.CRITICAL,
    "failure_spike": IncidentSeverity.HIGH,
    "content_policy": IncidentSeverity.HIGH,
    "rate_limit_overflow": IncidentSeverity.HIGH,
    "rate_limit": IncidentSeverity.MEDIUM,
}
# From how many affected calls on an incident is at least this grave.
CALL_THRESHOLDS = (
    (200, IncidentSeverity.CRITICAL),
    (50, IncidentSeverity.HIGH),
    (10, IncidentSeverity.MEDIUM),
)


def initial_severity(trigger_type: str) -> IncidentSeverity:
    """The severity a trigger opens an incident with."""
    return INITIAL_SEVERITIES.get(trigger_type, IncidentSeverity.MEDIUM)


def severity_for_calls(calls_affected: int) -> IncidentSeverity:
    """The severity that a number of affected calls deserves by itself."""
    return next((s for least, s in CALL_THRESHOLDS if calls_affected >= least), IncidentSeverity.LOW)


def escalated_severity(current: IncidentSeverity, calls_affected: int) -> IncidentSeverity:
    """The graver of the current severity and what the number of calls deserves."""
    return max(current, severity_for_calls(calls_affected), key=lambda severity: severity.rank)
