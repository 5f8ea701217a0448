# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Runs detection and leads anomalies through their life: open, acknowledged, resolved or dismissed.
# Callers: spine {analytics_cost_handler, analytics_detection_handler}
# Allowed Imports: L5_engines, L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The detection facade. Its state is the database's."""

from __future__ import annotations

from datetime import datetime

from app.hoc.cus.analytics.L5_engines.cost_anomaly_detector_engine import (
    AnomalySeverity,
    run_anomaly_detection_with_governance,
)
from app.hoc.cus.analytics.L5_schemas.anomaly_coordinator_port import AnomalyCoordinatorPort
from app.hoc.cus.analytics.L5_schemas.anomaly_query import (
    AnomalyFilters,
    AnomalyInfo,
    AnomalyPage,
    DetectionResult,
    DetectionStatusInfo,
    DetectionType,
)
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import AnomalyStatus, PersistedAnomaly
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.anomaly_record_driver import AnomalyRecordDriver

__all__ = [
    "AnomalyCoordinatorPort",
    "AnomalyInfo",
    "AnomalySeverity",
    "AnomalyStatus",
    "DetectionFacade",
    "DetectionResult",
    "DetectionStatusInfo",
    "DetectionType",
    "get_detection_facade",
]

# Which status may follow which.
TRANSITIONS = {
    AnomalyStatus.OPEN: frozenset({AnomalyStatus.ACKNOWLEDGED}),
    AnomalyStatus.ACKNOWLEDGED: frozenset({AnomalyStatus.RESOLVED, AnomalyStatus.DISMISSED}),
    AnomalyStatus.RESOLVED: frozenset(),
    AnomalyStatus.DISMISSED: frozenset(),
}


