"""The dispatch audit in real databases: one durable row per dispatch, bounded, and harmless when it fails."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.hoc.cus.hoc_spine.drivers.dispatch_audit_driver import read_dispatch_records
from app.hoc.cus.hoc_spine.orchestrator import dispatch_audit as dispatch_audit_module
from app.hoc.cus.hoc_spine.orchestrator.dispatch_audit import DatabaseDispatchAudit, records_to_keep
from app.hoc.cus.hoc_spine.orchestrator.dispatch_record import DispatchRecord
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.infra.metrics import ServiceMetrics
from app.infra.settings import SettingsError
from app.models.dispatch_audit import DispatchAuditRecord
from app.models.identity import Tenant

Factory = async_sessionmaker[AsyncSession]


class Writing:
    """Stores a tenant in a transaction of its own, or fails in its middle."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        assert ctx.session is not None
        async with ctx.session.begin():
            ctx.session.add(Tenant(id=ctx.params["id"]))
            await ctx.session.flush()
            if ctx.params.get("fail"):
                raise ValueError("in the middle")
        return OperationResult.ok()


class Reading:
    """Reads and leaves its transaction open, as reads do."""

    async def execute(self, ctx: OperationContext) -> OperationResult:
        assert ctx.session is not None
        return OperationResult.ok(await ctx.session.scalar(select(func.count()).select_from(Tenant)))


class Waiting:
    async def execute(self, ctx: OperationContext) -> OperationResult:
        await asyncio.sleep(60)
        return OperationResult.ok()


def audited(keep: int = 100_000) -> tuple[OperationRegistry, DatabaseDispatchAudit, ServiceMetrics]:
    metrics = ServiceMetrics()
    audit = DatabaseDispatchAudit(metrics, keep=keep)
    registry = OperationRegistry(audit=audit, metrics=metrics)
    registry.register("write", Writing())
    registry.register("read", Reading())
    registry.register("wait", Waiting())
    registry.freeze()
    return registry, audit, metrics


async def call(
    factory: Factory, registry: OperationRegistry, operation: str, **params: Any
) -> OperationResult:
    async with factory() as session:
        ctx = OperationContext(session, "acme", params, actor_id="alice", actor_type="user")
        return await registry.execute(operation, ctx)


async def records(factory: Factory, **chosen: Any) -> list[DispatchRecord]:
    async with factory() as session:
        return await read_dispatch_records(session, **chosen)


def counted(metrics: ServiceMetrics, name: str) -> float:
    return sum(
        sample.value
        for family in text_string_to_metric_families(metrics.render())
        for sample in family.samples
        if sample.name == name
    )


async def test_the_record_is_stored_when_the_dispatch_returns_however_it_ended(
    session_factory: Factory,
) -> None:
    registry, _, metrics = audited()
    before = datetime.now(UTC)
    await call(session_factory, registry, "write", id="a", method="m")
    await call(session_factory, registry, "write", id="b", fail=True)
    await call(session_factory, registry, "read")
    await call(session_factory, registry, "nowhere")
    found = await records(session_factory)
    assert [(record.operation, record.error_code) for record in found] == [
        ("nowhere", "UNKNOWN_OPERATION"),
        ("read", None),
        ("write", "HANDLER_EXCEPTION:ValueError"),
        ("write", None),
    ]
    first = found[-1]
    assert (first.tenant_id, first.actor_type, first.actor_id, first.method) == ("acme", "user", "alice", "m")
    assert before <= first.dispatched_at <= datetime.now(UTC)
    assert (first.governance_active, first.authority_allowed, first.authority_code) == (True, True, "ALLOWED")
    assert await records(session_factory, operation="read", limit=1) == [found[1]]
    assert await records(session_factory, tenant_id="globex") == []
    assert counted(metrics, "hoc_dispatch_audit_failures_total") == 0


async def test_dispatches_at_once_leave_one_record_each(session_factory: Factory) -> None:
    registry, _, _ = audited()
    await asyncio.gather(
        *(
            call(session_factory, registry, "write", id=f"t{number}", method=f"{number}")
            for number in range(20)
        ),
        *(call(session_factory, registry, "nowhere", method=f"{number}") for number in range(20, 40)),
    )
    assert sorted(int(record.method or "") for record in await records(session_factory)) == list(range(40))


