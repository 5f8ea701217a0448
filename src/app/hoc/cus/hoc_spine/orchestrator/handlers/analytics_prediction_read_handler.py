# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.prediction_read: read predictions.
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``analytics.prediction_read``: reads. Methods: list, get, for_subject, stats.

Codes of its own: MISSING_PREDICTION_ID, MISSING_SUBJECT_PARAMS, INVALID_FORMAT.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.prediction_read_engine import (
    PredictionReadEngine,
    get_prediction_read_engine,
)
from app.hoc.cus.analytics.L5_schemas.prediction import PredictionFilters, PredictionType, SubjectType
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.prediction_read_driver import get_prediction_read_driver
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import choice, dispatch, optional_choice
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)


class AnalyticsPredictionReadHandler:
    """Every method takes ``as_of`` (aware UTC), which expiry is judged at."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx,
            {"list": self._list, "get": self._get, "for_subject": self._for_subject, "stats": self._stats},
        )

    async def _list(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        prediction_type: str | None = None,
        subject_type: str | None = None,
        subject_id: str | None = None,
        include_expired: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Any:
        filters = PredictionFilters(
            prediction_type=optional_choice(PredictionType, prediction_type, "prediction_type"),
            subject_type=optional_choice(SubjectType, subject_type, "subject_type"),
            subject_id=subject_id,
            include_expired=include_expired,
        )
        return await _engine(session).list_predictions(
            ctx.tenant_id, filters, as_of=as_of, limit=limit, offset=offset
        )

    async def _get(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        prediction_id: uuid.UUID | str | None = None,
    ) -> Any:
        if prediction_id is None:
            raise RequestRefusedError(
                "MISSING_PREDICTION_ID", "Name the prediction: prediction_id is missing."
            )
        try:
            wanted = prediction_id if isinstance(prediction_id, uuid.UUID) else uuid.UUID(prediction_id)
        except ValueError:
            raise RequestRefusedError("INVALID_FORMAT", "prediction_id is not a UUID.") from None
        return await _engine(session).get_prediction(ctx.tenant_id, wanted, as_of=as_of)

    async def _for_subject(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        subject_type: str | None = None,
        subject_id: str | None = None,
        include_expired: bool = False,
        limit: int = 20,
    ) -> Any:
        if not subject_type or not subject_id:
            raise RequestRefusedError(
                "MISSING_SUBJECT_PARAMS", "Name the subject: subject_type and subject_id are needed."
            )
        return await _engine(session).get_predictions_for_subject(
            ctx.tenant_id,
            choice(SubjectType, subject_type, "subject_type"),
            subject_id,
            as_of=as_of,
            include_expired=include_expired,
            limit=limit,
        )

    async def _stats(
        self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime, include_expired: bool = False
    ) -> Any:
        return await _engine(session).get_prediction_stats(
            ctx.tenant_id, as_of=as_of, include_expired=include_expired
        )


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("analytics.prediction_read", AnalyticsPredictionReadHandler())


def _engine(session: AsyncSession) -> PredictionReadEngine:
    return get_prediction_read_engine(get_prediction_read_driver(session))
