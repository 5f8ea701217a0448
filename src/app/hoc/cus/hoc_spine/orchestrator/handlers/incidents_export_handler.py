# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation incidents.export: evidence, SOC 2 and debrief bundles of an incident.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``incidents.export``: reads. Methods: create_evidence_bundle, create_soc2_bundle, create_executive_debrief. Each
answers with a ``VersionedAnswer`` that holds an ``ExportBundle``; who exports is the caller.

Codes of its own: MISSING_INCIDENT_ID, INVALID_PERIOD.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch
from app.hoc.cus.hoc_spine.orchestrator.incident_ledger_trail import LedgerTrail
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.incidents.L5_engines.incident_export_engine import (
    IncidentExportEngine,
    get_incident_export_engine,
)
from app.hoc.cus.incidents.L5_engines.incidents_facade import IncidentsFacade, get_incidents_facade
from app.hoc.cus.incidents.L5_schemas.incident_export_bundles import ExportBundle
from app.hoc.cus.incidents.L5_schemas.incident_read_rows import VersionedAnswer
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L6_drivers.incident_prevention_read_driver import (
    get_incident_prevention_read_driver,
)
from app.hoc.cus.incidents.L6_drivers.incident_read_driver import get_incident_read_driver
from app.hoc.cus.incidents.L6_drivers.incident_statistics_read_driver import (
    get_incident_statistics_read_driver,
)


class IncidentsExportHandler:
    """Every method takes ``as_of`` (aware UTC), ``incident_id``, ``export_reason`` and ``prepared_for``."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {
                "create_evidence_bundle": self._evidence,
                "create_soc2_bundle": self._soc2,
                "create_executive_debrief": self._debrief,
            },
        )

    async def _evidence(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        incident_id: str | None = None,
        export_reason: str | None = None,
        prepared_for: str | None = None,
    ) -> VersionedAnswer:
        facade = _facade(session)
        bundle = await _engine(facade, session).create_evidence_bundle(
            ctx.tenant_id,
            _required(incident_id),
            exported_by=ctx.actor_id,
            as_of=as_of,
            export_reason=export_reason,
            prepared_for=prepared_for,
        )
        return await _versioned(facade, ctx, as_of, bundle)

    async def _soc2(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        incident_id: str | None = None,
        period_start: datetime | None = None,
        period_end: datetime | None = None,
        auditor_notes: str | None = None,
        export_reason: str | None = None,
        prepared_for: str | None = None,
    ) -> VersionedAnswer:
        facade = _facade(session)
        bundle = await _engine(facade, session).create_soc2_bundle(
            ctx.tenant_id,
            _required(incident_id),
            exported_by=ctx.actor_id,
            as_of=as_of,
            period_start=period_start,
            period_end=period_end,
            auditor_notes=auditor_notes,
            export_reason=export_reason,
            prepared_for=prepared_for,
        )
        return await _versioned(facade, ctx, as_of, bundle)

    async def _debrief(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        incident_id: str | None = None,
        export_reason: str | None = None,
        prepared_for: str | None = None,
    ) -> VersionedAnswer:
        facade = _facade(session)
        bundle = await _engine(facade, session).create_executive_debrief(
            ctx.tenant_id,
            _required(incident_id),
            exported_by=ctx.actor_id,
            as_of=as_of,
            export_reason=export_reason,
            prepared_for=prepared_for,
        )
        return await _versioned(facade, ctx, as_of, bundle)


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("incidents.export", IncidentsExportHandler())


def _facade(session: AsyncSession) -> IncidentsFacade:
    return get_incidents_facade(
        get_incident_read_driver(session),
        get_incident_statistics_read_driver(session),
        get_incident_prevention_read_driver(session),
    )


def _engine(facade: IncidentsFacade, session: AsyncSession) -> IncidentExportEngine:
    return get_incident_export_engine(facade, LedgerTrail(session))


async def _versioned(
    facade: IncidentsFacade, ctx: OperationContext, as_of: datetime, bundle: ExportBundle
) -> VersionedAnswer:
    return VersionedAnswer(bundle, await facade.data_version(ctx.tenant_id, as_of=as_of))


def _required(incident_id: str | None) -> str:
    if not incident_id:
        raise IncidentRefusedError("MISSING_INCIDENT_ID", "Name the incident: incident_id is missing.")
    return incident_id
