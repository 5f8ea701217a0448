# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operations of cost simulation: status, simulate, divergence, datasets, provenance.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""Operations ``analytics.costsim.{status,simulate,divergence,datasets,provenance}``.

Codes for the caller's mistakes: UNKNOWN_METHOD, MISSING_PLAN, MISSING_DATASET_ID, NOT_FOUND,
COMPARABLE_DATA_NOT_FOUND, CONFLICT, INVALID_PARAMS, INVALID_WINDOW.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.costsim_models import ValidationResult
from app.hoc.cus.analytics.L5_engines.datasets import ACCEPTABLE, DatasetValidator, UnknownDatasetError
from app.hoc.cus.analytics.L5_engines.divergence import DivergenceAnalyzer
from app.hoc.cus.analytics.L5_engines.provenance import ProvenanceLog, get_provenance_logger
from app.hoc.cus.analytics.L5_engines.sandbox import CostSimSandbox
from app.hoc.cus.analytics.L5_schemas.analytics_artifact import input_window_hash
from app.hoc.cus.analytics.L5_schemas.circuit_breaker_port import CircuitBreakerPort
from app.hoc.cus.analytics.L5_schemas.provenance_record import InvalidProvenanceError
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.provenance_async import (
    count_provenance,
    get_drift_stats,
    query_provenance,
)
from app.hoc.cus.analytics.L6_drivers.provenance_comparison_driver import CostComparisonDriver
from app.hoc.cus.hoc_spine.orchestrator.coordinators.canary_coordinator import load_costsim_config
from app.hoc.cus.hoc_spine.orchestrator.coordinators.provenance_coordinator import backfill_baseline
from app.hoc.cus.hoc_spine.orchestrator.handlers.analytics_handler import announce, record_artifact
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch, operation_time
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)

DEFAULT_DAYS = 7
MAX_DAYS = 90


class CostsimStatusHandler:
    """``analytics.costsim.status``: what runs, in which version, and how provenance fares in this process.

    ``circuit_breaker_open`` and ``disabled_by_drift`` are None where no breaker is installed.
    """

    def __init__(self, config: CostSimConfig, breaker: CircuitBreakerPort | None = None) -> None:
        self._config = config
        self._breaker = breaker

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        is_open = None if self._breaker is None else await self._breaker.is_v2_disabled()
        return OperationResult.ok(
            {
                "sandbox_enabled": self._config.v2_sandbox_enabled and not is_open,
                "circuit_breaker_open": is_open,
                "disabled_by_drift": is_open,
                "model_version": self._config.model_version,
                "adapter_version": self._config.adapter_version,
                "drift_threshold": self._config.drift_threshold,
                "provenance": asdict(get_provenance_logger().counters)
                if self._config.provenance_enabled
                else None,
            }
        )


class CostsimSimulateHandler:
    """``analytics.costsim.simulate``: V1's answer, and V2's beside it where the sandbox is on.

    Takes ``plan``, ``budget_cents`` (1000) and ``run_id``. The simulation is recorded, in a transaction of the
    provenance logger, before it is answered.
    """

    def __init__(self, config: CostSimConfig, breaker: CircuitBreakerPort | None = None) -> None:
        self._config = config
        self._breaker = breaker

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        plan = ctx.params.get("plan")
        if not plan:
            return OperationResult.fail("Send a plan with at least one step.", "MISSING_PLAN")
        budget = ctx.params.get("budget_cents", 1000)
        if isinstance(budget, bool) or not isinstance(budget, int) or budget < 0:
            return OperationResult.fail("budget_cents must be a whole number from 0.", "INVALID_PARAMS")
        sandbox = CostSimSandbox(
            budget,
            tenant_id=ctx.tenant_id,
            run_id=ctx.params.get("run_id"),
            config=self._config,
            breaker=self._breaker,
            provenance=get_provenance_logger() if self._config.provenance_enabled else None,
        )
        result = await sandbox.simulate(plan)
        v1 = result.production_result
        return OperationResult.ok(
            {
                "v1_result": {
                    "feasible": v1.feasible,
                    "estimated_cost_cents": v1.estimated_cost_cents,
                    "estimated_duration_ms": v1.estimated_duration_ms,
                    "status": v1.status.value,
                    "warnings": list(v1.warnings),
                },
                "v2_result": None if result.v2_result is None else result.v2_result.to_dict(),
                "comparison": None if result.comparison is None else result.comparison.to_dict(),
                "sandbox_enabled": result.sandbox_enabled,
                "v2_error": result.v2_error,
                "input_hash": result.input_hash,
            }
        )


