"""The published vectors of cost simulation, with the two stated changes (V1 = 0, V2 iterations)."""

from typing import Any

import pytest

from app.hoc.cus.analytics.L5_engines.canary_evaluation import CanaryMetrics, cost_divergence, judge
from app.hoc.cus.analytics.L5_engines.canary_samples import synthetic_samples
from app.hoc.cus.analytics.L5_engines.cost_model_engine import (
    DriftVerdict,
    calculate_cumulative_risk,
    check_feasibility,
    classify_drift,
    estimate_step_cost,
    get_skill_coefficients,
    is_significant_risk,
)
from app.hoc.cus.analytics.L5_engines.cost_model_tables import SKILL_COST_COEFFICIENTS
from app.hoc.cus.analytics.L5_engines.costsim_models import V2SimulationStatus
from app.hoc.cus.analytics.L5_engines.v1_simulator import CostSimulator, SimulationStatus
from app.hoc.cus.analytics.L5_engines.v2_adapter import CostSimV2Adapter
from app.hoc.cus.analytics.L5_schemas.canary_report import CanaryStatus
from app.hoc.cus.analytics.L5_schemas.canary_run import CanaryRunConfig
from app.infra.canonical_json import content_hash

HTTP = {"skill": "http_call", "params": {"url": "https://api.example.com"}}
PLAN: list[dict[str, Any]] = [
    HTTP,
    {"skill": "json_transform", "params": {}},
    {"skill": "llm_invoke", "params": {"prompt": "Analyze this"}},
]
CONFIG = CanaryRunConfig(save_artifacts=False)


@pytest.mark.parametrize(
    ("chars", "cents", "ms", "confidence"),
    [(1000, 6.7, 2000, 0.92), (2001, 9.9008, 2200.2, 0.874), (5000, 12.3, 2800, 0.7866)],
)
def test_llm_steps(chars: int, cents: float, ms: float, confidence: float) -> None:
    estimate = estimate_step_cost(0, "llm_invoke", {"prompt": "x" * chars})
    assert estimate.cost_cents == pytest.approx(cents)
    assert estimate.latency_ms == pytest.approx(ms)
    assert estimate.confidence == pytest.approx(confidence)
    assert estimate.risk_factors == {"rate_limit": 0.03}


@pytest.mark.parametrize(
    ("params", "ms", "confidence", "risk"),
    [
        ({}, 500, 0.8075, 0.12),
        ({"url": "http://localhost:8080/x"}, 500, 0.85, 0.08),
        ({"url": "https://api.example.com", "timeout": 0.2}, 200, 0.8075, 0.12),
        # The host decides, not the text before it.
        ({"url": "http://localhost.evil.com"}, 500, 0.8075, 0.12),
        ({"url": "https://localhost/x"}, 500, 0.85, 0.08),
        ({"url": "http://localhost@evil.com"}, 500, 0.8075, 0.12),
        ({"url": "http://127.0.0.1.evil.com"}, 500, 0.8075, 0.12),
        ({"url": "http://[::1]:80/"}, 500, 0.85, 0.08),
    ],
)
def test_http_steps(params: dict[str, Any], ms: float, confidence: float, risk: float) -> None:
    estimate = estimate_step_cost(0, "http_call", params)
    assert estimate.latency_ms == pytest.approx(ms)
    assert estimate.confidence == pytest.approx(confidence)
    assert estimate.risk_factors["timeout"] == pytest.approx(risk)


def test_unknown_skill_and_long_command() -> None:
    unknown = estimate_step_cost(0, "teleport", {})
    assert (unknown.cost_cents, unknown.latency_ms, unknown.confidence) == (5.0, 500.0, 0.60)
    assert unknown.risk_factors == {"unknown": 0.15}
    long = estimate_step_cost(0, "shell_lite", {"command": "x" * 101})
    assert long.risk_factors["timeout"] == pytest.approx(0.084)
    assert long.confidence == pytest.approx(0.836)
    assert estimate_step_cost(0, "shell_lite", {"command": "x" * 100}).risk_factors == {"timeout": 0.07}


