# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Predicts failures and cost overruns from past runs, and records the predictions; it does nothing else.
# Callers: spine analytics_prediction_handler
# Allowed Imports: L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Predictions (PB-S5): advise, observe, do nothing.

Everything is of one tenant and as of one moment; the same moment again records nothing new.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from app.hoc.cus.analytics.L5_schemas.exact_amount import ZERO
from app.hoc.cus.analytics.L5_schemas.pattern_feedback import ObservedRun
from app.hoc.cus.analytics.L5_schemas.prediction import (
    PredictionCreate,
    PredictionRow,
    PredictionRun,
    PredictionType,
    SubjectType,
)
from app.hoc.cus.analytics.L6_drivers.prediction_driver import PredictionDriver

FAILURE_CONFIDENCE_THRESHOLD = Fraction(1, 2)
FAILURE_CONFIDENCE_PER_RATE = Fraction(3, 2)
COST_OVERRUN_THRESHOLD_PERCENT = 30
COST_OVERRUN_MAX_CONFIDENCE = Fraction(95, 100)
PREDICTION_VALIDITY_HOURS = 24
HISTORY_DAYS = 7
RECENT_RUNS = 3
ERROR_SAMPLES, ERROR_SAMPLE_RUNS, ERROR_SAMPLE_CHARS = 3, 5, 100
ADVISORY_NOTE = "Advisory only: nothing is done because of this prediction."


async def predict_failure_likelihood(
    driver: PredictionDriver, tenant_id: str, *, as_of: datetime, worker_id: str | None = None
) -> list[PredictionCreate]:
    """Workers that failed in at least a third of their runs of the last 7 days, by worker. Reads only.

    The confidence is one and a half times the failure rate, at most 1.
    """
    since = as_of - timedelta(days=HISTORY_DAYS)
    totals = await driver.fetch_run_totals(tenant_id, since, as_of, worker_id)
    patterns = await driver.fetch_failure_patterns(tenant_id, as_of)
    predictions = []
    for worker, runs in totals.items():
        rate = Fraction(runs.failed, runs.total)
        confidence = min(rate * FAILURE_CONFIDENCE_PER_RATE, Fraction(1))
        if confidence < FAILURE_CONFIDENCE_THRESHOLD:
            continue
        newest = await driver.fetch_failed_runs(tenant_id, since, as_of, worker, limit=ERROR_SAMPLE_RUNS)
        factors: list[dict[str, Any]] = [
            {"factor": "recent_failures", "value": runs.failed},
            {"factor": "failure_rate", "value": str(_rounded(rate, 3))},
            {"factor": "error_samples", "value": _samples(newest)},
        ]
        naming = sum(worker in pattern.extra_data.get("worker_ids", ()) for pattern in patterns)
        if naming:
            factors.append({"factor": "feedback_patterns", "value": naming})
        predictions.append(
            _prediction(
                tenant_id,
                PredictionType.FAILURE_LIKELIHOOD,
                worker,
                confidence,
                {
                    "predicted_outcome": "high_failure_likelihood",
                    "failure_rate": str(_rounded(rate, 3)),
                    "recent_failures": runs.failed,
                    "total_runs": runs.total,
                },
                factors,
                as_of,
            )
        )
    return predictions


