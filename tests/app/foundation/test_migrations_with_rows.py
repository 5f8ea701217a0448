"""Migrations of the spine on a database that is in use: what later revisions do not own survives them, and rows of
theirs do not keep them from being undone.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import create_engine, dispose_engine, get_async_session
from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import get_audit_ledger_driver
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import append_event
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.event_consumer import LogConsumer
from app.hoc.cus.hoc_spine.orchestrator.event_relay import EventRelay
from app.hoc.cus.hoc_spine.orchestrator.events import build_event
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext
from app.infra.database_url import DatabaseTarget
from app.infra.metrics import ServiceMetrics
from app.migrations.runner import current_revision, downgrade, head_revision, upgrade
from app.models.identity import Tenant

T = TypeVar("T")
NOON = datetime(2026, 3, 21, 12, tzinfo=UTC)
BEFORE = "131_monitoring_analytics_reproducibility_fields"
OURS = ("audit_ledger", "dispatch_audit", "event_cursors")
KEPT = ("event_outbox", "event_sequences", "tenants")


async def on(target: DatabaseTarget, work: Callable[[Connection], T]) -> T:
    engine = create_engine(target, pooled=False)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def counts(*tables: str) -> Callable[[Connection], dict[str, int]]:
    return lambda connection: {
        table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables
    }


async def fill(session: AsyncSession) -> None:
    """One row in every table of the spine."""
    async with session.begin():
        session.add(Tenant(id="acme"))
        await session.flush()
        await session.run_sync(
            lambda sync: get_audit_ledger_driver(sync).append(
                tenant_id="acme",
                event_type="analytics.AnomalyClosed",
                entity_type="anomaly",
                entity_id="a",
                actor_type="user",
                actor_id="alice",
                before_state=None,
                after_state={"status": "resolved"},
                recorded_at=NOON,
            )
        )
        event = build_event(
            "analytics.AnomalyClosed",
            tenant_id="acme",
            actor_type="user",
            actor_id="alice",
            decision_owner="analytics",
            occurred_at=NOON,
            anomaly_id="a",
            anomaly_status="resolved",
        )
        await append_event(session, event)


async def test_the_spines_revisions_go_down_and_up_again_with_rows(database: DatabaseTarget) -> None:
    try:
        async with get_async_session() as session:
            await fill(session)
            await build_registry().execute("nowhere", OperationContext(session, "acme"))
        assert await EventRelay([LogConsumer()], ServiceMetrics()).publish_all() == 1
    finally:
        await dispose_engine()
    assert await on(database, counts(*OURS, *KEPT)) == dict.fromkeys((*OURS, *KEPT), 1)

    await downgrade(database, BEFORE)
    assert await on(database, counts(*KEPT)) == dict.fromkeys(KEPT, 1)
    tables = await on(database, lambda connection: inspect(connection).get_table_names())
    assert not set(OURS) & set(tables)

    await upgrade(database)
    assert await current_revision(database) == head_revision()
    assert await on(database, counts(*OURS, *KEPT)) == dict.fromkeys(OURS, 0) | dict.fromkeys(KEPT, 1)
    # The triggers are back, too.
    try:
        async with get_async_session() as session, session.begin():
            await session.execute(
                text("INSERT INTO tenants (id, created_at) VALUES ('globex', '2026-03-21')")
            )
        async with get_async_session() as session:
            with pytest.raises(DatabaseError, match="append-only"):
                await session.execute(text("DELETE FROM event_outbox"))
    finally:
        await dispose_engine()


async def test_the_triggers_leave_nothing_behind(database: DatabaseTarget) -> None:
    def leftovers(connection: Connection) -> list[Any]:
        if connection.dialect.name == "sqlite":
            found = connection.execute(
                text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
            )
        else:
            found = connection.execute(
                text("SELECT proname, '' FROM pg_proc WHERE proname LIKE '%append_only'")
            )
        return sorted(tuple(row) for row in found)

    at_head = await on(database, leftovers)
    await downgrade(database, BEFORE)
    below = await on(database, leftovers)
    assert set(below) < set(at_head)
    assert {name for name, _ in set(at_head) - set(below)} == (
        {"audit_ledger_no_delete", "audit_ledger_no_update", "dispatch_audit_no_update"}
        if database.is_sqlite
        else {"audit_ledger_append_only", "dispatch_audit_append_only"}
    )
    await upgrade(database)
    assert await on(database, leftovers) == at_head