async def test_a_read_does_not_keep_its_transaction_open(session_factory: Factory) -> None:
    registry, _, _ = audited()
    async with session_factory() as session:
        result = await registry.execute("read", OperationContext(session, "acme"))
        assert result.data == 0
        assert not session.in_transaction()


async def test_the_transaction_of_a_caller_is_left_alone_and_the_record_follows(
    session_factory: Factory,
) -> None:
    registry, _, _ = audited()
    async with session_factory() as session:
        session.add(Tenant(id="pending"))
        await session.flush()
        result = await registry.execute("read", OperationContext(session, "acme"))
        assert result.data == 1
        assert session.in_transaction()
        await session.commit()
    assert await records(session_factory) == []
    await registry.close()
    assert [record.operation for record in await records(session_factory)] == ["read"]


async def test_a_cancelled_dispatch_is_recorded(session_factory: Factory) -> None:
    registry, _, _ = audited()
    task = asyncio.create_task(call(session_factory, registry, "wait"))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await registry.close()
    assert [(record.operation, record.error_code) for record in await records(session_factory)] == [
        ("wait", "CANCELLED")
    ]


async def test_a_failing_audit_is_seen_and_harms_nobody(
    session_factory: Factory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    registry, _, metrics = audited()

    async def fail(*_: object) -> None:
        raise ConnectionRefusedError("no database")

    with monkeypatch.context() as patch:
        patch.setattr(dispatch_audit_module, "insert_dispatch_records", fail)
        assert (await call(session_factory, registry, "write", id="a")).success
        assert (await call(session_factory, registry, "read")).data == 1
    assert counted(metrics, "hoc_dispatch_audit_failures_total") == 2
    assert caplog.text.count("dispatch_audit_dead_letter") == 2
    assert "'operation': 'write'" in caplog.text
    # What failed once is not tried again, and does not keep the next from being stored.
    await call(session_factory, registry, "read")
    assert [record.operation for record in await records(session_factory)] == ["read"]


async def test_the_audit_is_bounded(session_factory: Factory) -> None:
    _, audit, metrics = audited(keep=1_000)
    record = DispatchRecord(
        datetime.now(UTC),
        "op",
        None,
        "acme",
        "user",
        "alice",
        None,
        True,
        None,
        1.0,
        True,
        True,
        False,
        "ALLOWED",
        "r",
    )
    for size in (999, 1_500, 1, 400, 700):
        for _ in range(size):
            audit.enqueue(record)
        await audit.flush()
        async with session_factory() as session:
            stored = await session.scalar(select(func.count()).select_from(DispatchAuditRecord))
        assert stored is not None
        assert stored <= 2_000
    assert stored >= 1_000
    assert counted(metrics, "hoc_dispatch_audit_failures_total") == 0


async def test_the_database_refuses_to_change_a_record(session_factory: Factory) -> None:
    registry, _, _ = audited()
    await call(session_factory, registry, "nowhere")
    async with session_factory() as session:
        with pytest.raises(DatabaseError, match="append-only"):
            await session.execute(update(DispatchAuditRecord).values(success=True, error_code=None))
    async with session_factory() as session:
        await session.execute(text("DELETE FROM dispatch_audit"))
        await session.commit()


def test_the_bound_comes_from_the_environment() -> None:
    assert records_to_keep({}) == 100_000
    assert records_to_keep({"HOC_DISPATCH_AUDIT_KEEP": "1000"}) == 1_000
    for wrong in ("999", "-5", "many", "١٠٠٠"):
        with pytest.raises(SettingsError, match="HOC_DISPATCH_AUDIT_KEEP"):
            records_to_keep({"HOC_DISPATCH_AUDIT_KEEP": wrong})


async def test_a_request_leaves_one_record_with_its_id_and_its_keys_actor(
    client: Any, make_headers: Any, session_factory: Factory
) -> None:
    headers = await make_headers("acme", "analytics:read", actor_id="alice")
    answer = await client.get("/api/v1/feedback", headers=headers)
    assert answer.status_code == 200
    [record] = await records(session_factory, operation="analytics.feedback")
    assert record.request_id == answer.headers["X-Request-ID"]
    assert (record.tenant_id, record.actor_type, record.actor_id, record.method) == (
        "acme",
        "user",
        "alice",
        "list_feedback",
    )
    # Whoever is not let in dispatches nothing.
    assert (await client.get("/api/v1/feedback")).status_code == 401
    assert len(await records(session_factory, operation="analytics.feedback")) == 1
