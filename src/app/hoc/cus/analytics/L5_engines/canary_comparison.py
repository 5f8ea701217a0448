# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Compares V1 and V2 over the samples of a canary run, a bounded number at a time, within a time limit.
# Callers: L5 canary_engine
# Allowed Imports: stdlib, L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""From samples to outcomes: every sample yields one, compared or errored, in the order of the samples."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from app.hoc.cus.analytics.L5_engines.canary_evaluation import SampleOutcome, missed_expectations
from app.hoc.cus.analytics.L5_engines.costsim_models import ComparisonVerdict, DiffResult, V2SimulationStatus
from app.hoc.cus.analytics.L5_engines.v1_simulator import SimulationStatus
from app.hoc.cus.analytics.L5_engines.v2_adapter import ComparedSimulation
from app.hoc.cus.analytics.L5_schemas.canary_run import CanarySample

logger = logging.getLogger(__name__)

SimulateSample = Callable[[CanarySample], Awaitable[ComparedSimulation]]

_DRIFTED = frozenset({ComparisonVerdict.MAJOR_DRIFT, ComparisonVerdict.MISMATCH})


async def compare_samples(
    samples: Sequence[CanarySample],
    simulate: SimulateSample,
    *,
    workers: int,
    max_seconds: float,
    timestamp: datetime,
) -> list[SampleOutcome]:
    """Compare all samples, at most ``workers`` at a time; those not done after ``max_seconds`` are errors.

    ``timestamp`` is the moment of the run, put on the diffs.
    """
    outcomes: dict[int, SampleOutcome] = {}
    waiting = iter(enumerate(samples))

    async def work() -> None:
        for index, sample in waiting:
            outcomes[index] = await _compare_sample(sample, simulate, timestamp)

    try:
        async with asyncio.timeout(max_seconds), asyncio.TaskGroup() as group:
            for _ in range(min(workers, len(samples))):
                group.create_task(work())
    except TimeoutError:
        logger.warning("Canary ran out of time with %d of %d samples compared", len(outcomes), len(samples))
    late = f"not compared within {max_seconds:g} seconds"
    return [
        outcomes.get(index) or SampleOutcome(sample.id, sample.input_hash, error=late, timed_out=True)
        for index, sample in enumerate(samples)
    ]


async def _compare_sample(
    sample: CanarySample, simulate: SimulateSample, timestamp: datetime
) -> SampleOutcome:
    """One sample's outcome; what goes wrong with it is counted and shown in the verdict, not raised."""
    try:
        compared = await simulate(sample)
    except Exception as error:
        logger.exception("Canary sample %s could not be simulated", sample.id)
        return SampleOutcome(sample.id, sample.input_hash, error=f"internal error: {type(error).__name__}")
    if (
        compared.v1.status is SimulationStatus.INVALID_PLAN
        or compared.v2.status is not V2SimulationStatus.SUCCESS
    ):
        problems = compared.v2.warnings or compared.v1.warnings or (f"V2 status {compared.v2.status.value}",)
        return SampleOutcome(sample.id, sample.input_hash, error="; ".join(problems))
    return SampleOutcome(
        sample.id,
        sample.input_hash,
        compared=compared,
        diff=_diff(sample, compared, timestamp) if compared.comparison.verdict in _DRIFTED else None,
        missed_expectations=missed_expectations(sample, compared.v2),
    )


def _diff(sample: CanarySample, compared: ComparedSimulation, timestamp: datetime) -> DiffResult:
    comparison = compared.comparison
    return DiffResult(
        input_hash=sample.input_hash,
        v1_output_hash=compared.v1.compute_output_hash(),
        v2_output_hash=compared.v2.compute_output_hash(),
        cost_diff=comparison.cost_delta_cents,
        duration_diff=comparison.duration_delta_ms,
        step_diffs=tuple(_step_diffs(compared)),
        is_match=False,
        diff_summary=(
            f"{comparison.verdict.value}: V1 {comparison.v1_cost_cents} cents, "
            f"V2 {comparison.v2_cost_cents} cents, "
            f"feasible {comparison.v1_feasible} and {comparison.v2_feasible}"
        ),
        timestamp=timestamp,
    )


def _step_diffs(compared: ComparedSimulation) -> list[dict[str, Any]]:
    return [
        {
            "step_index": first["step_index"],
            "skill_id": first["skill_id"],
            "v1_cost_cents": first["cost_cents"],
            "v2_cost_cents": second["cost_cents"],
            "cost_diff": round(second["cost_cents"] - first["cost_cents"], 2),
            "v1_latency_ms": first["latency_ms"],
            "v2_latency_ms": second["latency_ms"],
            "latency_diff": round(second["latency_ms"] - first["latency_ms"], 2),
        }
        for first, second in zip(compared.v1.step_estimates, compared.v2.step_estimates, strict=True)
    ]
