# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Turns the compared samples of a canary run into statistics and a verdict; pure functions only.
# Callers: L5 canary_engine, canary_comparison, canary_artifacts, canary_golden, divergence
# Allowed Imports: stdlib, L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Statistics and verdict of a canary run.

Divergence: costs of V1 and V2 (clamped to at least 1 cent) fall into ten equal bins over their common
range, the last one closed, and the two histograms are compared by the Jensen-Shannon divergence in bits:
the mean of KL(V1‖M) and KL(V2‖M), M being their average. Unlike plain KL(V1‖V2) it is finite for disjoint
bins, lies between 0 and 1 like the threshold it is held against, and has no direction. It is 0 exactly when
the histograms are equal. Field and reasons keep the published name, KL divergence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.hoc.cus.analytics.L5_engines.cost_model_engine import DriftVerdict, classify_drift
from app.hoc.cus.analytics.L5_engines.costsim_models import ComparisonVerdict, DiffResult, V2SimulationResult
from app.hoc.cus.analytics.L5_engines.v2_adapter import ComparedSimulation
from app.hoc.cus.analytics.L5_schemas.canary_report import CanaryStatus
from app.hoc.cus.analytics.L5_schemas.canary_run import CanaryRunConfig, CanarySample

HISTOGRAM_BINS = 10
LISTED_ERRORS = 3


@dataclass(frozen=True)
class SampleOutcome:
    """What became of one sample: either ``compared`` or ``error`` is set. ``diff`` exists from major
    drift upwards.
    """

    sample_id: str
    input_hash: str
    compared: ComparedSimulation | None = None
    error: str | None = None
    timed_out: bool = False
    diff: DiffResult | None = None
    missed_expectations: tuple[str, ...] = ()


@dataclass(frozen=True)
class CanaryMetrics:
    """Counts and statistics of a run; statistics are None when nothing was compared."""

    total: int
    matching: int
    minor_drift: int
    major_drift: int
    outliers: int
    missed_expectations: int
    median_cost_diff: float | None
    p90_cost_diff: float | None
    divergence: float | None

    @property
    def evaluated(self) -> int:
        """Samples that were compared."""
        return self.matching + self.minor_drift + self.major_drift

    @property
    def errored(self) -> int:
        """Samples that could not be compared."""
        return self.total - self.evaluated


@dataclass(frozen=True)
class Verdict:
    """The status of a run and every reason it did not pass."""

    status: CanaryStatus
    reasons: tuple[str, ...]


