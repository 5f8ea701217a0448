# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Turns a grave cost anomaly into an incident, once per anomaly, even where a rule suppresses the call.
# Callers: spine {anomaly_incident_coordinator, incident_work}
# Allowed Imports: L5_schemas, L5_engines, L6, app.infra
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The bridge from cost anomalies to incidents.

Every anomaly that is HIGH or graver has its incident. A suppression rule does not change that: the incident is
opened and, in the same transaction, closed as suppressed, and a prevention record names the rule. So nothing is
lost and nobody is called.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from app.hoc.cus.incidents.L5_engines.incident_automatic_engine import IncidentAutomaticEnds
from app.hoc.cus.incidents.L5_engines.incident_opening_engine import IncidentOpeningEngine
from app.hoc.cus.incidents.L5_schemas.cost_anomaly_fact import CostAnomalyFact
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow, NewIncident
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import CauseType, IncidentSeverity, SourceType
from app.hoc.cus.incidents.L6_drivers.incident_record_driver import IncidentRecordDriver
from app.infra.canonical_json import content_hash

CATEGORY = "COST_ANOMALY"
DETECTOR = Actor("anomaly_detection", "system")
ESCALATED_SEVERITIES = frozenset({"HIGH", "CRITICAL"})
_SEVERITIES = {
    "CRITICAL": IncidentSeverity.CRITICAL,
    "HIGH": IncidentSeverity.HIGH,
    "MEDIUM": IncidentSeverity.MEDIUM,
    "LOW": IncidentSeverity.LOW,
}
_TRIGGERS = {
    "BUDGET_EXCEEDED": "budget_breach",
    "BUDGET_WARNING": "budget_warning",
    "ABSOLUTE_SPIKE": "cost_spike",
    "USER_SPIKE": "cost_spike",
    "TENANT_SPIKE": "cost_spike",
    "DRIFT": "cost_drift",
    "SUSTAINED_DRIFT": "cost_drift",
}


class AnomalyIncidentBridge:
    """Works through the engines and drivers of one transaction."""

    def __init__(
        self, opening: IncidentOpeningEngine, ends: IncidentAutomaticEnds, records: IncidentRecordDriver
    ) -> None:
        self._opening = opening
        self._ends = ends
        self._records = records

    def ingest(self, fact: CostAnomalyFact, *, now: datetime | None = None) -> str | None:
        """The id of the anomaly's incident, opened unless it exists; None below HIGH, which needs no incident.

        ``now`` is when the incident is written down; what it is about began when the anomaly was observed.
        """
        if fact.severity.upper() not in ESCALATED_SEVERITIES:
            return None
        return self.open_for(fact, now=now or fact.observed_at).id

    def open_for(
        self, fact: CostAnomalyFact, *, now: datetime, description: str | None = None
    ) -> IncidentRow:
        """The anomaly's incident, whatever its severity."""
        opened = self._opening.open_incident(
            _incident(fact, description), actor=DETECTOR, now=now, anomaly_id=fact.anomaly_id
        )
        if not opened.is_new:
            return opened.incident
        return self._suppressed(opened.incident, fact, now)

    def _suppressed(self, incident: IncidentRow, fact: CostAnomalyFact, now: datetime) -> IncidentRow:
        rule = self._records.fetch_suppressing_rule(
            fact.tenant_id, incident.category, incident.trigger_type, at=now
        )
        if rule is None:
            return incident
        record_id = (
            f"prev_{content_hash([fact.tenant_id, SourceType.COST_ANOMALY.value, fact.anomaly_id])[:32]}"
        )
        self._records.insert_prevention_record(
            record_id=record_id,
            tenant_id=fact.tenant_id,
            rule_id=rule.id,
            incident_id=incident.id,
            source_type=SourceType.COST_ANOMALY.value,
            source_ref=fact.anomaly_id,
            reason=rule.reason,
            at=now,
        )
        return self._ends.suppress_incident(
            incident,
            now=now,
            rule_id=rule.id,
            prevention_id=record_id,
            reason=f"Suppressed by rule {rule.id}: {rule.reason}",
        )


def _incident(fact: CostAnomalyFact, description: str | None) -> NewIncident:
    return NewIncident(
        tenant_id=fact.tenant_id,
        title=f"{fact.anomaly_type}: {_difference(fact)}",
        description=description or _describe(fact),
        severity=_SEVERITIES.get(fact.severity.upper(), IncidentSeverity.MEDIUM),
        category=CATEGORY,
        cause_type=CauseType.SYSTEM,
        source_type=SourceType.COST_ANOMALY,
        source_ref=fact.anomaly_id,
        trigger_type=_TRIGGERS.get(fact.anomaly_type, "cost_anomaly"),
        trigger_value=format(fact.current_value_cents - fact.expected_value_cents, "f"),
        impact_scope=fact.entity_type or "tenant",
        affected_agent_id=fact.entity_id if fact.entity_type == "agent" else None,
        cost_delta_cents=fact.current_value_cents - fact.expected_value_cents,
        started_at=fact.observed_at,
        error_code=fact.anomaly_type,
    )


def _difference(fact: CostAnomalyFact) -> str:
    difference = fact.current_value_cents - fact.expected_value_cents
    side = "above" if difference >= 0 else "below"
    return f"{_dollars(abs(difference))} {side} what was expected"


def _describe(fact: CostAnomalyFact) -> str:
    whose = "the tenant"
    if fact.entity_type not in (None, "tenant"):
        whose = f"{fact.entity_type} {fact.entity_id}"
    return (
        f"{fact.anomaly_type} of {whose}: spent {_dollars(fact.current_value_cents)}, "
        f"expected {_dollars(fact.expected_value_cents)}."
    )


def _dollars(cents: Decimal) -> str:
    return f"${(cents / 100).quantize(Decimal('0.01'), ROUND_HALF_UP)}"
