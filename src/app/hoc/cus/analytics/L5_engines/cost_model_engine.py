# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Cost model V2: what a step costs, whether a plan is feasible, how far two estimates drift apart.
# Callers: L5 v1_simulator, v2_adapter, canary_evaluation, divergence, sandbox
# Allowed Imports: stdlib, L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Pure functions of cost model V2. Money in cents, time in milliseconds, probabilities 0..1.

Drift bands (on the weighted score, upper bounds inclusive): match <= 0.05, minor <= 0.15, major <= 0.30,
else mismatch. The score weighs relative cost error 0.6 and a feasibility disagreement 0.4, so cost alone
cannot exceed 0.6 and a feasibility disagreement alone is already a mismatch.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from app.hoc.cus.analytics.L5_engines.cost_model_tables import (
    HTTP_VARIANCE_MS,
    LLM_CENTS_PER_1K_INPUT_CHARS,
    LLM_CENTS_PER_1K_OUTPUT_CHARS,
    LLM_MS_PER_1K_CHARS,
    SKILL_COST_COEFFICIENTS,
    UNKNOWN_SKILL,
)
from app.hoc.cus.analytics.L5_schemas.plan import (
    command_length,
    http_timeout_seconds,
    is_loopback_url,
    prompt_length,
)

MATCH_BAND = 0.05
MINOR_DRIFT_BAND = 0.15
MAJOR_DRIFT_BAND = 0.30
DEFAULT_RISK_THRESHOLD = 0.5
SIGNIFICANT_RISK = 0.02
LONG_PROMPT_CHARS = 2000
VERY_LONG_PROMPT_CHARS = 4000
MAX_OUTPUT_CHARS = 4000
LONG_COMMAND_CHARS = 100
COST_WEIGHT = 0.6
FEASIBILITY_WEIGHT = 0.4


class DriftVerdict(str, Enum):
    """The drift band a comparison falls into."""

    MATCH = "MATCH"
    MINOR_DRIFT = "MINOR_DRIFT"
    MAJOR_DRIFT = "MAJOR_DRIFT"
    MISMATCH = "MISMATCH"


@dataclass(frozen=True)
class StepCostEstimate:
    """What one step is expected to cost; ``risk_factors`` maps a risk's name to its probability."""

    step_index: int
    skill_id: str
    cost_cents: float
    latency_ms: float
    confidence: float
    risk_factors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FeasibilityResult:
    """Whether a plan can run; ``reason`` states the first failing test in the order budget, permission,
    risk.
    """

    feasible: bool
    budget_sufficient: bool
    has_permissions: bool
    risk_acceptable: bool
    cumulative_risk: float
    reason: str | None = None


@dataclass(frozen=True)
class DriftAnalysis:
    """How far V2 is from V1; score and percentage (as a fraction) are rounded to four decimals."""

    verdict: DriftVerdict
    drift_score: float
    cost_delta_pct: float
    feasibility_match: bool
    details: Mapping[str, Any] = field(default_factory=dict)


def get_skill_coefficients(skill_id: str) -> dict[str, Any]:
    """A fresh copy of a skill's coefficients, both sets; those of an unknown skill when the model has
    none for it.
    """
    return dataclasses.asdict(SKILL_COST_COEFFICIENTS.get(skill_id, UNKNOWN_SKILL))


def estimate_step_cost(step_index: int, skill_id: str, params: Mapping[str, Any]) -> StepCostEstimate:
    """Estimate one run of a skill. Raises ``InvalidStepParamsError`` for a url or timeout that cannot be
    read.
    """
    known = SKILL_COST_COEFFICIENTS.get(skill_id, UNKNOWN_SKILL)
    cost, latency, confidence = known.cost_cents, known.latency_ms, known.confidence
    risk = known.risk_probability
    if skill_id == "llm_invoke":
        chars = prompt_length(params)
        output_chars = min(2 * chars, MAX_OUTPUT_CHARS)
        cost += (LLM_CENTS_PER_1K_INPUT_CHARS * chars + LLM_CENTS_PER_1K_OUTPUT_CHARS * output_chars) / 1000
        latency += LLM_MS_PER_1K_CHARS * chars / 1000
        if chars > LONG_PROMPT_CHARS:
            confidence *= 0.95
        if chars > VERY_LONG_PROMPT_CHARS:
            confidence *= 0.90
    elif skill_id == "http_call":
        latency = min(latency + HTTP_VARIANCE_MS, http_timeout_seconds(params) * 1000)
        if not is_loopback_url(params):
            risk *= 1.5
            confidence *= 0.95
    elif skill_id == "shell_lite" and command_length(params) > LONG_COMMAND_CHARS:
        risk *= 1.2
        confidence *= 0.95
    return StepCostEstimate(step_index, skill_id, cost, latency, confidence, {known.risk_name: risk})


