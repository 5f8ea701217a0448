# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Turns stored anomalies into domain objects, also as they were at an earlier moment.
# Callers: L6 {anomaly_record_driver, cost_anomaly_read_driver}
# Allowed Imports: L7, L5_schemas
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: none
"""Mapping of anomalies."""

from __future__ import annotations

from datetime import datetime

from app.hoc.cus.analytics.L5_schemas.cost_anomaly import (
    AnomalyPeriod,
    AnomalySeverity,
    AnomalyStatus,
    AnomalyType,
    DerivedCause,
    PersistedAnomaly,
)
from app.models.cost_anomaly import CostAnomaly


def to_anomaly(row: CostAnomaly, *, as_of: datetime | None = None) -> PersistedAnomaly:
    """The anomaly; with ``as_of``, without what was done about it later."""
    acknowledged = row.acknowledged_at is not None and (as_of is None or row.acknowledged_at <= as_of)
    resolved = row.resolved_at is not None and (as_of is None or row.resolved_at <= as_of)
    status = AnomalyStatus(row.status)
    if status.is_final and not resolved:
        status = AnomalyStatus.ACKNOWLEDGED
    if status is AnomalyStatus.ACKNOWLEDGED and not acknowledged:
        status = AnomalyStatus.OPEN
    return PersistedAnomaly(
        id=row.id,
        tenant_id=row.tenant_id,
        anomaly_type=AnomalyType(row.anomaly_type),
        severity=AnomalySeverity(row.severity),
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        period=AnomalyPeriod(row.period),
        day=row.detection_day,
        occurrence=row.occurrence,
        current_value_cents=row.current_value_cents,
        expected_value_cents=row.expected_value_cents,
        deviation_pct=row.deviation_pct,
        threshold_pct=row.threshold_pct,
        message=row.message,
        breach_count=row.breach_count,
        derived_cause=DerivedCause(row.derived_cause),
        metadata_json=dict(row.metadata_json),
        incident_id=row.incident_id,
        action_taken=row.action_taken,
        status=status,
        detected_at=row.detected_at,
        acknowledged_at=row.acknowledged_at if acknowledged else None,
        acknowledged_by=row.acknowledged_by if acknowledged else None,
        resolved_at=row.resolved_at if resolved else None,
        resolved_by=row.resolved_by if resolved else None,
        resolution_notes=row.resolution_notes if resolved else None,
    )