def test_coefficients_hold_both_sets_and_cannot_be_changed() -> None:
    assert len(SKILL_COST_COEFFICIENTS) == 10
    published = {"http_call": (1.0, 0.2), "llm_invoke": (100.0, 0.3), "json_transform": (0.1, 0.05)}
    for skill, (base, variance) in published.items():
        coefficients = get_skill_coefficients(skill)
        assert (coefficients["base"], coefficients["variance"]) == (base, variance)
    assert get_skill_coefficients("llm_invoke")["cost_cents"] == 3.5
    get_skill_coefficients("llm_invoke")["cost_cents"] = 0.0
    assert estimate_step_cost(0, "llm_invoke", {}).cost_cents == 3.5
    with pytest.raises(TypeError):
        SKILL_COST_COEFFICIENTS["free"] = SKILL_COST_COEFFICIENTS["kv_get"]  # type: ignore[index]  # the point


async def test_v2_plan() -> None:
    result = await CostSimV2Adapter(100).simulate(PLAN)
    assert result.feasible
    assert (result.estimated_cost_cents, result.estimated_duration_ms) == (4, 2307)
    assert result.confidence_score == 0.728
    assert result.metadata["cumulative_risk"] == 0.1464
    assert result.metadata["budget_utilization"] == 0.04
    assert len(result.risks) == 2
    assert result.compute_output_hash() == "bc1dc559ccf71e154d57983e3d5c1dd8033fa9e4c947217e7b9470940dadc142"


async def test_empty_plan() -> None:
    result = await CostSimV2Adapter(100).simulate([])
    assert result.status is V2SimulationStatus.SCHEMA_ERROR
    assert not result.feasible
    assert result.budget_remaining_cents == 100
    assert len(result.warnings) == 1
    assert result.compute_output_hash() == "ebb208b56eae062f4988c8302f1e32470676db49dd6f797320018ba7e962628a"
    assert CostSimulator(100).simulate([]).status is SimulationStatus.INVALID_PLAN


def test_input_hash() -> None:
    assert (
        content_hash({"plan": [{"skill": "http_call", "params": {}}], "budget_cents": 100})
        == "c2b3505b1834a123090bfdc39588a8803f285ec0b94c26994fedf9c0ef4cc3f3"
    )


@pytest.mark.parametrize(
    ("v1", "v2", "score", "verdict"),
    [
        (100, 103, 0.018, DriftVerdict.MATCH),
        (100, 108, 0.048, DriftVerdict.MATCH),
        (100, 109, 0.054, DriftVerdict.MINOR_DRIFT),
        (100, 125, 0.15, DriftVerdict.MINOR_DRIFT),
        (100, 126, 0.156, DriftVerdict.MAJOR_DRIFT),
        (100, 150, 0.3, DriftVerdict.MAJOR_DRIFT),
        (100, 151, 0.306, DriftVerdict.MISMATCH),
        (100, 300, 0.6, DriftVerdict.MISMATCH),
        # Stated change: what V1 calls free and V2 does not is a full cost error.
        (0, 50, 0.6, DriftVerdict.MISMATCH),
        (0, 0, 0.0, DriftVerdict.MATCH),
    ],
)
def test_drift(v1: int, v2: int, score: float, verdict: DriftVerdict) -> None:
    drift = classify_drift(v1, v2, True, True)
    assert (drift.drift_score, drift.verdict) == (score, verdict)
    assert drift.details == {"cost_delta_cents": v2 - v1, "v1_cost_cents": v1, "v2_cost_cents": v2}


def test_feasibility_disagreement_is_a_mismatch() -> None:
    drift = classify_drift(100, 100, True, False)
    assert (drift.drift_score, drift.verdict, drift.feasibility_match) == (0.4, DriftVerdict.MISMATCH, False)


