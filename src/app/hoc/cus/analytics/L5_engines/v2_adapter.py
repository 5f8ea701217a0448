# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Runs plans through cost model V2 and compares the outcome with V1.
# Callers: L5 canary_engine, canary_comparison, canary_evaluation, sandbox, datasets
# Allowed Imports: stdlib, L5_engines, L5_schemas, app.infra.time
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""The V2 adapter: cost model V2 applied to whole plans.

Feasibility is the cost model's own test over *every* risk of the plan; ``metadata.cumulative_risk`` keeps
the published figure, which covers the listed (significant) risks only, and ``metadata.total_risk`` states
the one decided on. Left out: the switches that log a simulation (the sandbox logs it, with both answers) and
custom coefficients, which the reference accepted and ignored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.cost_model_engine import (
    DEFAULT_RISK_THRESHOLD,
    StepCostEstimate,
    calculate_cumulative_risk,
    check_feasibility,
    classify_drift,
    estimate_step_cost,
    is_significant_risk,
    repeat_step,
)
from app.hoc.cus.analytics.L5_engines.costsim_models import (
    ComparisonResult,
    ComparisonVerdict,
    V2SimulationResult,
    V2SimulationStatus,
)
from app.hoc.cus.analytics.L5_engines.v1_simulator import CostSimulator, SimulationResult
from app.hoc.cus.analytics.L5_schemas.plan import InvalidPlanError, parse_plan
from app.infra.time import monotonic_ms


@dataclass(frozen=True)
class ComparedSimulation:
    """Both answers for one plan and how far they are apart."""

    v1: SimulationResult
    v2: V2SimulationResult
    comparison: ComparisonResult


class CostSimV2Adapter:
    """Simulates plans with V2 under the same budget, allow-list and risk limit as V1.

    ``allowed_skills`` None allows every skill; an empty collection allows none.
    """

    def __init__(
        self,
        budget_cents: int = 1000,
        allowed_skills: Collection[str] | None = None,
        risk_threshold: float = DEFAULT_RISK_THRESHOLD,
        *,
        config: CostSimConfig | None = None,
    ) -> None:
        self._budget_cents = budget_cents
        self._allowed_skills = None if allowed_skills is None else frozenset(allowed_skills)
        self._risk_threshold = risk_threshold
        self._config = config or CostSimConfig()

    async def simulate(self, plan: Sequence[Mapping[str, Any]]) -> V2SimulationResult:
        """Estimate a plan off the event loop.

        An empty or malformed plan gives status ``schema_error`` with one warning per problem; an infeasible
        one is a ``success`` with feasible=False and the reason as warning.
        """
        return await asyncio.to_thread(self._estimate_plan, plan)

    async def simulate_with_comparison(self, plan: Sequence[Mapping[str, Any]]) -> ComparedSimulation:
        """Estimate a plan with V2 and with V1 under the same limits, and compare the two."""
        return await asyncio.to_thread(self._compare, plan)

    def _compare(self, plan: Sequence[Mapping[str, Any]]) -> ComparedSimulation:
        v1 = CostSimulator(self._budget_cents, self._allowed_skills, self._risk_threshold).simulate(plan)
        v2 = self._estimate_plan(plan)
        return ComparedSimulation(v1, v2, compare(v1, v2))

    def _estimate_plan(self, plan: Sequence[Mapping[str, Any]]) -> V2SimulationResult:
        started = monotonic_ms()
        try:
            steps = parse_plan(plan)
        except InvalidPlanError as error:
            return self._schema_error(error.problems)
        if not steps:
            return self._schema_error(("plan is empty",))

        estimates = [
            repeat_step(estimate_step_cost(index, step.skill, step.params), step.iterations)
            for index, step in enumerate(steps)
        ]
        cost = round(sum(estimate.cost_cents for estimate in estimates))
        risks = tuple(_significant_risks(estimates))
        total_risk = calculate_cumulative_risk(estimate.risk_factors for estimate in estimates)
        gaps = (
            []
            if self._allowed_skills is None
            else sorted({step.skill for step in steps} - self._allowed_skills)
        )
        feasibility = check_feasibility(cost, self._budget_cents, gaps, total_risk, self._risk_threshold)
        confidence = 1.0
        for estimate in estimates:
            confidence *= estimate.confidence
        return V2SimulationResult(
            feasible=feasibility.feasible,
            status=V2SimulationStatus.SUCCESS,
            estimated_cost_cents=cost,
            estimated_duration_ms=round(sum(estimate.latency_ms for estimate in estimates)),
            budget_remaining_cents=self._budget_cents - cost,
            confidence_score=round(confidence, 4),
            model_version=self._config.model_version,
            step_estimates=tuple(_rounded(estimate) for estimate in estimates),
            risks=risks,
            warnings=() if feasibility.reason is None else (feasibility.reason,),
            metadata={
                "plan_steps": len(steps),
                "cumulative_risk": round(
                    calculate_cumulative_risk({"p": risk["probability"]} for risk in risks), 4
                ),
                "total_risk": round(total_risk, 4),
                "budget_utilization": round(cost / self._budget_cents, 4) if self._budget_cents > 0 else None,
                "adapter_version": self._config.adapter_version,
                "commit_sha": self._config.commit_sha,
            },
            runtime_ms=round(monotonic_ms() - started),
        )

    def _schema_error(self, problems: Sequence[str]) -> V2SimulationResult:
        return V2SimulationResult(
            feasible=False,
            status=V2SimulationStatus.SCHEMA_ERROR,
            estimated_cost_cents=0,
            estimated_duration_ms=0,
            budget_remaining_cents=self._budget_cents,
            model_version=self._config.model_version,
            warnings=tuple(problems),
        )


