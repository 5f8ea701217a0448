# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operations of the analytics domain: read canary reports, run a canary, record and read artifacts.
# Callers: spine bootstrap, costsim_datasets_handler
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: analytics.ArtifactRecorded
"""Operations of the analytics domain: ``analytics.canary_reports``, ``analytics.canary`` and
``analytics.artifacts``.

Codes for the caller's mistakes: MISSING_METHOD, UNKNOWN_METHOD, MISSING_RUN_ID, MISSING_FIELDS,
MISSING_DATASET_ID, NOT_FOUND, CONFLICT, INVALID_FILTERS, INVALID_PARAMS. Codes for ours: MISSING_SESSION,
ARTIFACTS_UNAVAILABLE, UNAVAILABLE.
"""

import logging
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_schemas.analytics_artifact import (
    ArtifactConflictError,
    ArtifactOutcome,
    InvalidArtifactError,
    NewArtifact,
    SavedArtifact,
    input_window_hash,
)
from app.hoc.cus.analytics.L5_schemas.canary_report_row import CanaryFilterError
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.analytics_artifacts_driver import AnalyticsArtifactsDriver
from app.hoc.cus.analytics.L6_drivers.canary_report_count_driver import count_canary_reports
from app.hoc.cus.analytics.L6_drivers.canary_report_driver import (
    get_canary_report_by_run_id,
    query_canary_reports,
)
from app.hoc.cus.hoc_spine.authority.event_schema_contract import (
    CURRENT_SCHEMA_VERSION,
    NO_PROJECT,
    validate_event_payload,
)
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import append_event
from app.hoc.cus.hoc_spine.orchestrator.coordinators.canary_coordinator import load_costsim_config
from app.hoc.cus.hoc_spine.orchestrator.handlers.canary_run_handler import CanaryRunHandler
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction

logger = logging.getLogger(__name__)

ARTIFACT_FIELDS = ("dataset_id", "dataset_version", "input_window_hash", "as_of", "compute_code_version")


class CanaryReportHandler:
    """``analytics.canary_reports``: reads the caller's tenant's reports.

    ``list`` (default) takes ``filters`` and gives ``{"reports": rows, "total": count of all matches}``;
    ``get`` takes ``run_id`` and gives ``{"report": row}``. Rows are ``CanaryReportRow``.
    """

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        if ctx.session is None:
            return OperationResult.fail("Canary reports need a session.", "MISSING_SESSION")
        method = ctx.params.get("method", "list")

        if method == "list":
            filters = ctx.params.get("filters", {})
            try:
                reports = await query_canary_reports(ctx.session, ctx.tenant_id, filters)
                total = await count_canary_reports(ctx.session, ctx.tenant_id, filters)
            except CanaryFilterError as error:
                return OperationResult.fail(f"Canary report filters: {error}.", "INVALID_FILTERS")
            return OperationResult(success=True, data={"reports": reports, "total": total})

        if method == "get":
            run_id = ctx.params.get("run_id")
            if not isinstance(run_id, str) or not run_id:
                return OperationResult.fail("Name the run: run_id is missing.", "MISSING_RUN_ID")
            report = await get_canary_report_by_run_id(ctx.session, ctx.tenant_id, run_id)
            if report is None:
                return OperationResult.fail("There is no canary report of this run.", "NOT_FOUND")
            return OperationResult(success=True, data={"report": report})

        return OperationResult.fail("Unknown method; canary reports know list and get.", "UNKNOWN_METHOD")


