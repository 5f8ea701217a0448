"""What must hold for every plan, not only for the published ones."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hoc.cus.analytics.L5_engines.canary_evaluation import cost_divergence, histograms
from app.hoc.cus.analytics.L5_engines.cost_model_engine import (
    calculate_cumulative_risk,
    classify_drift,
    estimate_step_cost,
    repeat_step,
)
from app.hoc.cus.analytics.L5_engines.cost_model_tables import SKILL_COST_COEFFICIENTS
from app.hoc.cus.analytics.L5_engines.v1_simulator import CostSimulator, SimulationStatus
from app.hoc.cus.analytics.L5_engines.v2_adapter import CostSimV2Adapter
from app.hoc.cus.analytics.L5_schemas.plan import InvalidPlanError, InvalidStepParamsError, parse_plan

SKILLS = st.sampled_from([*SKILL_COST_COEFFICIENTS, "teleport"])
STEPS = st.fixed_dictionaries(
    {
        "skill": SKILLS,
        "params": st.fixed_dictionaries(
            {},
            optional={
                "prompt": st.integers(0, 6000).map(lambda size: "x" * size),
                "timeout": st.floats(0, 100),
                "command": st.integers(0, 200).map(lambda size: "x" * size),
            },
        ),
        "iterations": st.integers(1, 20),
    }
)
PLANS = st.lists(STEPS, min_size=1, max_size=6)
COSTS = st.lists(st.integers(0, 500), min_size=1, max_size=60)


@given(PLANS, STEPS)
async def test_a_longer_plan_never_costs_less(plan: list[dict[str, Any]], extra: dict[str, Any]) -> None:
    shorter = (await CostSimV2Adapter().simulate(plan), CostSimulator().simulate(plan))
    longer = (await CostSimV2Adapter().simulate([*plan, extra]), CostSimulator().simulate([*plan, extra]))
    for less, more in zip(shorter, longer, strict=True):
        assert more.estimated_cost_cents >= less.estimated_cost_cents
        assert more.estimated_duration_ms >= less.estimated_duration_ms
    assert longer[0].confidence_score <= shorter[0].confidence_score
    assert longer[0].metadata["total_risk"] >= shorter[0].metadata["total_risk"]


@given(st.integers(0, 9000), st.integers(0, 9000))
def test_a_longer_prompt_never_costs_less(one: int, other: int) -> None:
    short, long = (
        estimate_step_cost(0, "llm_invoke", {"prompt": "x" * size}) for size in sorted((one, other))
    )
    assert short.cost_cents <= long.cost_cents
    assert short.latency_ms <= long.latency_ms
    assert short.confidence >= long.confidence


@given(SKILLS, st.integers(1, 100))
def test_repeating_a_step(skill: str, iterations: int) -> None:
    once = estimate_step_cost(0, skill, {})
    repeated = repeat_step(once, iterations)
    assert repeated.cost_cents == pytest.approx(once.cost_cents * iterations)
    assert 0 < repeated.confidence <= once.confidence
    compounded = calculate_cumulative_risk([once.risk_factors] * iterations)
    assert calculate_cumulative_risk([repeated.risk_factors]) == pytest.approx(compounded)
    assert repeat_step(once, 1) == once


@given(st.lists(st.floats(0, 1), max_size=30))
def test_cumulative_risk_lies_between_the_largest_risk_and_one(risks: list[float]) -> None:
    total = calculate_cumulative_risk({"risk": risk} for risk in risks)
    assert max(risks, default=0.0) - 1e-9 <= total <= 1
    assert total <= sum(risks) + 1e-9


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_a_risk_that_is_no_probability_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        calculate_cumulative_risk([{"risk": probability}])


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.booleans(), st.booleans())
def test_drift_score(v1: int, v2: int, v1_feasible: bool, v2_feasible: bool) -> None:
    drift = classify_drift(v1, v2, v1_feasible, v2_feasible)
    assert 0 <= drift.drift_score <= 1
    assert (drift.drift_score == 0) == (v1 == v2 and v1_feasible == v2_feasible)
    if v1_feasible != v2_feasible:
        assert drift.verdict.value == "MISMATCH"


@given(COSTS, COSTS)
def test_divergence_is_zero_exactly_for_equal_histograms(one: list[int], other: list[int]) -> None:
    other = (other * len(one))[: len(one)]
    divergence = cost_divergence(one, other)
    first, second = histograms(one, other)
    assert sum(first) == sum(second) == len(one)
    assert 0 <= divergence <= 1
    assert (divergence == 0) == (first == second)
    assert divergence == pytest.approx(cost_divergence(other, one))


def test_divergence_of_disjoint_costs_is_bounded() -> None:
    assert cost_divergence([1] * 4, [500] * 4) == 1.0


@given(PLANS)
async def test_same_plan_same_hash_whatever_the_timing(plan: list[dict[str, Any]]) -> None:
    first, second = [await CostSimV2Adapter(50).simulate(plan) for _ in range(2)]
    assert first.compute_output_hash() == second.compute_output_hash()
    assert json.loads(json.dumps(first.to_dict()))["status"] == "success"


@given(PLANS, st.integers(0, 200))
async def test_both_models_obey_an_empty_allow_list(plan: list[dict[str, Any]], budget: int) -> None:
    compared = await CostSimV2Adapter(budget, allowed_skills=[]).simulate_with_comparison(plan)
    assert not compared.v1.feasible
    assert not compared.v2.feasible
    assert set(compared.v1.permission_gaps) == {step["skill"] for step in plan}
    assert compared.v1.status in (SimulationStatus.PERMISSION_DENIED, SimulationStatus.BUDGET_INSUFFICIENT)


async def test_many_small_risks_make_a_plan_infeasible() -> None:
    # Each risk is below what is listed; together they are not.
    plan = [{"skill": "kv_get", "params": {}}] * 100
    result = await CostSimV2Adapter().simulate(plan)
    assert result.risks == ()
    assert not result.feasible
    assert "cumulative risk 0.634" in result.warnings[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ALMOST_STEPS = st.fixed_dictionaries(
    {}, optional={"skill": SKILLS | JSON, "params": JSON, "iterations": st.integers(-2, 200) | JSON}
)


@given(st.lists(ALMOST_STEPS | JSON, max_size=4))
async def test_any_data_is_simulated_or_refused_by_both_models(plan: list[Any]) -> None:
    compared = await CostSimV2Adapter().simulate_with_comparison(plan)
    refused = compared.v1.status is SimulationStatus.INVALID_PLAN
    assert refused == (compared.v2.status.value == "schema_error")
    assert refused == bool(not plan or compared.v1.warnings)


def test_every_problem_of_a_plan_is_named() -> None:
    plan: list[Any] = [
        {"params": {}},
        {"skill": "http_call", "params": {"timeout": "soon", "url": 7}},
        {"skill": "kv_get", "iterations": 0},
        "kv_get",
    ]
    with pytest.raises(InvalidPlanError) as raised:
        parse_plan(plan)
    assert raised.value.problems == (
        "step 0: skill must be a non-empty text",
        "step 1: timeout must be a number of seconds, not str",
        "step 1: url must be text, not int",
        "step 2: iterations must be an integer >= 1, not 0",
        "step 3: must be an object with a skill, not str",
    )


@pytest.mark.parametrize("timeout", ["5", None, True, float("nan"), float("inf"), -1, [1]])
def test_unusable_timeouts_are_refused_with_a_clear_message(timeout: object) -> None:
    with pytest.raises(InvalidStepParamsError, match="timeout must be a"):
        estimate_step_cost(0, "http_call", {"timeout": timeout})


@pytest.mark.parametrize("url", [5, ["http://x"], "http://[broken"])
def test_unusable_urls_are_refused_with_a_clear_message(url: object) -> None:
    with pytest.raises(InvalidStepParamsError, match="url"):
        estimate_step_cost(0, "http_call", {"url": url})


def test_v1_answers_in_order_budget_permission_risk() -> None:
    plan = [{"skill": "llm_invoke", "params": {}, "iterations": 40}]
    poor = CostSimulator(10, allowed_skills=["kv_get"]).simulate(plan)
    assert poor.status is SimulationStatus.BUDGET_INSUFFICIENT
    assert poor.alternatives[0]["potential_savings_cents"] == 200
    assert CostSimulator(1000, allowed_skills=["kv_get"]).simulate(plan).status is (
        SimulationStatus.PERMISSION_DENIED
    )
    assert CostSimulator(1000).simulate(plan).status is SimulationStatus.RISK_TOO_HIGH
    assert CostSimulator(1000, risk_threshold=1).simulate(plan).feasible


def test_v1_lists_only_risks_above_five_percent() -> None:
    result = CostSimulator().simulate([{"skill": "llm_invoke"}, {"skill": "http_call"}])
    assert [risk["skill_id"] for risk in result.risks] == ["http_call"]
    assert all(risk["mitigation"] for risk in result.risks)
    assert result.metadata["cumulative_risk"] == pytest.approx(1 - 0.95 * 0.9)
