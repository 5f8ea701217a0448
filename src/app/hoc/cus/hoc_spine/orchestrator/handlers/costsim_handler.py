# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operations of cost simulation: status, simulate and divergence; registers those of datasets and provenance, too.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""Operations ``analytics.costsim.{status,simulate,divergence}``.

Codes for the caller's mistakes: MISSING_PLAN, COMPARABLE_DATA_NOT_FOUND, INVALID_PARAMS, INVALID_WINDOW.
"""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.divergence import DivergenceAnalyzer
from app.hoc.cus.analytics.L5_engines.provenance import get_provenance_logger
from app.hoc.cus.analytics.L5_engines.sandbox import CostSimSandbox
from app.hoc.cus.analytics.L5_schemas.circuit_breaker_port import CircuitBreakerPort
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.provenance_comparison_driver import CostComparisonDriver
from app.hoc.cus.hoc_spine.orchestrator.coordinators.canary_coordinator import load_costsim_config
from app.hoc.cus.hoc_spine.orchestrator.handlers.costsim_datasets_handler import CostsimDatasetsHandler
from app.hoc.cus.hoc_spine.orchestrator.handlers.costsim_provenance_handler import CostsimProvenanceHandler
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch
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


def register(registry: OperationRegistry, *, v2_sandbox: bool | None = None) -> None:
    """Register the operations of cost simulation. Reads the settings: ``SettingsError`` names every malformed
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
