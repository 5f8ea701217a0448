"""One canary at a time: the others are recorded as skipped, and a runner that lost its place records nothing."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.hoc.cus.analytics.L5_engines.v2_adapter import CostSimV2Adapter
from app.hoc.cus.analytics.L6_drivers import audit_persistence, leader, leader_locks
from app.hoc.cus.analytics.L6_drivers.leader import LOCK_CANARY_RUNNER, is_lock_held, leader_election
from app.hoc.cus.analytics.L6_drivers.leader_connection import dedicated_session
from app.hoc.cus.analytics.L6_drivers.provenance_async import write_provenance_batch
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext, OperationResult
from app.models.costsim import CostSimCanaryReport

Factory = async_sessionmaker[AsyncSession]
SAMPLES = [{"id": "one", "plan": [{"skill": "kv_get"}], "budget_cents": 1}]


async def run(session_factory: Factory, tenant: str = "tenant-a", **params: Any) -> OperationResult:
    async with session_factory() as session:
        return await build_registry().execute("analytics.canary", OperationContext(session, tenant, params))


async def count(session_factory: Factory) -> int:
    async with session_factory() as session:
        return await session.scalar(select(func.count()).select_from(CostSimCanaryReport)) or 0


async def lock_is_held() -> bool:
    async with dedicated_session() as observer:
        return await is_lock_held(observer, LOCK_CANARY_RUNNER)


class Gate:
    """Keeps canaries inside until it is opened."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Let canaries compare only once the gate is open."""
    gate = Gate()
    compare = CostSimV2Adapter.simulate_with_comparison

    async def compare_when_open(self: CostSimV2Adapter, plan: Any) -> Any:
        gate.reached.set()
        await gate.opened.wait()
        return await compare(self, plan)

    monkeypatch.setattr(CostSimV2Adapter, "simulate_with_comparison", compare_when_open)
    return gate


async def test_two_engines_one_runs_one_is_skipped_and_both_are_recorded(
    tenants: tuple[str, str], session_factory: Factory, gate: Gate
) -> None:
    first = asyncio.create_task(run(session_factory, samples=SAMPLES))
    await gate.reached.wait()
    assert await lock_is_held()
    # Whoever asks meanwhile, the lock is one for the system.
    second = await run(session_factory, "tenant-b", samples=SAMPLES)
    report = second.data["report"]
    assert (report.status.value, report.passed, report.total_samples) == ("skipped", False, 0)
    assert report.failure_reasons == ("another canary is running; only one runs at a time",)
    gate.opened.set()
    assert (await first).data["report"].status.value == "pass"
    assert await count(session_factory) == 2
    assert not await lock_is_held()
    assert (await run(session_factory, samples=SAMPLES)).data["report"].status.value == "pass"


async def test_a_runner_that_lost_its_place_records_nothing(
    tenants: tuple[str, str], session_factory: Factory, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leader, "HEARTBEAT_SECONDS", 0.05)

    async def lost(_session: AsyncSession, _lock_id: int) -> bool:
        return False

    monkeypatch.setattr(leader_locks, "still_holds", lost)
    result = await asyncio.wait_for(run(session_factory, samples=SAMPLES), 10)
    assert (result.success, result.error_code) == (False, "UNAVAILABLE")
    assert "no longer the elected runner" in (result.error or "")
    assert await count(session_factory) == 0


async def test_an_error_of_the_run_comes_out_and_frees_the_lock(
    tenants: tuple[str, str], session_factory: Factory
) -> None:
    result = await run(session_factory, "nobody", samples=SAMPLES)  # the insert is refused: no such tenant
    assert result.error_code == "HANDLER_EXCEPTION"
    refused = await run(session_factory, samples=[])
    assert refused.error_code == "INVALID_PARAMS"
    assert not await lock_is_held()


async def test_an_audit_that_cannot_be_written_does_not_harm_the_run(
    tenants: tuple[str, str], session_factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_persistence, "ENVELOPE_CLASSES", ("SAFETY",))
    assert (await run(session_factory, samples=SAMPLES)).data["report"].status.value == "pass"
    assert await count(session_factory) == 1


async def test_records_that_cannot_be_replayed_are_left_out(
    tenants: tuple[str, str], session_factory: Factory, caplog: pytest.LogCaptureFixture
) -> None:
    good = {"input": {"plan": [{"skill": "kv_get"}], "budget_cents": 9}, "output": {}, "compressed": False}
    payloads: list[dict[str, Any]] = [
        good,
        {"input": "not compressed at all", "output": "", "compressed": True},
        {"input": {"plan": [], "budget_cents": 9}, "output": {}, "compressed": False},
        {"input": {"plan": [{"skill": "kv_get"}], "budget_cents": -9}, "output": {}, "compressed": False},
        {"something": "else"},
    ]
    async with session_factory() as session, session.begin():
        await write_provenance_batch(
            [{"tenant_id": "tenant-a", "payload": payload} for payload in payloads], session
        )
    async with leader_election(LOCK_CANARY_RUNNER):
        pass
    report = (await run(session_factory)).data["report"]
    assert (report.source.value, report.total_samples) == ("provenance", 1)
    assert sum("cannot be replayed" in message for message in caplog.messages) == 3
