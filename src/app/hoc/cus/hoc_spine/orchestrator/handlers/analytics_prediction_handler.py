# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.prediction: predict, record predictions (PB-S5).
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``analytics.prediction``. Methods: predict_failure, predict_cost_overrun (both read), run_cycle (one
transaction), get_summary (reads).
"""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.prediction_engine import (
    get_prediction_summary,
    predict_cost_overrun,
    predict_failure_likelihood,
    run_prediction_cycle,
)
from app.hoc.cus.analytics.L5_schemas.prediction import PredictionType
from app.hoc.cus.analytics.L6_drivers.prediction_driver import get_prediction_driver
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch, optional_choice
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction


class AnalyticsPredictionHandler:
    """Every method takes ``as_of`` (aware UTC); those that predict also ``worker_id``."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {
                "predict_failure": self._failure,
                "predict_cost_overrun": self._cost_overrun,
                "run_cycle": self._run_cycle,
                "get_summary": self._summary,
            },
        )

    async def _failure(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, worker_id: str | None = None
    ) -> Any:
        return await predict_failure_likelihood(
            get_prediction_driver(session), ctx.tenant_id, as_of=as_of, worker_id=worker_id
        )

    async def _cost_overrun(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, worker_id: str | None = None
    ) -> Any:
        return await predict_cost_overrun(
            get_prediction_driver(session), ctx.tenant_id, as_of=as_of, worker_id=worker_id
        )

    async def _run_cycle(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, worker_id: str | None = None
    ) -> Any:
        async with transaction(session):
            return await run_prediction_cycle(
                get_prediction_driver(session), ctx.tenant_id, as_of=as_of, worker_id=worker_id
            )

    async def _summary(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        prediction_type: str | None = None,
        include_expired: bool = False,
        limit: int = 50,
    ) -> Any:
        return await get_prediction_summary(
            get_prediction_driver(session),
            ctx.tenant_id,
            as_of=as_of,
            prediction_type=optional_choice(PredictionType, prediction_type, "prediction_type"),
            include_expired=include_expired,
            limit=limit,
        )


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("analytics.prediction", AnalyticsPredictionHandler())
