# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Notices failures that repeat and runs that cost too much, and records feedback; it does nothing else.
# Callers: spine analytics_patterns_handler
# Allowed Imports: L5_engines, L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Pattern detection (PB-S3): observe, record feedback, change nothing that was observed.

Everything is of one tenant and as of one moment; the same moment again records nothing new.
"""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.hoc.cus.analytics.L5_engines.error_signature import compute_error_signature
from app.hoc.cus.analytics.L5_schemas.content_id import content_id
from app.hoc.cus.analytics.L5_schemas.exact_amount import ZERO, percent_of, plain, round_amount
from app.hoc.cus.analytics.L5_schemas.pattern_feedback import (
    CostSpike,
    FailurePattern,
    FeedbackRow,
    FeedbackSeverity,
    ObservedRun,
    PatternFeedbackCreate,
    PatternRun,
    PatternSettings,
    PatternType,
)
from app.hoc.cus.analytics.L6_drivers.pattern_detection_driver import PatternDetectionDriver

SAMPLE_CHARS = 500
DESCRIPTION_SAMPLE_CHARS = 200
# The newest run of a worker is compared with at most this many before it.
COST_HISTORY = 100

__all__ = [
    "compute_error_signature",
    "detect_cost_spikes",
    "detect_failure_patterns",
    "emit_feedback",
    "get_feedback_summary",
    "run_pattern_detection",
]


async def detect_failure_patterns(
    driver: PatternDetectionDriver,
    tenant_id: str,
    *,
    as_of: datetime,
    threshold: int = 3,
    window_hours: int = 24,
) -> list[FailurePattern]:
    """Errors that occurred at least ``threshold`` times in the window, most frequent first, ties by
    signature. Reads only.
    """
    groups: dict[str, list[ObservedRun]] = {}
    for run in await driver.fetch_failed_runs(tenant_id, as_of - timedelta(hours=window_hours), as_of):
        groups.setdefault(compute_error_signature(run.error), []).append(run)
    patterns = [
        FailurePattern(
            tenant_id=tenant_id,
            signature=signature,
            count=len(runs),
            run_ids=tuple(run.id for run in runs),
            worker_ids=tuple(sorted({run.worker_id for run in runs})),
            sample_error=(runs[0].error or "")[:SAMPLE_CHARS],
        )
        for signature, runs in groups.items()
        if len(runs) >= threshold
    ]
    return sorted(patterns, key=lambda pattern: (-pattern.count, pattern.signature))


async def detect_cost_spikes(
    driver: PatternDetectionDriver,
    tenant_id: str,
    *,
    as_of: datetime,
    spike_threshold_percent: Decimal = Decimal(50),
    min_runs: int = 5,
) -> list[CostSpike]:
    """Workers whose newest run cost at least that much more than the mean of those before it, by worker.
    Reads only.
    """
    runs = await driver.fetch_completed_runs_with_costs(tenant_id, as_of, per_worker=COST_HISTORY + 1)
    spikes = []
    for worker_id, history in itertools.groupby(runs, key=lambda run: run.worker_id):
        newest, *before = history
        if len(before) + 1 < min_runs or not before:
            continue
        recent = newest.cost_cents or ZERO
        total = sum((run.cost_cents or ZERO for run in before), ZERO)
        # recent is dearer than the mean by p per cent: recent * n * 100 >= total * (100 + p)
        if recent * len(before) * 100 < total * (100 + spike_threshold_percent):
            continue
        spikes.append(
            CostSpike(
                tenant_id=tenant_id,
                worker_id=worker_id,
                run_id=newest.id,
                recent_cost_cents=recent,
                avg_cost_cents=round_amount(total / len(before)),
                spike_percent=percent_of(recent * len(before) - total, total, places=1),
                baseline_run_count=len(before),
            )
        )
    return spikes


async def emit_feedback(
    driver: PatternDetectionDriver, feedback: PatternFeedbackCreate
) -> tuple[uuid.UUID, bool]:
    """Record feedback; returns its id and whether it is new."""
    return await driver.insert_feedback(feedback)


async def run_pattern_detection(
    driver: PatternDetectionDriver,
    tenant_id: str,
    *,
    as_of: datetime,
    settings: PatternSettings = PatternSettings(),  # noqa: B008  # frozen, hence safe to share
) -> PatternRun:
    """One cycle: detect both kinds and record what is new. A failure fails the cycle as a whole."""
    failures = await detect_failure_patterns(
        driver,
        tenant_id,
        as_of=as_of,
        threshold=settings.failure_threshold,
        window_hours=settings.failure_window_hours,
    )
    spikes = await detect_cost_spikes(
        driver,
        tenant_id,
        as_of=as_of,
        spike_threshold_percent=settings.cost_spike_percent,
        min_runs=settings.cost_spike_min_runs,
    )
    feedback = [_failure_feedback(pattern, settings, as_of) for pattern in failures]
    feedback += [_spike_feedback(spike, settings, as_of) for spike in spikes]
    created = []
    for item in feedback:
        feedback_id, is_new = await emit_feedback(driver, item)
        if is_new:
            created.append(feedback_id)
    return PatternRun(tuple(failures), tuple(spikes), tuple(created))


async def get_feedback_summary(
    driver: PatternDetectionDriver,
    tenant_id: str,
    *,
    as_of: datetime,
    acknowledged: bool | None = None,
    limit: int = 50,
) -> list[FeedbackRow]:
    """The newest feedback. Reads only."""
    return await driver.fetch_feedback_records(tenant_id, as_of=as_of, acknowledged=acknowledged, limit=limit)


def _failure_feedback(
    pattern: FailurePattern, settings: PatternSettings, as_of: datetime
) -> PatternFeedbackCreate:
    hours = settings.failure_window_hours
    return PatternFeedbackCreate(
        tenant_id=pattern.tenant_id,
        pattern_type=PatternType.FAILURE_PATTERN,
        severity=FeedbackSeverity.WARNING,
        description=f"{pattern.count} runs failed alike within {hours} hours: "
        f"{pattern.sample_error[:DESCRIPTION_SAMPLE_CHARS]}",
        signature=pattern.signature,
        # Once per UTC day: what goes on is said again the next day, not at every cycle.
        dedupe_key=f"{hours}h/{as_of.astimezone(UTC).date().isoformat()}",
        detected_at=as_of,
        provenance=pattern.run_ids,
        occurrence_count=pattern.count,
        time_window_minutes=hours * 60,
        threshold_used=f"at least {settings.failure_threshold} failures in {hours} hours",
        metadata={"worker_ids": list(pattern.worker_ids)},
    )


def _spike_feedback(spike: CostSpike, settings: PatternSettings, as_of: datetime) -> PatternFeedbackCreate:
    return PatternFeedbackCreate(
        tenant_id=spike.tenant_id,
        pattern_type=PatternType.COST_SPIKE,
        severity=FeedbackSeverity.WARNING,
        description=f"A run of {spike.worker_id} cost {plain(spike.recent_cost_cents)} cents, "
        f"{plain(spike.spike_percent)} % more than the mean of the {spike.baseline_run_count} before it.",
        signature=content_id("cost_spike", spike.worker_id),
        # Once per run: as long as no other follows, there is nothing new to say.
        dedupe_key=spike.run_id,
        detected_at=as_of,
        provenance=(spike.run_id,),
        threshold_used=f"at least {plain(settings.cost_spike_percent)} % above the mean",
        metadata={
            "worker_ids": [spike.worker_id],
            "avg_cost_cents": plain(spike.avg_cost_cents),
            "recent_cost_cents": plain(spike.recent_cost_cents),
            "baseline_run_count": spike.baseline_run_count,
        },
    )