def repeat_step(estimate: StepCostEstimate, iterations: int) -> StepCostEstimate:
    """The estimate for running a step ``iterations`` times: cost and latency add up, risk and doubt
    compound.
    """
    return dataclasses.replace(
        estimate,
        cost_cents=estimate.cost_cents * iterations,
        latency_ms=estimate.latency_ms * iterations,
        confidence=estimate.confidence**iterations,
        risk_factors={name: repeated_risk(p, iterations) for name, p in estimate.risk_factors.items()},
    )


def repeated_risk(probability: float, iterations: int) -> float:
    """Probability that a risk occurs at least once in ``iterations`` independent runs; ``ValueError``
    below one run.
    """
    if iterations < 1:
        raise ValueError(f"iterations must be >= 1, not {iterations}")
    # One run has exactly its own risk; 1 - (1 - p) would be a hair off and tip comparisons with a threshold.
    return probability if iterations == 1 else 1 - (1 - probability) ** iterations


def calculate_cumulative_risk(risks: Iterable[Mapping[str, float]]) -> float:
    """Probability that at least one risk occurs, taking them as independent: 1 - product of (1 - p).

    ``risks`` holds one mapping of risk name to probability per step. Raises ``ValueError`` for a p outside
    0..1.
    """
    survival = 1.0
    for factors in risks:
        for name, probability in factors.items():
            if not 0 <= probability <= 1:
                raise ValueError(
                    f"risk {name!r} has probability {probability!r}; it must lie between 0 and 1"
                )
            survival *= 1 - probability
    return 1 - survival


def check_feasibility(
    estimated_cost_cents: float,
    budget_cents: float,
    permission_gaps: Sequence[str],
    cumulative_risk: float,
    risk_threshold: float = DEFAULT_RISK_THRESHOLD,
) -> FeasibilityResult:
    """A plan is feasible when it fits the budget, needs no skill beyond those allowed and stays within
    the risk.
    """
    fits, allowed, safe = (
        estimated_cost_cents <= budget_cents,
        not permission_gaps,
        cumulative_risk <= risk_threshold,
    )
    reason = None
    if not fits:
        reason = f"estimated cost {estimated_cost_cents:g} cents exceeds the budget of {budget_cents:g} cents"
    elif not allowed:
        reason = f"skills not allowed: {', '.join(permission_gaps)}"
    elif not safe:
        reason = f"cumulative risk {cumulative_risk:.4f} exceeds the threshold {risk_threshold:g}"
    return FeasibilityResult(fits and allowed and safe, fits, allowed, safe, cumulative_risk, reason)


def classify_drift(
    v1_cost_cents: float, v2_cost_cents: float, v1_feasible: bool, v2_feasible: bool
) -> DriftAnalysis:
    """Judge V2 against V1, the reference. Where V1 is free and V2 is not, the cost error counts as 100 %."""
    delta = v2_cost_cents - v1_cost_cents
    free = 1.0 if delta else 0.0
    pct = abs(delta) / max(v1_cost_cents, 1) if v1_cost_cents > 0 else free
    same_feasibility = v1_feasible == v2_feasible
    score = COST_WEIGHT * min(pct, 1.0) + (0.0 if same_feasibility else FEASIBILITY_WEIGHT)
    return DriftAnalysis(
        verdict=_drift_band(score),
        drift_score=round(score, 4),
        cost_delta_pct=round(pct, 4),
        feasibility_match=same_feasibility,
        details={
            "cost_delta_cents": delta,
            "v1_cost_cents": v1_cost_cents,
            "v2_cost_cents": v2_cost_cents,
        },
    )


def is_significant_risk(p: float) -> bool:
    """Whether a risk is worth listing: a probability strictly above 2 %."""
    return p > SIGNIFICANT_RISK


def _drift_band(score: float) -> DriftVerdict:
    for bound, verdict in (
        (MATCH_BAND, DriftVerdict.MATCH),
        (MINOR_DRIFT_BAND, DriftVerdict.MINOR_DRIFT),
        (MAJOR_DRIFT_BAND, DriftVerdict.MAJOR_DRIFT),
    ):
        # 0.6 * 0.25 is 0.15 only up to rounding, and bounds are inclusive: allow for the rounding.
        if score <= bound or math.isclose(score, bound, rel_tol=0, abs_tol=1e-12):
            return verdict
    return DriftVerdict.MISMATCH