async def test_synthetic_samples() -> None:
    found = []
    for sample in synthetic_samples():
        compared = await CostSimV2Adapter(sample.budget_cents).simulate_with_comparison(sample.plan)
        comparison = compared.comparison
        found.append(
            (
                comparison.v1_cost_cents,
                comparison.v2_cost_cents,
                comparison.verdict.value,
                comparison.drift_score,
            )
        )
    assert found == [
        (0, 0, "match", 0.0),
        (5, 4, "minor_drift", 0.12),
        (5, 4, "minor_drift", 0.12),
        (10, 25, "mismatch", 0.6),
    ]


@pytest.mark.parametrize(
    ("steps", "cents"),
    [
        ([("llm_invoke", 10)], 50),
        ([("llm_invoke", 10), ("email_send", 10)], 60),
        ([("llm_invoke", 5), ("http_call", 1), ("email_send", 3)], 28),
    ],
)
def test_v1_iterations(steps: list[tuple[str, int]], cents: int) -> None:
    plan = [{"skill": skill, "params": {}, "iterations": count} for skill, count in steps]
    assert CostSimulator(1000, risk_threshold=1.0).simulate(plan).estimated_cost_cents == cents


async def test_v2_honours_iterations() -> None:
    once = {"skill": "llm_invoke", "params": {"prompt": "x" * 500}}
    repeated = await CostSimV2Adapter(1000).simulate([once | {"iterations": 10}])
    spelled_out = await CostSimV2Adapter(1000).simulate([once] * 10)
    assert repeated.estimated_cost_cents == spelled_out.estimated_cost_cents == 51
    assert repeated.estimated_duration_ms == spelled_out.estimated_duration_ms
    assert repeated.confidence_score == spelled_out.confidence_score
    assert repeated.metadata["total_risk"] == spelled_out.metadata["total_risk"]
    compared = await CostSimV2Adapter(1000).simulate_with_comparison([once | {"iterations": 10}])
    assert compared.comparison.verdict.value == "match"


@pytest.mark.parametrize(
    ("counts", "divergence", "outliers", "status", "word"),
    [
        ((90, 8, 2), 0.1, 2, CanaryStatus.PASS, ""),
        ((90, 8, 2), 0.5, 2, CanaryStatus.FAIL, "KL"),
        ((80, 10, 10), 0.1, 10, CanaryStatus.FAIL, "outlier percentage"),
    ],
)
def test_evaluation(
    counts: tuple[int, int, int], divergence: float, outliers: int, status: CanaryStatus, word: str
) -> None:
    verdict = judge(CanaryMetrics(100, *counts, outliers, 0, 0.0, 1.0, divergence), CONFIG)
    assert verdict.status is status
    assert len(verdict.reasons) == (1 if word else 0)
    assert word in " ".join(verdict.reasons)


def test_divergence() -> None:
    assert cost_divergence([100] * 5, [100] * 5) == 0.0
    assert cost_divergence([], []) == 0.0
    assert cost_divergence([100] * 5, [50, 150, 75, 125, 100]) > 0


def test_risk_and_feasibility() -> None:
    assert calculate_cumulative_risk([{"a": 0.12}, {"b": 0.03}]) == pytest.approx(0.1464)
    assert not is_significant_risk(0.02)
    assert is_significant_risk(0.0201)
    # The first failing test in the order budget, permission, risk gives the reason.
    everything_wrong = check_feasibility(10, 5, ["shell_lite"], 0.9)
    assert "budget" in (everything_wrong.reason or "")
    assert "shell_lite" in (check_feasibility(1, 5, ["shell_lite"], 0.9).reason or "")
    assert "risk" in (check_feasibility(1, 5, [], 0.9).reason or "")
    assert check_feasibility(5, 5, [], 0.5).feasible
