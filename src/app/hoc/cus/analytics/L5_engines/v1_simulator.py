# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Cost model V1: the fixed-price simulation whose answer is authoritative.
# Callers: L5 v2_adapter, sandbox, canary_comparison
# Allowed Imports: stdlib, L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""The V1 simulator: one fixed price, latency and risk per skill. Money in whole cents, time in whole
milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

from app.hoc.cus.analytics.L5_engines.cost_model_engine import DEFAULT_RISK_THRESHOLD, repeated_risk
from app.hoc.cus.analytics.L5_engines.costsim_models import output_hash, plain
from app.hoc.cus.analytics.L5_schemas.plan import (
    InvalidPlanError,
    PlanStep,
    http_timeout_seconds,
    parse_plan,
    prompt_length,
)

LISTED_RISK = 0.05


class SimulationStatus(str, Enum):
    """The answer of V1; of several reasons against a plan, the first in this order is reported."""

    FEASIBLE = "feasible"
    INVALID_PLAN = "invalid_plan"
    BUDGET_INSUFFICIENT = "budget_insufficient"
    PERMISSION_DENIED = "permission_denied"
    RISK_TOO_HIGH = "risk_too_high"


@dataclass(frozen=True)
class SimulationResult:
    """What V1 says about a plan."""

    feasible: bool
    status: SimulationStatus
    estimated_cost_cents: int
    estimated_duration_ms: int
    budget_remaining_cents: int
    step_estimates: tuple[Mapping[str, Any], ...] = ()
    permission_gaps: tuple[str, ...] = ()
    risks: tuple[Mapping[str, Any], ...] = ()
    alternatives: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain JSON data."""
        return plain(self)

    def compute_output_hash(self) -> str:
        """SHA-256 of the outcome, by the same recipe as a V2 result's."""
        return output_hash(
            self.feasible,
            self.status.value,
            self.estimated_cost_cents,
            self.estimated_duration_ms,
            self.step_estimates,
        )


@dataclass(frozen=True)
class _V1Skill:
    cost_cents: int
    latency_ms: int
    risk_probability: float
    risk_type: str


_SKILLS: Mapping[str, _V1Skill] = MappingProxyType(
    {
        "http_call": _V1Skill(0, 500, 0.10, "timeout"),
        "llm_invoke": _V1Skill(5, 2000, 0.05, "rate_limit"),
        "json_transform": _V1Skill(0, 10, 0.01, "transform_error"),
        "fs_read": _V1Skill(0, 50, 0.05, "not_found"),
        "fs_write": _V1Skill(0, 100, 0.05, "permission"),
        "shell_lite": _V1Skill(0, 200, 0.10, "timeout"),
        "kv_get": _V1Skill(0, 5, 0.02, "not_found"),
        "kv_set": _V1Skill(0, 10, 0.02, "quota"),
        "webhook_send": _V1Skill(0, 300, 0.10, "timeout"),
        "email_send": _V1Skill(1, 500, 0.05, "delivery"),
    }
)
_UNKNOWN = _V1Skill(10, 1000, 0.20, "unknown")

_MITIGATIONS: Mapping[str, str] = MappingProxyType(
    {
        "timeout": "Set a longer timeout or retry with backoff.",
        "rate_limit": "Spread the calls or lower their number.",
        "transform_error": "Validate the input against the expected shape first.",
        "not_found": "Check that the key or file exists before reading it.",
        "permission": "Check write access to the target first.",
        "quota": "Check the remaining quota before writing.",
        "delivery": "Confirm delivery and resend on failure.",
        "unknown": "Register the skill so that its cost and risk are known.",
    }
)