class DetectionFacade:
    """Works through one driver; detection needs a coordinator as well."""

    def __init__(
        self, records: AnomalyRecordDriver, anomaly_coordinator: AnomalyCoordinatorPort | None = None
    ) -> None:
        self._records = records
        self._coordinator = anomaly_coordinator

    async def run_detection(
        self, tenant_id: str, detection_type: DetectionType = DetectionType.COST, *, as_of: datetime
    ) -> DetectionResult:
        """Detect as of a moment and store the outcome, or nothing.

        Raises:
            RequestRefusedError: INVALID_DETECTION_TYPE for a kind without an engine.
            GovernanceError: when a HIGH anomaly would have no incident.
        """
        if detection_type is not DetectionType.COST:
            raise RequestRefusedError(
                "INVALID_DETECTION_TYPE",
                f"There is no {detection_type.value} detection yet; run {DetectionType.COST.value}.",
            )
        if self._coordinator is None:
            raise RuntimeError("Detection needs an anomaly coordinator; pass one to the facade.")
        run = await run_anomaly_detection_with_governance(self._coordinator, tenant_id, as_of=as_of)
        return DetectionResult(
            success=True,
            detection_type=detection_type.value,
            anomalies_detected=len(run.detected),
            anomalies_created=run.created,
            incidents_created=len(run.incidents_created),
            tenant_id=tenant_id,
            run_at=as_of,
            anomaly_ids=tuple(anomaly.id for anomaly in run.detected),
            incidents=dict(run.incidents_created),
        )

    async def list_anomalies(
        self, tenant_id: str, filters: AnomalyFilters, *, as_of: datetime, limit: int, offset: int
    ) -> AnomalyPage:
        """Anomalies known at ``as_of``, newest first."""
        if filters.detection_type not in (None, DetectionType.COST):
            return AnomalyPage((), 0)
        rows, total = await self._records.list_anomalies(
            tenant_id, filters, as_of=as_of, limit=limit, offset=offset
        )
        return AnomalyPage(tuple(_info(row) for row in rows), total)

    async def get_anomaly(self, anomaly_id: str, tenant_id: str, *, as_of: datetime) -> AnomalyInfo:
        """One anomaly. Raises ``RequestRefusedError`` NOT_FOUND, also for another tenant's."""
        return _info(await self._existing(anomaly_id, tenant_id, as_of))

    async def acknowledge_anomaly(
        self, anomaly_id: str, tenant_id: str, *, actor: str, now: datetime
    ) -> AnomalyInfo:
        """Open becomes acknowledged. Raises ``RequestRefusedError`` NOT_FOUND or CONFLICT."""
        await self._allow(anomaly_id, tenant_id, AnomalyStatus.ACKNOWLEDGED, now)
        if not await self._records.acknowledge(tenant_id, anomaly_id, actor=actor, at=now):
            raise _conflict(AnomalyStatus.ACKNOWLEDGED)
        return await self.get_anomaly(anomaly_id, tenant_id, as_of=now)

    async def resolve_anomaly(
        self,
        anomaly_id: str,
        tenant_id: str,
        resolution: AnomalyStatus,
        *,
        notes: str | None,
        actor: str,
        now: datetime,
    ) -> AnomalyInfo:
        """Acknowledged becomes resolved or dismissed.

        Raises ``RequestRefusedError``: INVALID_RESOLUTION, NOT_FOUND or CONFLICT.
        """
        if not resolution.is_final:
            raise RequestRefusedError(
                "INVALID_RESOLUTION", "An anomaly is closed as either resolved or dismissed."
            )
        await self._allow(anomaly_id, tenant_id, resolution, now)
        if not await self._records.close(tenant_id, anomaly_id, resolution, notes=notes, actor=actor, at=now):
            raise _conflict(resolution)
        return await self.get_anomaly(anomaly_id, tenant_id, as_of=now)

    async def get_detection_status(self, tenant_id: str, *, as_of: datetime) -> DetectionStatusInfo:
        """Engines and the latest run of the tenant; nothing schedules runs, so there is no next one."""
        engines = {
            kind.value: "available" if kind is DetectionType.COST else "not_implemented"
            for kind in DetectionType
        }
        last_run = await self._records.last_detection(tenant_id, as_of=as_of)
        return DetectionStatusInfo(
            healthy="available" in engines.values(), engines=engines, last_run=last_run
        )

    async def _existing(self, anomaly_id: str, tenant_id: str, as_of: datetime) -> PersistedAnomaly:
        row = await self._records.get_anomaly(tenant_id, anomaly_id, as_of=as_of)
        if row is None:
            raise RequestRefusedError("NOT_FOUND", "There is no such anomaly.")
        return row

    async def _allow(self, anomaly_id: str, tenant_id: str, target: AnomalyStatus, now: datetime) -> None:
        row = await self._existing(anomaly_id, tenant_id, now)
        if target not in TRANSITIONS[row.status]:
            raise RequestRefusedError(
                "CONFLICT",
                f"The anomaly is {row.status.value} and cannot become {target.value}; "
                "the order is open, acknowledged, then resolved or dismissed.",
            )


def get_detection_facade(
    records: AnomalyRecordDriver, anomaly_coordinator: AnomalyCoordinatorPort | None = None
) -> DetectionFacade:
    """Return a facade on a driver."""
    return DetectionFacade(records, anomaly_coordinator)


def _conflict(target: AnomalyStatus) -> RequestRefusedError:
    return RequestRefusedError(
        "CONFLICT", f"The anomaly was changed at the same time and cannot become {target.value}."
    )


def _info(row: PersistedAnomaly) -> AnomalyInfo:
    return AnomalyInfo(
        id=row.id,
        tenant_id=row.tenant_id,
        detection_type=DetectionType.COST.value,
        anomaly_type=row.anomaly_type.value,
        severity=row.severity.value,
        status=row.status.value,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        current_value=row.current_value_cents,
        expected_value=row.expected_value_cents,
        deviation_pct=row.deviation_pct,
        message=row.message,
        derived_cause=row.derived_cause.value,
        incident_id=row.incident_id,
        detected_at=row.detected_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        resolution_notes=row.resolution_notes,
        action_taken=row.action_taken,
        breach_count=row.breach_count,
        metadata=row.metadata_json,
    )
