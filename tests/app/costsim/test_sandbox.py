"""V1's answer is there whatever becomes of V2, the breaker, provenance or the database."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.provenance import ProvenanceLogger
from app.hoc.cus.analytics.L5_engines.provenance_spool import ProvenanceSpool
from app.hoc.cus.analytics.L5_engines.sandbox import CostSimSandbox
from app.hoc.cus.analytics.L5_engines.v1_simulator import CostSimulator
from app.hoc.cus.analytics.L5_engines.v2_adapter import CostSimV2Adapter
from app.hoc.cus.analytics.L6_drivers.provenance_async import query_provenance
from app.hoc.cus.hoc_spine.orchestrator.coordinators.provenance_coordinator import DatabaseProvenanceSink

ON = CostSimConfig(v2_sandbox_enabled=True, provenance_compress=False)
OFF = CostSimConfig(provenance_compress=False)
PLAN = [{"skill": "llm_invoke", "params": {"prompt": "x" * 5000}, "iterations": 3}, {"skill": "kv_get"}]
BROKEN = [{"skill": "http_call", "params": {"timeout": "soon"}}]


class Breaker:
    """A breaker in memory that opens at the second report above 0.2."""

    def __init__(self, *, is_open: bool = False, broken: bool = False) -> None:
        self.is_open, self.broken = is_open, broken
        self.reports: list[tuple[float, int, Mapping[str, Any]]] = []

    async def is_v2_disabled(self) -> bool:
        if self.broken:
            raise ConnectionError("the database is down")
        return self.is_open

    async def report_drift(self, drift_score: float, sample_count: int, details: Mapping[str, Any]) -> bool:
        self.reports.append((drift_score, sample_count, details))
        self.is_open = sum(score > 0.2 for score, _, _ in self.reports) >= 2
        return self.is_open


@pytest.fixture
def provenance(tenants: tuple[str, str], tmp_path: Path) -> ProvenanceLogger:
    return ProvenanceLogger(DatabaseProvenanceSink(), ProvenanceSpool(tmp_path / "spool"), ON)


async def test_v2_is_compared_and_both_are_recorded(
    provenance: ProvenanceLogger, other_session: AsyncSession
) -> None:
    sandbox = CostSimSandbox(
        100, ["llm_invoke", "kv_get"], 0.9, "tenant-a", "run-1", config=ON, provenance=provenance
    )
    result = await sandbox.simulate(PLAN)
    v1 = CostSimulator(100, ["llm_invoke", "kv_get"], 0.9).simulate(PLAN)
    compared = await CostSimV2Adapter(100, ["llm_invoke", "kv_get"], 0.9).simulate_with_comparison(PLAN)
    assert result.production_result == result.v1_result == v1
    assert result.comparison == compared.comparison
    assert result.sandbox_enabled
    assert result.v2_error is None
    [record] = await query_provenance("tenant-a", session=other_session)
    assert (record.variant_slug, record.source, record.run_id) == ("v2", "sandbox", "run-1")
    assert (record.v1_cost, record.v2_cost) == (15, 37)
    assert (record.verdict, record.drift_score) == (
        compared.comparison.verdict.value,
        compared.comparison.drift_score,
    )
    assert record.input_hash == result.input_hash
    assert record.output_hash == compared.v2.compute_output_hash()
    assert record.payload is not None
    # All that decides the outcome is recorded, the allow-list included.
    assert record.payload["input"] == {
        "plan": PLAN,
        "budget_cents": 100,
        "risk_threshold": 0.9,
        "allowed_skills": ["kv_get", "llm_invoke"],
        "model_version": "2.0.0",
        "adapter_version": "2.0.0",
    }


async def test_switched_off_v1_alone_answers_and_is_recorded(
    provenance: ProvenanceLogger, other_session: AsyncSession
) -> None:
    result = await CostSimSandbox(tenant_id="tenant-a", config=OFF, provenance=provenance).simulate(PLAN)
    assert (result.v2_result, result.comparison, result.sandbox_enabled, result.v2_error) == (
        None,
        None,
        False,
        None,
    )
    [record] = await query_provenance("tenant-a", session=other_session)
    assert (record.variant_slug, record.v1_cost, record.v2_cost, record.cost_delta) == ("v1", 15, None, None)


async def test_a_plan_nobody_can_read_is_recorded_as_such_and_not_compared(
    provenance: ProvenanceLogger, other_session: AsyncSession
) -> None:
    breaker = Breaker()
    sandbox = CostSimSandbox(tenant_id="tenant-a", config=ON, provenance=provenance, breaker=breaker)
    result = await sandbox.simulate(BROKEN)
    assert result.comparison is None
    assert "timeout" in (result.v2_error or "")
    assert breaker.reports == []
    [record] = await query_provenance("tenant-a", session=other_session)
    assert (record.status, record.v1_cost, record.v2_cost) == ("schema_error", None, None)


async def test_another_model_version_is_another_simulation(
    provenance: ProvenanceLogger, other_session: AsyncSession
) -> None:
    newer = CostSimConfig(v2_sandbox_enabled=True, model_version="3.0.0")
    for config in (ON, ON, newer):
        await CostSimSandbox(tenant_id="tenant-a", config=config, provenance=provenance).simulate(PLAN)
    assert len(await query_provenance("tenant-a", session=other_session)) == 2


async def test_an_exploding_v2_changes_nothing(
    provenance: ProvenanceLogger, monkeypatch: pytest.MonkeyPatch, other_session: AsyncSession
) -> None:
    async def explode(*_arguments: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(CostSimV2Adapter, "simulate", explode)
    result = await CostSimSandbox(tenant_id="tenant-a", config=ON, provenance=provenance).simulate(PLAN)
    assert result.production_result == CostSimulator().simulate(PLAN)
    assert result.v2_error == "V2 failed with an internal error (ZeroDivisionError)"
    [record] = await query_provenance("tenant-a", session=other_session)
    assert (record.status, record.v1_cost, record.v2_cost) == ("error", None, None)


async def test_the_breaker_hears_of_drift_opens_and_keeps_v2_off() -> None:
    breaker = Breaker()
    sandbox = CostSimSandbox(tenant_id="tenant-a", run_id="r", config=ON, breaker=breaker)
    first, second, third = [await sandbox.simulate(PLAN) for _ in range(3)]
    assert first.v2_error is None
    assert "opened the circuit breaker" in (second.v2_error or "")
    assert second.comparison is not None
    assert (third.sandbox_enabled, third.v2_result) == (False, None)
    assert "circuit breaker" in (third.v2_error or "")
    assert third.production_result == first.production_result
    [(score, count, details), _] = breaker.reports
    assert first.comparison is not None
    assert (score, count) == (first.comparison.drift_score, 1)
    assert set(details) == {
        *("verdict", "cost_delta_cents", "cost_delta_pct", "feasibility_match", "tenant_id", "run_id")
    }


async def test_with_everything_down_v1_still_answers(tmp_path: Path) -> None:
    class Down:
        async def write(self, _records: object) -> None:
            raise ConnectionError("down")

        async def read(self, **_filters: object) -> list[Any]:
            raise ConnectionError("down")

    (tmp_path / "spool").write_text("no directory")
    provenance = ProvenanceLogger(Down(), ProvenanceSpool(tmp_path / "spool"), ON, queue_limit=1)
    for breaker in (None, Breaker(broken=True), Breaker(is_open=True)):
        sandbox = CostSimSandbox(tenant_id="tenant-a", config=ON, breaker=breaker, provenance=provenance)
        assert (await sandbox.simulate(PLAN)).production_result == CostSimulator().simulate(PLAN)
    nobody = CostSimSandbox(config=ON, provenance=provenance)
    assert (await nobody.simulate(PLAN)).input_hash is None
