# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Turns a grave cost anomaly into an incident, once per anomaly.
# Callers: spine anomaly_incident_coordinator
# Allowed Imports: L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The bridge from cost anomalies to incidents."""

from __future__ import annotations

import uuid
from decimal import ROUND_HALF_UP, Decimal

from app.hoc.cus.incidents.L5_schemas.cost_anomaly_fact import CostAnomalyFact
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import IncidentWriteDriver

SOURCE_TYPE = "cost_anomaly"
CATEGORY = "COST_ANOMALY"
ESCALATED_SEVERITIES = frozenset({"HIGH", "CRITICAL"})
_TRIGGERS = {
    "BUDGET_EXCEEDED": "budget_breach",
    "BUDGET_WARNING": "budget_warning",
    "ABSOLUTE_SPIKE": "cost_spike",
    "SUSTAINED_DRIFT": "cost_drift",
}
_NAMESPACE = uuid.UUID("6c1c1f5e-3d0c-4a8e-9b43-8a0e5d1f4c57")


class AnomalyIncidentBridge:
    """Opens incidents through one driver, in the transaction of whoever made it."""

    def __init__(self, driver: IncidentWriteDriver) -> None:
        self._driver = driver

    def ingest(self, fact: CostAnomalyFact) -> str | None:
        """The id of the anomaly's incident, opened unless it exists; None below HIGH."""
        if fact.severity not in ESCALATED_SEVERITIES:
            return None
        known = self._driver.find_incident_by_source(fact.tenant_id, SOURCE_TYPE, fact.anomaly_id)
        if known is not None:
            return known
        incident_id = str(uuid.uuid5(_NAMESPACE, f"{fact.tenant_id}/{SOURCE_TYPE}/{fact.anomaly_id}"))
        self._driver.insert_incident_from_anomaly(
            incident_id=incident_id,
            tenant_id=fact.tenant_id,
            anomaly_id=fact.anomaly_id,
            title=f"{fact.anomaly_type}: {_difference(fact)}",
            severity=fact.severity.lower(),
            trigger_type=_TRIGGERS.get(fact.anomaly_type, SOURCE_TYPE),
            category=CATEGORY,
            description=_describe(fact),
            impact_scope=fact.entity_type or "tenant",
            affected_agent_id=fact.entity_id if fact.entity_type == "agent" else None,
            cost_delta_cents=fact.current_value_cents - fact.expected_value_cents,
            now=fact.observed_at,
        )
        return incident_id


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