class CostsimDivergenceHandler:
    """``analytics.costsim.divergence``: ``{"report", "available_samples"}`` of the caller's tenant.

    Takes ``as_of``, and ``start_date`` and ``end_date`` or ``days`` (7, at most 90) before the end; the end is
    ``as_of`` by default.
    """

    def __init__(self, config: CostSimConfig) -> None:
        self._config = config

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            replace(ctx, params={**ctx.params, "method": "report"}), {"report": self._report}
        )

    async def _report(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
        days: int = DEFAULT_DAYS,
    ) -> dict[str, Any]:
        if not 1 <= days <= MAX_DAYS:
            raise RequestRefusedError("INVALID_PARAMS", f"days must lie between 1 and {MAX_DAYS}.")
        end = as_of if end_date is None else end_date
        start = end - timedelta(days=days) if start_date is None else start_date
        reader = CostComparisonDriver(session)
        analyzer = DivergenceAnalyzer(
            reader, major_drift_threshold=self._config.drift_threshold, version=self._config.model_version
        )
        report = await analyzer.generate_report(start, end, ctx.tenant_id, as_of=as_of)
        available = await reader.count_comparisons(ctx.tenant_id, start=start, end=end, as_of=as_of)
        return {"report": report, "available_samples": available}


class CostsimDatasetsHandler:
    """``analytics.costsim.datasets``: ``list`` (default), ``info``, ``validate``, ``validate_all``.

    A validation is registered as an artifact of the dataset's version, in one transaction per call: validating
    again with the same code changes nothing, with other code it supersedes the record.
    """

    def __init__(self, config: CostSimConfig) -> None:
        self._config = config
        self._validator = DatasetValidator(config)

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            replace(ctx, params={"method": "list", **ctx.params}),
            {
                "list": self._list,
                "info": self._info,
                "validate": self._validate,
                "validate_all": self._validate_all,
            },
        )

    async def _list(self, ctx: OperationContext, session: AsyncSession) -> dict[str, Any]:
        return {"datasets": [dataset.to_dict() for dataset in self._validator.list_datasets()]}

    async def _info(
        self, ctx: OperationContext, session: AsyncSession, *, dataset_id: str = ""
    ) -> dict[str, Any]:
        self._require(dataset_id)
        dataset = self._validator.get_dataset(dataset_id)
        return dataset.to_dict() | {"sample_tags": dataset.sample_tags}

    async def _validate(
        self, ctx: OperationContext, session: AsyncSession, *, dataset_id: str = ""
    ) -> ValidationResult:
        self._require(dataset_id)
        result = await self._validator.validate_dataset(dataset_id)
        await self._register(ctx.tenant_id, session, [dataset_id])
        return result

    async def _validate_all(self, ctx: OperationContext, session: AsyncSession) -> dict[str, Any]:
        results = await self._validator.validate_all()
        await self._register(ctx.tenant_id, session, list(results))
        return {
            "all_passed": all(result.verdict == ACCEPTABLE for result in results.values()),
            "results": results,
            "timestamp": operation_time(ctx),
        }

    def _require(self, dataset_id: str) -> None:
        if not dataset_id:
            raise RequestRefusedError("MISSING_DATASET_ID", "Name the dataset: dataset_id is missing.")
        try:
            self._validator.get_dataset(dataset_id)
        except UnknownDatasetError as error:
            raise RequestRefusedError("NOT_FOUND", str(error)) from error

    async def _register(self, tenant_id: str, session: AsyncSession, dataset_ids: Sequence[str]) -> None:
        events = []
        async with session.begin():
            for dataset_id in dataset_ids:
                dataset = self._validator.get_dataset(dataset_id)
                artifact_id = f"costsim.{dataset_id}"
                _, event = await record_artifact(
                    session,
                    tenant_id,
                    dataset_id=artifact_id,
                    dataset_version=f"{dataset.version}-{dataset.content_hash[:12]}",
                    input_window_hash=input_window_hash(
                        tenant_id=tenant_id,
                        dataset_id=artifact_id,
                        window_start=None,
                        window_end=None,
                        filters={"content_hash": dataset.content_hash},
                    ),
                    # The data is what was published then; when it is validated makes no difference to it.
                    as_of=dataset.published,
                    compute_code_version=f"{self._config.model_version}+{self._config.commit_sha}"[:64],
                    supersede=True,
                )
                events.append(event)
        for event in events:
            announce(event)