class CostSimulator:
    """Simulates plans under a budget, an allow-list and a risk limit.

    ``allowed_skills`` None allows every skill; an empty collection allows none. The reference's
    ``skill_costs`` override is left out (nothing passed it), as is its status ``skill_unavailable``
    (nothing set it).
    """

    def __init__(
        self,
        budget_cents: int = 1000,
        allowed_skills: Collection[str] | None = None,
        risk_threshold: float = DEFAULT_RISK_THRESHOLD,
    ) -> None:
        self._budget_cents = budget_cents
        self._allowed_skills = None if allowed_skills is None else frozenset(allowed_skills)
        self._risk_threshold = risk_threshold

    def simulate(self, plan: Sequence[Mapping[str, Any]]) -> SimulationResult:
        """Estimate a plan. An empty or malformed plan is infeasible with status ``invalid_plan``, never
        an exception.
        """
        try:
            steps = parse_plan(plan)
        except InvalidPlanError as error:
            return self._invalid(error.problems)
        if not steps:
            return self._invalid(("plan is empty",))

        estimates = tuple(_estimate(index, step) for index, step in enumerate(steps))
        cost = sum(estimate["cost_cents"] for estimate in estimates)
        survival = 1.0
        for estimate in estimates:
            survival *= 1 - estimate["risk_probability"]
        risk = 1 - survival
        gaps = self._permission_gaps(steps)
        status = self._status(cost, gaps, risk)
        return SimulationResult(
            feasible=status is SimulationStatus.FEASIBLE,
            status=status,
            estimated_cost_cents=cost,
            estimated_duration_ms=sum(estimate["latency_ms"] for estimate in estimates),
            budget_remaining_cents=self._budget_cents - cost,
            step_estimates=estimates,
            permission_gaps=gaps,
            risks=_listed_risks(estimates),
            alternatives=_alternatives(estimates) if status is SimulationStatus.BUDGET_INSUFFICIENT else (),
            metadata={
                "plan_steps": len(steps),
                "cumulative_risk": risk,
                "budget_utilization": cost / self._budget_cents if self._budget_cents > 0 else None,
            },
        )

    def _invalid(self, problems: Sequence[str]) -> SimulationResult:
        return SimulationResult(
            feasible=False,
            status=SimulationStatus.INVALID_PLAN,
            estimated_cost_cents=0,
            estimated_duration_ms=0,
            budget_remaining_cents=self._budget_cents,
            warnings=tuple(problems),
        )

    def _permission_gaps(self, steps: Sequence[PlanStep]) -> tuple[str, ...]:
        if self._allowed_skills is None:
            return ()
        return tuple(sorted({step.skill for step in steps} - self._allowed_skills))

    def _status(self, cost: int, gaps: Sequence[str], risk: float) -> SimulationStatus:
        if cost > self._budget_cents:
            return SimulationStatus.BUDGET_INSUFFICIENT
        if gaps:
            return SimulationStatus.PERMISSION_DENIED
        if risk > self._risk_threshold:
            return SimulationStatus.RISK_TOO_HIGH
        return SimulationStatus.FEASIBLE


def _estimate(index: int, step: PlanStep) -> dict[str, Any]:
    skill = _SKILLS.get(step.skill, _UNKNOWN)
    cost, latency = skill.cost_cents, skill.latency_ms
    if step.skill == "llm_invoke":
        cost = max(cost, prompt_length(step.params) // 1000)
    elif step.skill == "http_call":
        latency = int(min(latency, http_timeout_seconds(step.params) * 1000))
    return {
        "step_index": index,
        "skill_id": step.skill,
        "cost_cents": cost * step.iterations,
        "latency_ms": latency * step.iterations,
        "risk_probability": repeated_risk(skill.risk_probability, step.iterations),
        "risk_type": skill.risk_type,
        "iterations": step.iterations,
        "base_cost_cents": cost,
        "base_latency_ms": latency,
    }


def _listed_risks(estimates: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        {
            "step_index": estimate["step_index"],
            "skill_id": estimate["skill_id"],
            "risk_type": estimate["risk_type"],
            "probability": estimate["risk_probability"],
            "mitigation": _MITIGATIONS[estimate["risk_type"]],
        }
        for estimate in estimates
        if estimate["risk_probability"] > LISTED_RISK
    )


def _alternatives(estimates: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    llm_cents = sum(estimate["cost_cents"] for estimate in estimates if estimate["skill_id"] == "llm_invoke")
    if not llm_cents:
        return ()
    return (
        {
            "suggestion": "Make fewer LLM calls or shorten their prompts.",
            "potential_savings_cents": llm_cents,
        },
    )