class AnalyticsArtifactsHandler:
    """``analytics.artifacts``: how datasets were computed, recorded once per version.

    ``save`` takes the five fields (``input_window`` with start, end and filters may stand in for
    ``input_window_hash``) and ``supersede``, and gives ``{"artifact", "outcome"}``. ``get`` takes
    ``dataset_id`` and perhaps ``dataset_version``, ``list`` neither; both take ``as_of``, ``limit`` and
    ``offset`` and give ``{"artifacts", "total"}``.
    """

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(ctx, {"save": self._save, "get": self._get, "list": self._list})

    async def _save(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        supersede: bool = False,
        input_window: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> dict[str, Any]:
        if input_window is not None and not given.get("input_window_hash"):
            given["input_window_hash"] = _window_hash(ctx.tenant_id, given.get("dataset_id"), input_window)
        missing = [name for name in ARTIFACT_FIELDS if not given.get(name)]
        if missing:
            raise RequestRefusedError("MISSING_FIELDS", f"These fields are missing: {', '.join(missing)}.")
        unknown = sorted(set(given) - set(ARTIFACT_FIELDS))
        if unknown:
            raise RequestRefusedError("INVALID_PARAMS", f"Unknown parameters: {', '.join(unknown)}.")
        async with transaction(session):
            saved, event = await record_artifact(session, ctx.tenant_id, supersede=supersede, **given)
        announce(event)
        return {"artifact": saved.artifact, "outcome": saved.outcome.value}

    async def _get(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        dataset_id: str = "",
        dataset_version: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> dict[str, Any]:
        if not dataset_id:
            raise RequestRefusedError("MISSING_DATASET_ID", "Name the dataset: dataset_id is missing.")
        driver = AnalyticsArtifactsDriver()
        artifacts = await driver.get_artifact(
            session,
            tenant_id=ctx.tenant_id,
            dataset_id=dataset_id,
            dataset_version=dataset_version,
            as_of=as_of,
            limit=limit,
            offset=offset,
        )
        total = await driver.count_artifacts(
            session,
            tenant_id=ctx.tenant_id,
            dataset_id=dataset_id,
            dataset_version=dataset_version,
            as_of=as_of,
        )
        if not total:
            raise RequestRefusedError("NOT_FOUND", "No artifact of this dataset is recorded.")
        return {"artifacts": artifacts, "total": total}

    async def _list(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        limit: int = 100,
        offset: int = 0,
    ) -> dict[str, Any]:
        driver = AnalyticsArtifactsDriver()
        artifacts = await driver.list_artifacts(
            session, tenant_id=ctx.tenant_id, as_of=as_of, limit=limit, offset=offset
        )
        total = await driver.count_artifacts(session, tenant_id=ctx.tenant_id, as_of=as_of)
        return {"artifacts": artifacts, "total": total}


async def record_artifact(
    session: AsyncSession,
    tenant_id: str,
    *,
    dataset_id: str,
    dataset_version: str,
    input_window_hash: str,
    as_of: datetime,
    compute_code_version: str,
    supersede: bool = False,
) -> tuple[SavedArtifact, dict[str, Any] | None]:
    """Record an artifact and its event in the caller's transaction; the event is None when nothing changed.
    ``announce`` it once the transaction is committed.

    Raises ``RequestRefusedError``: INVALID_PARAMS, or CONFLICT when the version says something else.
    """
    try:
        new = NewArtifact(
            tenant_id, dataset_id, dataset_version, input_window_hash, as_of, compute_code_version
        )
        event = _analytics_event(
            "analytics.ArtifactRecorded",
            tenant_id,
            dataset_id,
            {
                "dataset_version": dataset_version,
                "input_window_hash": input_window_hash,
                "as_of": new.as_of.isoformat(),
                "compute_code_version": compute_code_version,
            },
        )
        saved = await AnalyticsArtifactsDriver().save_artifact(
            session,
            tenant_id=tenant_id,
            dataset_id=dataset_id,
            dataset_version=dataset_version,
            input_window_hash=input_window_hash,
            as_of=as_of,
            compute_code_version=compute_code_version,
            supersede=supersede,
        )
    except InvalidArtifactError as error:
        raise RequestRefusedError("INVALID_PARAMS", f"Artifact: {error}.") from error
    except ArtifactConflictError as error:
        raise RequestRefusedError(
            "CONFLICT", f"Artifact: {error}. Record a new version, or supersede this one explicitly."
        ) from error
    if saved.outcome is ArtifactOutcome.UNCHANGED:
        return saved, None
    return saved, await _emit_analytics_event(session, event)


def announce(event: Mapping[str, Any] | None) -> None:
    """Tell the log of a committed event; the outbox keeps it for every other subscriber."""
    if event is not None:
        logger.info("analytics_event type=%s id=%s", event["event_type"], event["event_id"])


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module. Reads the settings: ``SettingsError`` names every
    malformed variable.
    """
    registry.register("analytics.canary_reports", CanaryReportHandler())
    registry.register("analytics.canary", CanaryRunHandler(load_costsim_config()))
    registry.register("analytics.artifacts", AnalyticsArtifactsHandler())


def _analytics_event(
    event_type: str, tenant_id: str, dataset_id: str, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Build and check an event before anything is written; its number is given out when it is stored.

    Raises ``EventSchemaViolation``.
    """
    event = {
        "event_id": str(uuid.uuid4()),
        "event_type": event_type,
        "tenant_id": tenant_id,
        "project_id": NO_PROJECT,
        "actor_type": "system",
        "actor_id": "analytics",
        "decision_owner": "analytics",
        "sequence_no": 0,
        "schema_version": CURRENT_SCHEMA_VERSION,
        "dataset_id": dataset_id,
        **(extra or {}),
    }
    validate_event_payload(event)
    return event


async def _emit_analytics_event(session: AsyncSession, event: Mapping[str, Any]) -> dict[str, Any]:
    """Put an event into the outbox, in the transaction that causes it."""
    return await append_event(session, event)


def _window_hash(tenant_id: str, dataset_id: Any, window: Mapping[str, Any]) -> str:
    try:
        return input_window_hash(
            tenant_id=tenant_id,
            dataset_id=str(dataset_id),
            window_start=window.get("window_start"),
            window_end=window.get("window_end"),
            filters=window.get("filters") or {},
        )
    except (TypeError, ValueError) as error:
        raise RequestRefusedError("INVALID_PARAMS", f"input_window cannot be hashed: {error}.") from error