async def predict_cost_overrun(
    driver: PredictionDriver, tenant_id: str, *, as_of: datetime, worker_id: str | None = None
) -> list[PredictionCreate]:
    """Workers whose cost, if it goes on growing as it did, will be 30 % above its mean, by worker. Reads only.

    The three newest runs of the last 7 days are compared with the others; the growth between them is
    projected once more.
    """
    since = as_of - timedelta(days=HISTORY_DAYS)
    runs = await driver.fetch_cost_runs(tenant_id, since, as_of, worker_id)
    predictions = []
    for worker, history in itertools.groupby(runs, key=lambda run: run.worker_id):
        costs = [run.cost_cents or ZERO for run in history]
        if len(costs) <= RECENT_RUNS:
            continue
        recent, older = _mean(costs[:RECENT_RUNS]), _mean(costs[RECENT_RUNS:])
        multiplier = recent / older
        projected = recent * multiplier
        overrun = (projected - older) / older * 100
        if overrun < COST_OVERRUN_THRESHOLD_PERCENT:
            continue
        predictions.append(
            _prediction(
                tenant_id,
                PredictionType.COST_OVERRUN,
                worker,
                min(overrun / 100, COST_OVERRUN_MAX_CONFIDENCE),
                {
                    "predicted_outcome": "cost_overrun",
                    "projected_cost_cents": str(_rounded(projected, 2)),
                    "historical_avg_cents": str(_rounded(older, 2)),
                    "overrun_percent": str(_rounded(overrun, 1)),
                },
                [
                    {"factor": "recent_avg_cost", "value": str(_rounded(recent, 2))},
                    {"factor": "historical_avg_cost", "value": str(_rounded(older, 2))},
                    {"factor": "trend_multiplier", "value": str(_rounded(multiplier, 3))},
                    {
                        "factor": "sample_size",
                        "value": {"recent": RECENT_RUNS, "historical": len(costs) - RECENT_RUNS},
                    },
                ],
                as_of,
            )
        )
    return predictions


async def emit_prediction(driver: PredictionDriver, prediction: PredictionCreate) -> tuple[uuid.UUID, bool]:
    """Record a prediction; returns its id and whether it is new."""
    return await driver.insert_prediction(prediction)


async def run_prediction_cycle(
    driver: PredictionDriver, tenant_id: str, *, as_of: datetime, worker_id: str | None = None
) -> PredictionRun:
    """One cycle: predict both kinds and record what is new. A failure fails the cycle as a whole."""
    failures = await predict_failure_likelihood(driver, tenant_id, as_of=as_of, worker_id=worker_id)
    overruns = await predict_cost_overrun(driver, tenant_id, as_of=as_of, worker_id=worker_id)
    created = []
    for prediction in [*failures, *overruns]:
        prediction_id, is_new = await emit_prediction(driver, prediction)
        if is_new:
            created.append(prediction_id)
    return PredictionRun(tuple(failures), tuple(overruns), tuple(created))


async def get_prediction_summary(
    driver: PredictionDriver,
    tenant_id: str,
    *,
    as_of: datetime,
    prediction_type: PredictionType | None = None,
    include_expired: bool = False,
    limit: int = 50,
) -> list[PredictionRow]:
    """The newest predictions. Reads only."""
    return await driver.fetch_predictions(
        tenant_id, prediction_type, as_of=as_of, include_expired=include_expired, limit=limit
    )


def _prediction(
    tenant_id: str,
    prediction_type: PredictionType,
    worker: str,
    confidence: Fraction,
    value: dict[str, Any],
    factors: Sequence[dict[str, Any]],
    as_of: datetime,
) -> PredictionCreate:
    return PredictionCreate(
        tenant_id=tenant_id,
        prediction_type=prediction_type,
        subject_type=SubjectType.WORKER,
        subject_id=worker,
        confidence_score=_rounded(confidence, 3),
        prediction_value=value,
        contributing_factors=tuple(factors),
        created_at=as_of,
        expires_at=as_of + timedelta(hours=PREDICTION_VALIDITY_HOURS),
        notes=ADVISORY_NOTE,
    )


def _samples(runs: Sequence[ObservedRun]) -> list[str]:
    """The first distinct beginnings of the newest errors, in their order."""
    beginnings = dict.fromkeys((run.error or "")[:ERROR_SAMPLE_CHARS] for run in runs)
    return [beginning for beginning in beginnings if beginning][:ERROR_SAMPLES]


def _mean(costs: Sequence[Decimal]) -> Fraction:
    return Fraction(sum(costs, ZERO)) / len(costs)


def _rounded(value: Fraction, places: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