def measure(outcomes: Sequence[SampleOutcome], *, outlier_threshold: float) -> CanaryMetrics:
    """Count and summarise. Mismatches count as major drift; an outlier has a drift score above the
    threshold.

    The median is the upper one (element n//2 of the sorted absolute cost deltas), the 90th percentile
    element int(0.9 n).
    """
    compared = [outcome.compared for outcome in outcomes if outcome.compared is not None]
    comparisons = [item.comparison for item in compared]
    verdicts = Counter(comparison.verdict for comparison in comparisons)
    deltas = sorted(abs(comparison.cost_delta_cents) for comparison in comparisons)
    return CanaryMetrics(
        total=len(outcomes),
        matching=verdicts[ComparisonVerdict.MATCH],
        minor_drift=verdicts[ComparisonVerdict.MINOR_DRIFT],
        major_drift=verdicts[ComparisonVerdict.MAJOR_DRIFT] + verdicts[ComparisonVerdict.MISMATCH],
        outliers=sum(comparison.drift_score > outlier_threshold for comparison in comparisons),
        missed_expectations=sum(bool(outcome.missed_expectations) for outcome in outcomes),
        median_cost_diff=float(deltas[len(deltas) // 2]) if deltas else None,
        p90_cost_diff=float(deltas[int(0.9 * len(deltas))]) if deltas else None,
        divergence=cost_divergence(
            [comparison.v1_cost_cents for comparison in comparisons],
            [comparison.v2_cost_cents for comparison in comparisons],
        )
        if comparisons
        else None,
    )


def judge(metrics: CanaryMetrics, config: CanaryRunConfig, errors: Sequence[str] = ()) -> Verdict:
    """Decide a run. It is an error, not a pass or fail, when nothing or too little of it could be compared.

    ``errors`` are the messages of the errored samples; the commonest are quoted.
    """
    if metrics.evaluated == 0 or metrics.errored / metrics.total > config.max_error_rate:
        reason = f"{metrics.errored} of {metrics.total} samples could not be compared"
        if metrics.total:
            reason += f"; at most {config.max_error_rate:.0%} may fail to"
        common = [f"{count} x {text}" for text, count in Counter(errors).most_common(LISTED_ERRORS)]
        return Verdict(CanaryStatus.ERROR, (reason, *common))
    reasons = []
    divergence = metrics.divergence or 0.0
    if metrics.evaluated >= config.min_divergence_samples and divergence > config.drift_threshold:
        reasons.append(f"KL divergence {divergence:.4f} exceeds {config.drift_threshold:g}")
    outlier_share = metrics.outliers / metrics.evaluated
    if outlier_share > config.outlier_max_pct:
        reasons.append(f"outlier percentage {outlier_share:.1%} exceeds {config.outlier_max_pct:.1%}")
    major_share = metrics.major_drift / metrics.evaluated
    if major_share > config.major_drift_max_pct:
        reasons.append(f"major drift percentage {major_share:.1%} exceeds {config.major_drift_max_pct:.1%}")
    if metrics.missed_expectations:
        reasons.append(f"{metrics.missed_expectations} samples missed their expected cost or feasibility")
    return Verdict(CanaryStatus.FAIL if reasons else CanaryStatus.PASS, tuple(reasons))


def cost_divergence(v1_costs: Sequence[float], v2_costs: Sequence[float]) -> float:
    """Jensen-Shannon divergence in bits of two cost distributions (see above); 0.0 when either is empty."""
    if not v1_costs or not v2_costs:
        return 0.0
    first, second = histograms(v1_costs, v2_costs)
    divergence = 0.0
    for count_1, count_2 in zip(first, second, strict=True):
        p, q = count_1 / len(v1_costs), count_2 / len(v2_costs)
        middle = (p + q) / 2
        divergence += sum(share * math.log2(share / middle) / 2 for share in (p, q) if share > 0)
    return min(max(divergence, 0.0), 1.0)


def histograms(v1_costs: Sequence[float], v2_costs: Sequence[float]) -> tuple[list[int], list[int]]:
    """Counts of both cost lists in ten equal bins over their common range; one bin when all costs are
    equal.
    """
    clamped = [[max(cost, 1.0) for cost in costs] for costs in (v1_costs, v2_costs)]
    low, high = min(map(min, clamped)), max(map(max, clamped))
    bins = HISTOGRAM_BINS if high > low else 1
    width = (high - low) / bins or 1.0
    counted = [Counter(min(int((cost - low) / width), bins - 1) for cost in costs) for costs in clamped]
    first, second = ([counts[index] for index in range(bins)] for counts in counted)
    return first, second


def missed_expectations(sample: CanarySample, result: V2SimulationResult) -> tuple[str, ...]:
    """What ``result`` gets wrong against the sample's expectations; up to minor drift from the expected
    cost is allowed.
    """
    missed = []
    if sample.expected_feasible is not None and result.feasible != sample.expected_feasible:
        missed.append(f"feasible is {result.feasible}, expected {sample.expected_feasible}")
    if sample.expected_cost_cents is not None:
        drift = classify_drift(sample.expected_cost_cents, result.estimated_cost_cents, True, True)
        if drift.verdict not in (DriftVerdict.MATCH, DriftVerdict.MINOR_DRIFT):
            missed.append(
                f"cost is {result.estimated_cost_cents} cents, expected {sample.expected_cost_cents}"
            )
    return tuple(missed)
