# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Detects cost anomalies of a tenant as of a moment and stores them, the grave ones with their incident.
# Callers: L5 detection_facade, spine anomaly_incident_coordinator
# Allowed Imports: L5_engines, L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Cost anomaly detection.

Spikes and drift are judged by closed UTC days, the last of them the day before ``as_of``'s, so the hour of a
run has no influence. Budgets are judged by what has been spent until ``as_of``. The same ``as_of`` again
changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from app.hoc.cus.analytics.L5_engines.anomaly_rules import classify_severity
from app.hoc.cus.analytics.L5_engines.cost_budget_detection import check_budgets
from app.hoc.cus.analytics.L5_engines.cost_drift_detection import detect_drift
from app.hoc.cus.analytics.L5_engines.cost_spike_detection import detect_spikes
from app.hoc.cus.analytics.L5_schemas.anomaly_coordinator_port import AnomalyCoordinatorPort
from app.hoc.cus.analytics.L5_schemas.content_id import content_id
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import (
    AnomalySeverity,
    AnomalyType,
    DerivedCause,
    DetectedAnomaly,
    DetectionRun,
    PersistedAnomaly,
    PlannedAnomaly,
)
from app.hoc.cus.analytics.L5_schemas.governance_error import GovernanceError
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_driver import CostAnomalyDriver
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_read_driver import CostAnomalyReadDriver

LOOKBACK_DAYS = 14

# Opens the incident of a HIGH anomaly and returns its id.
OpenIncident = Callable[[PlannedAnomaly], str]

__all__ = [
    "AnomalySeverity",
    "AnomalyType",
    "CostAnomalyDetector",
    "DerivedCause",
    "OpenIncident",
    "classify_severity",
    "run_anomaly_detection",
    "run_anomaly_detection_with_governance",
]


class CostAnomalyDetector:
    """Detects as of one moment; what it writes by itself is the memory of breaches and drift."""

    def __init__(
        self, driver: CostAnomalyDriver, read_driver: CostAnomalyReadDriver, as_of: datetime
    ) -> None:
        self._driver = driver
        self._read_driver = read_driver
        self._as_of = as_of.astimezone(UTC)
        self._closed_day = self._as_of.date() - timedelta(days=1)

    def detect_all(self, tenant_id: str) -> list[DetectedAnomaly]:
        """Spikes of users, features and the tenant, drift, budgets: in this order, entities by name."""
        return [
            *self.detect_absolute_spikes(tenant_id),
            *self.detect_sustained_drift(tenant_id),
            *self.detect_budget_issues(tenant_id),
        ]

    def detect_absolute_spikes(
        self, tenant_id: str, lookback_days: int = LOOKBACK_DAYS
    ) -> list[DetectedAnomaly]:
        """Days at or above 140 % of the baseline, from the second in a row on. The baseline of a day is the
        average of the active days from ``lookback_days`` to 2 days before it.
        """
        return detect_spikes(self._driver, tenant_id, self._closed_day, lookback_days, as_of=self._as_of)

    def detect_sustained_drift(self, tenant_id: str) -> list[DetectedAnomaly]:
        """A week at or above 125 % of the three weeks before it, from the third day in a row on."""
        return detect_drift(self._driver, tenant_id, self._closed_day, as_of=self._as_of)

    def detect_budget_issues(self, tenant_id: str) -> list[DetectedAnomaly]:
        """Budgets used beyond their warning threshold."""
        return check_budgets(self._driver, self._read_driver, tenant_id, as_of=self._as_of)

    def plan_anomalies(self, tenant_id: str, detected: Sequence[DetectedAnomaly]) -> list[PlannedAnomaly]:
        """Decide which row each anomaly is. One that was closed by a person stays closed; only something
        graver on the same day is a new occurrence.
        """
        planned = []
        for anomaly in detected:
            existing = self._read_driver.find_existing_anomaly(
                tenant_id,
                anomaly.anomaly_type,
                anomaly.entity_type,
                anomaly.entity_id,
                anomaly.period,
                anomaly.day,
            )
            occurrence = 1
            if existing is not None:
                if not existing.status.is_final:
                    planned.append(
                        PlannedAnomaly(
                            existing.id, existing.occurrence, anomaly, existing.incident_id, is_new=False
                        )
                    )
                    continue
                if anomaly.severity.rank <= existing.severity.rank:
                    continue
                occurrence = existing.occurrence + 1
            anomaly_id = content_id(
                "ca",
                tenant_id,
                anomaly.anomaly_type.value,
                anomaly.entity_type,
                anomaly.entity_id,
                anomaly.period.value,
                anomaly.day.isoformat(),
                occurrence,
            )
            planned.append(PlannedAnomaly(anomaly_id, occurrence, anomaly, None, is_new=True))
        return planned


def run_anomaly_detection(
    driver: CostAnomalyDriver,
    read_driver: CostAnomalyReadDriver,
    tenant_id: str,
    *,
    as_of: datetime,
    open_incident: OpenIncident,
) -> DetectionRun:
    """Detect, open the incident of every HIGH anomaly that has none, store all. The caller owns the
    transaction: when anything raises, nothing may be committed.
    """
    read_driver.begin_detection(tenant_id, as_of)
    detector = CostAnomalyDetector(driver, read_driver, as_of)
    planned = detector.plan_anomalies(tenant_id, detector.detect_all(tenant_id))
    incidents = {
        anomaly.id: open_incident(anomaly)
        for anomaly in planned
        if anomaly.detected.severity is AnomalySeverity.HIGH and anomaly.incident_id is None
    }
    stored = [
        read_driver.upsert_anomaly(
            tenant_id, anomaly, anomaly.incident_id or incidents.get(anomaly.id), as_of
        )
        for anomaly in planned
    ]
    run = DetectionRun(
        detected=tuple(read_driver.fetch_anomalies(tenant_id, [anomaly.id for anomaly in stored])),
        created=sum(anomaly.is_new for anomaly in planned),
        incidents_created=incidents,
        created_ids=frozenset(anomaly.id for anomaly in planned if anomaly.is_new),
    )
    check_governance(run.detected)
    return run


async def run_anomaly_detection_with_governance(
    coordinator: AnomalyCoordinatorPort, tenant_id: str, *, as_of: datetime
) -> DetectionRun:
    """Detect through the coordinator and check that every HIGH anomaly has an incident of its own.

    Raises:
        GovernanceError: when one has none, or two share one.
    """
    run = await coordinator.detect_and_ingest(tenant_id, as_of=as_of)
    check_governance(run.detected)
    return run


def check_governance(anomalies: Sequence[PersistedAnomaly]) -> None:
    """Raise ``GovernanceError`` unless each HIGH anomaly has exactly one incident, and it alone."""
    high = [anomaly for anomaly in anomalies if anomaly.severity is AnomalySeverity.HIGH]
    unlinked = [anomaly.id for anomaly in high if not anomaly.incident_id]
    if unlinked or len({anomaly.incident_id for anomaly in high}) != len(high):
        raise GovernanceError(
            f"{len(high)} HIGH cost anomalies, but not each has an incident of its own.",
            domain="Analytics",
            operation="run_anomaly_detection",
            entity_id=unlinked[0] if unlinked else None,
        )
