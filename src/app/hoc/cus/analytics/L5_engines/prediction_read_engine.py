# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Reads predictions as of a moment.
# Callers: spine analytics_prediction_read_handler
# Allowed Imports: L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Prediction reads."""

from __future__ import annotations

import uuid
from datetime import datetime

from app.hoc.cus.analytics.L5_schemas.prediction import (
    PredictionFilters,
    PredictionPage,
    PredictionRow,
    PredictionStats,
    SubjectType,
)
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.prediction_read_driver import PredictionReadDriver


class PredictionReadEngine:
    """Reads through one driver, for one tenant per call."""

    def __init__(self, driver: PredictionReadDriver) -> None:
        self._driver = driver

    async def list_predictions(
        self, tenant_id: str, filters: PredictionFilters, *, as_of: datetime, limit: int, offset: int
    ) -> PredictionPage:
        """A page, newest first; the counts are over all that match."""
        stats = await self._driver.fetch_prediction_stats(tenant_id, filters, as_of=as_of)
        items = await self._driver.fetch_prediction_list(
            tenant_id, filters, as_of=as_of, limit=limit, offset=offset
        )
        return PredictionPage(tuple(items), stats.total, stats.by_type, stats.by_subject_type)

    async def get_prediction(
        self, tenant_id: str, prediction_id: uuid.UUID, *, as_of: datetime
    ) -> PredictionRow:
        """One prediction. Raises ``RequestRefusedError`` NOT_FOUND, also for another tenant's."""
        row = await self._driver.fetch_prediction_by_id(tenant_id, prediction_id, as_of=as_of)
        if row is None:
            raise RequestRefusedError("NOT_FOUND", "There is no such prediction.")
        return row

    async def get_predictions_for_subject(
        self,
        tenant_id: str,
        subject_type: SubjectType,
        subject_id: str,
        *,
        as_of: datetime,
        include_expired: bool,
        limit: int,
    ) -> list[PredictionRow]:
        """The newest predictions about one subject."""
        return await self._driver.fetch_predictions_for_subject(
            tenant_id,
            subject_type,
            subject_id,
            as_of=as_of,
            include_expired=include_expired,
            limit=limit,
        )

    async def get_prediction_stats(
        self, tenant_id: str, *, as_of: datetime, include_expired: bool
    ) -> PredictionStats:
        """Figures over all predictions known at ``as_of``."""
        filters = PredictionFilters(include_expired=include_expired)
        return await self._driver.fetch_prediction_stats(tenant_id, filters, as_of=as_of)


def get_prediction_read_engine(driver: PredictionReadDriver) -> PredictionReadEngine:
    """Return an engine on a driver."""
    return PredictionReadEngine(driver)
