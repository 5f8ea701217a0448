# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Which anomalies to list, and what detection answers.
# Callers: L5 detection_facade, L6 anomaly_record_driver, spine {analytics_cost_handler, analytics_detection_handler}
# Allowed Imports: stdlib, L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Queries and results of the detection facade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from app.hoc.cus.analytics.L5_schemas.cost_anomaly import AnomalySeverity, AnomalyStatus


class DetectionType(str, Enum):
    """Kinds of detection; only cost has an engine."""

    COST = "cost"
    BEHAVIORAL = "behavioral"
    DRIFT = "drift"
    POLICY = "policy"


@dataclass(frozen=True)
class AnomalyFilters:
    """Restrictions; None means no restriction."""

    detection_type: DetectionType | None = None
    severity: AnomalySeverity | None = None
    status: AnomalyStatus | None = None
    since: datetime | None = None
    include_closed: bool = True


@dataclass(frozen=True)
class DetectionResult:
    """What a detection run came to. It exists only for runs that were stored whole."""

    success: bool
    detection_type: str
    anomalies_detected: int
    anomalies_created: int
    incidents_created: int
    tenant_id: str
    run_at: datetime
    anomaly_ids: tuple[str, ...] = ()
    incidents: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values."""
        return asdict(self) | {"run_at": self.run_at.isoformat(), "anomaly_ids": list(self.anomaly_ids)}


@dataclass(frozen=True)
class AnomalyInfo:
    """An anomaly as clients see it."""

    id: str
    tenant_id: str
    detection_type: str
    anomaly_type: str
    severity: str
    status: str
    entity_type: str
    entity_id: str | None
    current_value: Decimal
    expected_value: Decimal
    deviation_pct: Decimal
    message: str
    derived_cause: str
    incident_id: str | None
    detected_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution_notes: str | None = None
    action_taken: str | None = None
    breach_count: int = 1
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The anomaly as JSON-ready values; amounts as text."""
        values = asdict(self)
        for name in ("current_value", "expected_value", "deviation_pct"):
            values[name] = format(values[name], "f")
        for name in ("detected_at", "acknowledged_at", "resolved_at"):
            values[name] = None if values[name] is None else values[name].isoformat()
        return values


@dataclass(frozen=True)
class AnomalyPage:
    """A page of anomalies and the number of all that match."""

    items: tuple[AnomalyInfo, ...]
    total: int


@dataclass(frozen=True)
class DetectionStatusInfo:
    """Which engines there are and when the tenant's detection last looked."""

    healthy: bool
    engines: Mapping[str, str]
    last_run: datetime | None
    next_scheduled_run: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """The status as JSON-ready values."""
        return {
            "healthy": self.healthy,
            "engines": dict(self.engines),
            "last_run": None if self.last_run is None else self.last_run.isoformat(),
            "next_scheduled_run": None
            if self.next_scheduled_run is None
            else self.next_scheduled_run.isoformat(),
        }
