# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Cost anomalies: their vocabulary, as detected, as planned and as stored.
# Callers: L5_engines, L5_schemas, L6_drivers, spine handlers, anomaly_incident_coordinator
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Cost anomalies. Amounts are exact cents, days are UTC days, times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any


class AnomalyType(str, Enum):
    """What is wrong."""

    ABSOLUTE_SPIKE = "ABSOLUTE_SPIKE"
    SUSTAINED_DRIFT = "SUSTAINED_DRIFT"
    BUDGET_WARNING = "BUDGET_WARNING"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"


class AnomalySeverity(str, Enum):
    """How grave it is; HIGH needs an incident."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"

    @property
    def rank(self) -> int:
        """Its place in the order of gravity."""
        return list(AnomalySeverity).index(self)


class DerivedCause(str, Enum):
    """What most likely lies behind it."""

    RETRY_LOOP = "RETRY_LOOP"
    PROMPT_GROWTH = "PROMPT_GROWTH"
    FEATURE_SURGE = "FEATURE_SURGE"
    TRAFFIC_GROWTH = "TRAFFIC_GROWTH"
    UNKNOWN = "UNKNOWN"


class AnomalyStatus(str, Enum):
    """What has been done about it: open, then acknowledged, then resolved or dismissed."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self in (AnomalyStatus.RESOLVED, AnomalyStatus.DISMISSED)


class AnomalyPeriod(str, Enum):
    """What the figures cover."""

    DAY = "day"
    ROLLING_7D = "rolling_7d"
    DAILY_BUDGET = "daily"
    MONTHLY_BUDGET = "monthly"


@dataclass(frozen=True)
class DailyAverage:
    """Spending over a window: its sum and the days that had any. Ratios to it are exact."""

    total: Decimal
    active_days: int

    @property
    def exact(self) -> Fraction:
        """Cents per active day."""
        return Fraction(self.total) / self.active_days


@dataclass(frozen=True)
class DetectedAnomaly:
    """An anomaly as the rules see it, before anything is stored."""

    anomaly_type: AnomalyType
    severity: AnomalySeverity
    entity_type: str
    entity_id: str | None
    period: AnomalyPeriod
    day: date
    current_value_cents: Decimal
    expected_value_cents: Decimal
    deviation_pct: Decimal
    threshold_pct: Decimal
    message: str
    breach_count: int = 1
    derived_cause: DerivedCause = DerivedCause.UNKNOWN
    action_taken: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PersistedAnomaly:
    """A stored anomaly."""

    id: str
    tenant_id: str
    anomaly_type: AnomalyType
    severity: AnomalySeverity
    entity_type: str
    entity_id: str | None
    period: AnomalyPeriod
    day: date
    occurrence: int
    current_value_cents: Decimal
    expected_value_cents: Decimal
    deviation_pct: Decimal
    threshold_pct: Decimal
    message: str
    breach_count: int
    derived_cause: DerivedCause
    metadata_json: Mapping[str, Any]
    incident_id: str | None
    action_taken: str | None
    status: AnomalyStatus
    detected_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    resolution_notes: str | None


@dataclass(frozen=True)
class PlannedAnomaly:
    """What is to become of a detected anomaly: the row it is or will be, and the incident it has already."""

    id: str
    occurrence: int
    detected: DetectedAnomaly
    incident_id: str | None
    is_new: bool


@dataclass(frozen=True)
class DetectionRun:
    """What a detection stored: every anomaly of the run, which of them are new, and the incidents opened for
    HIGH ones.
    """

    detected: tuple[PersistedAnomaly, ...]
    created: int
    incidents_created: Mapping[str, str]
    created_ids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DriftTracking:
    """How many days in a row an entity has been above its baseline."""

    id: str
    drift_days_count: int
    first_drift_date: date
    last_check_date: date
    is_active: bool
