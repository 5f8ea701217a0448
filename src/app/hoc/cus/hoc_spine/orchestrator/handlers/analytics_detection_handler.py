# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.detection: run detection, read anomalies, acknowledge and close them.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: analytics.AnomalyAcknowledged, analytics.AnomalyClosed
"""``analytics.detection``. Methods: run_detection, list_anomalies, get_anomaly, acknowledge_anomaly,
resolve_anomaly, get_detection_status. Code of its own: GOVERNANCE_VIOLATION, after which nothing is stored.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.detection_facade import DetectionFacade, get_detection_facade
from app.hoc.cus.analytics.L5_schemas.anomaly_query import AnomalyFilters, DetectionType
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import AnomalySeverity, AnomalyStatus
from app.hoc.cus.analytics.L5_schemas.governance_error import GovernanceError
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.anomaly_record_driver import get_anomaly_record_driver
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import append_event
from app.hoc.cus.hoc_spine.orchestrator.audited_change import audit_change
from app.hoc.cus.hoc_spine.orchestrator.coordinators.anomaly_incident_coordinator import (
    AnomalyIncidentCoordinator,
)
from app.hoc.cus.hoc_spine.orchestrator.events import new_event
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import (
    choice,
    dispatch,
    operation_time,
    optional_choice,
)
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction

logger = logging.getLogger(__name__)


class AnalyticsDetectionHandler:
    """Reads take ``as_of`` (aware UTC); writes happen at the time of the operation, by its actor."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        try:
            return await dispatch(
                ctx,
                {
                    "run_detection": self._run,
                    "list_anomalies": self._list,
                    "get_anomaly": self._get,
                    "acknowledge_anomaly": self._acknowledge,
                    "resolve_anomaly": self._resolve,
                    "get_detection_status": self._status,
                },
            )
        except GovernanceError as error:
            logger.exception(
                "Governance violated: domain=%s operation=%s entity=%s tenant=%s",
                error.domain,
                error.operation,
                error.entity_id,
                ctx.tenant_id,
            )
            return OperationResult.fail(
                "A grave anomaly could not be given its incident, so nothing was recorded.",
                "GOVERNANCE_VIOLATION",
            )

    async def _run(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        detection_type: str = "cost",
        as_of: datetime | None = None,
    ) -> Any:
        now = operation_time(ctx)
        if as_of is not None and as_of > now:
            raise RequestRefusedError("INVALID_AS_OF", "as_of lies in the future.")
        facade = get_detection_facade(get_anomaly_record_driver(session), AnomalyIncidentCoordinator(session))
        # The coordinator owns the transaction: it commits, or raises and nothing is stored.
        return await facade.run_detection(
            ctx.tenant_id, choice(DetectionType, detection_type, "detection_type"), as_of=as_of or now
        )

    async def _list(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        detection_type: str | None = None,
        severity: str | None = None,
        status: str | None = None,
        days: int | None = None,
        include_closed: bool = True,
        limit: int = 100,
        offset: int = 0,
    ) -> Any:
        filters = AnomalyFilters(
            detection_type=optional_choice(DetectionType, detection_type, "detection_type"),
            severity=optional_choice(AnomalySeverity, severity, "severity"),
            status=optional_choice(AnomalyStatus, status, "status"),
            since=None if days is None else as_of - timedelta(days=days),
            include_closed=include_closed,
        )
        return await _facade(session).list_anomalies(
            ctx.tenant_id, filters, as_of=as_of, limit=limit, offset=offset
        )

    async def _get(
        self, ctx: OperationContext, session: AsyncSession, *, anomaly_id: str, as_of: datetime
    ) -> Any:
        return await _facade(session).get_anomaly(anomaly_id, ctx.tenant_id, as_of=as_of)

    async def _acknowledge(self, ctx: OperationContext, session: AsyncSession, *, anomaly_id: str) -> Any:
        async with transaction(session):
            anomaly = await _facade(session).acknowledge_anomaly(
                anomaly_id, ctx.tenant_id, actor=ctx.actor_id, now=operation_time(ctx)
            )
            event = new_event(
                "analytics.AnomalyAcknowledged",
                ctx,
                decision_owner="analytics",
                anomaly_id=anomaly.id,
                anomaly_status=anomaly.status,
            )
            await audit_change(
                session,
                ctx,
                event["event_type"],
                entity_type="anomaly",
                entity_id=anomaly.id,
                before={"status": AnomalyStatus.OPEN},
                after={"status": anomaly.status},
            )
            await append_event(session, event)
        return anomaly

    async def _resolve(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        anomaly_id: str,
        resolution: str,
        notes: str | None = None,
    ) -> Any:
        target = choice(AnomalyStatus, resolution, "resolution")
        async with transaction(session):
            anomaly = await _facade(session).resolve_anomaly(
                anomaly_id,
                ctx.tenant_id,
                target,
                notes=notes,
                actor=ctx.actor_id,
                now=operation_time(ctx),
            )
            event = new_event(
                "analytics.AnomalyClosed",
                ctx,
                decision_owner="analytics",
                anomaly_id=anomaly.id,
                anomaly_status=anomaly.status,
            )
            await audit_change(
                session,
                ctx,
                event["event_type"],
                entity_type="anomaly",
                entity_id=anomaly.id,
                before={"status": AnomalyStatus.ACKNOWLEDGED},
                after={"status": anomaly.status},
                reason=notes,
            )
            await append_event(session, event)
        return anomaly

    async def _status(self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime) -> Any:
        return await _facade(session).get_detection_status(ctx.tenant_id, as_of=as_of)


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("analytics.detection", AnalyticsDetectionHandler())


def _facade(session: AsyncSession) -> DetectionFacade:
    return get_detection_facade(get_anomaly_record_driver(session))