class CostsimProvenanceHandler:
    """``analytics.costsim.provenance``: the recorded simulations of the caller's tenant.

    ``list`` gives ``{"records", "total"}``, ``get`` one record with what went in and came out, ``stats`` the
    drift statistics; all three take ``as_of``. ``backfill`` takes ``records`` (payload, cost, run_id).
    """

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        try:
            return await dispatch(
                ctx,
                {
                    "list": self._list,
                    "get": self._get,
                    "stats": self._stats,
                    "backfill": self._backfill,
                },
            )
        except InvalidProvenanceError as error:
            return OperationResult.fail(f"{error}.", "INVALID_PARAMS")

    async def _list(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        variant_slug: str | None = None,
        source: str | None = None,
        status: str | None = None,
        run_id: str | None = None,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> dict[str, Any]:
        records = await query_provenance(
            ctx.tenant_id,
            variant_slug,
            source,
            None,
            start_date,
            end_date,
            limit,
            offset,
            session=session,
            status=status,
            run_id=run_id,
            as_of=as_of,
        )
        total = await count_provenance(
            ctx.tenant_id,
            variant_slug,
            start_date,
            end_date,
            session=session,
            source=source,
            status=status,
            run_id=run_id,
            as_of=as_of,
        )
        return {"records": records, "total": total}

    async def _get(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        input_hash: str,
        variant_slug: str | None = None,
    ) -> dict[str, Any]:
        found = await query_provenance(
            ctx.tenant_id, variant_slug, input_hash=input_hash, limit=1, session=session, as_of=as_of
        )
        if not found:
            raise RequestRefusedError("NOT_FOUND", "No simulation with this input hash is recorded.")
        record = found[0]
        if record.payload is None or "compressed" not in record.payload:
            return {"record": record, "input": record.payload, "output": None}
        entry = ProvenanceLog.from_record(record)
        return {
            "record": record,
            "input": entry.get_decompressed_input(),
            "output": entry.get_decompressed_output(),
        }

    async def _stats(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> Any:
        return await get_drift_stats(
            start_date, end_date, tenant_id=ctx.tenant_id, session=session, as_of=as_of
        )

    async def _backfill(
        self, ctx: OperationContext, session: AsyncSession, *, records: Sequence[Mapping[str, Any]]
    ) -> dict[str, int]:
        counts = await backfill_baseline(session, ctx.tenant_id, records)
        if counts is None:
            raise RequestRefusedError("CONFLICT", "Another backfill is running; try again when it is done.")
        return counts


def register(registry: OperationRegistry, *, v2_sandbox: bool | None = None) -> None:
    """Register the operations of this module. Reads the settings: ``SettingsError`` names every malformed
    variable. ``v2_sandbox`` overrides the setting of that name unless it is None.
    """
    config = load_costsim_config()
    if v2_sandbox is not None:
        config = replace(config, v2_sandbox_enabled=v2_sandbox)
    registry.register("analytics.costsim.status", CostsimStatusHandler(config))
    registry.register("analytics.costsim.simulate", CostsimSimulateHandler(config))
    registry.register("analytics.costsim.divergence", CostsimDivergenceHandler(config))
    registry.register("analytics.costsim.datasets", CostsimDatasetsHandler(config))
    registry.register("analytics.costsim.provenance", CostsimProvenanceHandler())
