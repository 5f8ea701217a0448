# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: The error of a governance invariant that does not hold; the operation that meets it stores nothing.
# Callers: L5 cost_anomaly_detector_engine, spine {anomaly_incident_coordinator, analytics_detection_handler}
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`GovernanceError`."""

from __future__ import annotations


class GovernanceError(RuntimeError):
    """A governance invariant does not hold: the run has to fail as a whole."""

    def __init__(self, message: str, *, domain: str, operation: str, entity_id: str | None = None) -> None:
        super().__init__(message)
        self.domain = domain
        self.operation = operation
        self.entity_id = entity_id