def compare(v1: SimulationResult, v2: V2SimulationResult) -> ComparisonResult:
    """Judge a V2 result against V1's for the same plan and limits."""
    drift = classify_drift(v1.estimated_cost_cents, v2.estimated_cost_cents, v1.feasible, v2.feasible)
    return ComparisonResult(
        verdict=ComparisonVerdict(drift.verdict.value.lower()),
        v1_cost_cents=v1.estimated_cost_cents,
        v2_cost_cents=v2.estimated_cost_cents,
        cost_delta_cents=v2.estimated_cost_cents - v1.estimated_cost_cents,
        cost_delta_pct=drift.cost_delta_pct,
        v1_duration_ms=v1.estimated_duration_ms,
        v2_duration_ms=v2.estimated_duration_ms,
        duration_delta_ms=v2.estimated_duration_ms - v1.estimated_duration_ms,
        v1_feasible=v1.feasible,
        v2_feasible=v2.feasible,
        feasibility_match=drift.feasibility_match,
        drift_score=drift.drift_score,
        details={
            "v1_status": v1.status.value,
            "v2_status": v2.status.value,
            "v2_confidence": v2.confidence_score,
            "v1_risks_count": len(v1.risks),
            "v2_risks_count": len(v2.risks),
        },
    )


def _significant_risks(estimates: Sequence[StepCostEstimate]) -> list[dict[str, Any]]:
    return [
        {
            "step_index": estimate.step_index,
            "skill_id": estimate.skill_id,
            "risk_type": name,
            "probability": probability,
        }
        for estimate in estimates
        for name, probability in estimate.risk_factors.items()
        if is_significant_risk(probability)
    ]


def _rounded(estimate: StepCostEstimate) -> dict[str, Any]:
    return {
        "step_index": estimate.step_index,
        "skill_id": estimate.skill_id,
        "cost_cents": round(estimate.cost_cents, 2),
        "latency_ms": round(estimate.latency_ms, 2),
        "confidence": round(estimate.confidence, 4),
    }
