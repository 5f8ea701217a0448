# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Detects cost anomalies and opens the incidents of the grave ones, two domains in one transaction.
# Callers: spine analytics_detection_handler
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
"""The coordinator behind ``AnomalyCoordinatorPort``: analytics detects, incidents receives facts, and neither
knows the other.
"""

import logging
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L5_engines.cost_anomaly_detector_engine import run_anomaly_detection
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import DetectionRun, PlannedAnomaly
from app.hoc.cus.analytics.L5_schemas.governance_error import GovernanceError
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_driver import get_cost_anomaly_driver
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_read_driver import get_cost_anomaly_read_driver
from app.hoc.cus.incidents.L5_engines.anomaly_bridge import AnomalyIncidentBridge
from app.hoc.cus.incidents.L5_schemas.cost_anomaly_fact import CostAnomalyFact
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import get_incident_write_driver

logger = logging.getLogger(__name__)


class AnomalyIncidentCoordinator:
    """Works on one session; one per operation call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def detect_and_ingest(self, tenant_id: str, *, as_of: datetime) -> DetectionRun:
        """Detect, open incidents, store, all in one transaction that is committed before this returns.

        Raises:
            GovernanceError: when an incident cannot be opened or a HIGH anomaly ends up without one. Then
                nothing is stored.
        """
        async with self._session.begin():
            run = await self._session.run_sync(_detect, tenant_id, as_of)
        for anomaly_id, incident_id in sorted(run.incidents_created.items()):
            logger.info(
                "incident opened: tenant=%s anomaly=%s incident=%s", tenant_id, anomaly_id, incident_id
            )
        return run


def _detect(session: Session, tenant_id: str, as_of: datetime) -> DetectionRun:
    bridge = AnomalyIncidentBridge(get_incident_write_driver(session))

    def open_incident(anomaly: PlannedAnomaly) -> str:
        try:
            incident_id = bridge.ingest(_fact(tenant_id, anomaly, as_of))
        except SQLAlchemyError as error:
            raise _violation(anomaly) from error
        if incident_id is None:
            raise _violation(anomaly)
        return incident_id

    return run_anomaly_detection(
        get_cost_anomaly_driver(session),
        get_cost_anomaly_read_driver(session),
        tenant_id,
        as_of=as_of,
        open_incident=open_incident,
    )


def _fact(tenant_id: str, anomaly: PlannedAnomaly, as_of: datetime) -> CostAnomalyFact:
    detected = anomaly.detected
    return CostAnomalyFact(
        tenant_id=tenant_id,
        anomaly_id=anomaly.id,
        anomaly_type=detected.anomaly_type.value,
        severity=detected.severity.value,
        current_value_cents=detected.current_value_cents,
        expected_value_cents=detected.expected_value_cents,
        observed_at=as_of,
        entity_type=detected.entity_type,
        entity_id=detected.entity_id,
        deviation_pct=detected.deviation_pct,
        metadata=detected.metadata,
    )


def _violation(anomaly: PlannedAnomaly) -> GovernanceError:
    return GovernanceError(
        f"No incident could be opened for the {anomaly.detected.severity.value} anomaly {anomaly.id}.",
        domain="Incidents",
        operation="ingest_cost_anomaly",
        entity_id=anomaly.id,
    )
