# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Detects cost anomalies and opens the incidents of the grave ones, two domains in one transaction.
# Callers: spine analytics_detection_handler
# Allowed Imports: L4, L5_engines, L5_schemas, L6, app.infra, sqlalchemy
# Forbidden Imports: L2
# Emits: analytics.AnomalyDetected
"""The coordinator behind ``AnomalyCoordinatorPort``: analytics detects, incidents receives facts, and neither
knows the other. What keeps a grave anomaly from getting its incident fails the whole run.
"""

import logging
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.analytics.L5_engines.cost_anomaly_detector_engine import run_anomaly_detection
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import DetectionRun, PlannedAnomaly
from app.hoc.cus.analytics.L5_schemas.governance_error import GovernanceError
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_driver import get_cost_anomaly_driver
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_read_driver import get_cost_anomaly_read_driver
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import append_event_sync
from app.hoc.cus.hoc_spine.orchestrator.coordinators.incident_work import IncidentWork
from app.hoc.cus.hoc_spine.orchestrator.events import build_event
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction
from app.hoc.cus.incidents.L5_engines.anomaly_bridge import DETECTOR
from app.hoc.cus.incidents.L5_schemas.cost_anomaly_fact import CostAnomalyFact
from app.infra.time import utc_now

logger = logging.getLogger(__name__)


class AnomalyIncidentCoordinator:
    """Works on one session; one per operation call."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def detect_and_ingest(self, tenant_id: str, *, as_of: datetime) -> DetectionRun:
        """Detect, open incidents, store, tell, all in one transaction that is committed before this returns.

        Raises:
            GovernanceError: when an incident cannot be opened or a HIGH anomaly ends up without one. Then
                nothing is stored.
        """
        async with transaction(self._session):
            run = await self._session.run_sync(_detect, tenant_id, as_of)
        for anomaly_id, incident_id in sorted(run.incidents_created.items()):
            logger.info(
                "incident opened: tenant=%s anomaly=%s incident=%s", tenant_id, anomaly_id, incident_id
            )
        return run


async def create_incident_from_cost_anomaly(
    session: AsyncSession,
    tenant_id: str,
    anomaly_id: str,
    anomaly_type: str,
    severity: str,
    current_value_cents: Decimal,
    expected_value_cents: Decimal,
    entity_type: str | None = None,
    entity_id: str | None = None,
    description: str | None = None,
) -> str:
    """As :func:`create_incident_from_cost_anomaly_sync`, on an asynchronous session."""
    return await session.run_sync(
        create_incident_from_cost_anomaly_sync,
        tenant_id,
        anomaly_id,
        anomaly_type,
        severity,
        current_value_cents,
        expected_value_cents,
        entity_type,
        entity_id,
        description,
    )


def create_incident_from_cost_anomaly_sync(
    session: Session,
    tenant_id: str,
    anomaly_id: str,
    anomaly_type: str,
    severity: str,
    current_value_cents: Decimal,
    expected_value_cents: Decimal,
    entity_type: str | None = None,
    entity_id: str | None = None,
    description: str | None = None,
) -> str:
    """The id of an anomaly's incident, whatever its severity, opened in the caller's transaction unless it exists;
    an anomaly that is stored gets the link back. Amounts are exact cents.

    Raises:
        GovernanceError: when it cannot be opened, for whatever reason; the caller's transaction has to end.
    """
    now = utc_now()
    fact = CostAnomalyFact(
        tenant_id=tenant_id,
        anomaly_id=anomaly_id,
        anomaly_type=anomaly_type,
        severity=severity,
        current_value_cents=current_value_cents,
        expected_value_cents=expected_value_cents,
        observed_at=now,
        entity_type=entity_type,
        entity_id=entity_id,
    )
    try:
        work = IncidentWork(session)
        incident = work.bridge.open_for(fact, now=now, description=description)
        get_cost_anomaly_read_driver(session).link_incident(tenant_id, anomaly_id, incident.id)
        work.announce()
    except Exception as error:
        raise _violation(severity, anomaly_id) from error
    return incident.id


def _detect(session: Session, tenant_id: str, as_of: datetime) -> DetectionRun:
    work, now = IncidentWork(session), max(utc_now(), as_of)

    def open_incident(anomaly: PlannedAnomaly) -> str:
        try:
            incident_id = work.bridge.ingest(_fact(tenant_id, anomaly, as_of), now=now)
        except Exception as error:
            raise _violation(anomaly.detected.severity.value, anomaly.id) from error
        if incident_id is None:
            raise _violation(anomaly.detected.severity.value, anomaly.id)
        return incident_id

    run = run_anomaly_detection(
        get_cost_anomaly_driver(session),
        get_cost_anomaly_read_driver(session),
        tenant_id,
        as_of=as_of,
        open_incident=open_incident,
    )
    _tell(session, run, as_of, now)
    work.announce()
    return run


def _tell(session: Session, run: DetectionRun, as_of: datetime, now: datetime) -> None:
    """Put an event for every anomaly that is new into the outbox."""
    for anomaly in run.detected:
        if anomaly.id not in run.created_ids:
            continue
        event = build_event(
            "analytics.AnomalyDetected",
            tenant_id=anomaly.tenant_id,
            actor_type=DETECTOR.actor_type,
            actor_id=DETECTOR.actor_id,
            decision_owner="analytics",
            occurred_at=now,
            anomaly_id=anomaly.id,
            anomaly_type=anomaly.anomaly_type.value,
            severity=anomaly.severity.value,
            as_of=as_of.astimezone(UTC).isoformat(),
            incident_id=anomaly.incident_id,
        )
        append_event_sync(session, event)


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


def _violation(severity: str, anomaly_id: str) -> GovernanceError:
    return GovernanceError(
        f"No incident could be opened for the {severity} anomaly {anomaly_id}.",
        domain="Incidents",
        operation="ingest_cost_anomaly",
        entity_id=anomaly_id,
    )
