"""Faults at every step of an operation: after each, the database must be as if nobody had called.

A step is a statement, read or write, or the commit. What runs beside operations, the record of the dispatch and the
relay, is no part of them: its connections are left alone and its tables are not compared.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event, select

from app.db import get_engine
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationResult
from app.hoc.cus.hoc_spine.orchestrator.session_provider import BACKGROUND
from app.models import Base

NOT_THE_OPERATIONS = frozenset({"dispatch_audit", "event_cursors"})
COMMIT = "COMMIT"
# Far more than any operation has; whoever gets there does not end.
_MOST_STEPS = 500
Snapshot = dict[str, list[tuple[Any, ...]]]


class InjectedError(Exception):
    """A failure in the middle of an operation."""


@contextmanager
def failing_at(number: int) -> Iterator[list[str]]:
    """Let the ``number``-th step, counted from 1, of everything on the process's engine fail; yields the steps
    that were tried. 0 lets none fail.
    """
    steps: list[str] = []

    def step(connection: Connection, what: str) -> None:
        if connection.get_execution_options().get(BACKGROUND):
            return
        steps.append(what)
        if len(steps) == number:
            raise InjectedError(what)

    def before_statement(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            step(connection, statement)

    def before_commit(connection: Connection) -> None:
        step(connection, COMMIT)

    engine = get_engine().sync_engine
    event.listen(engine, "before_cursor_execute", before_statement)
    event.listen(engine, "commit", before_commit)
    try:
        yield steps
    finally:
        event.remove(engine, "before_cursor_execute", before_statement)
        event.remove(engine, "commit", before_commit)


async def whole_database() -> Snapshot:
    """Every row of every table, as another connection sees them, without those of what runs beside operations."""
    async with get_engine().connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in await connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Base.metadata.sorted_tables
            if table.name not in NOT_THE_OPERATIONS
        }


async def assert_all_or_nothing(call: Callable[[], Awaitable[OperationResult]]) -> list[str]:
    """Call an operation that writes with a fault at its first step, then at its second, and so on: each time it
    fails, says nothing of the fault and leaves the database as it was. The last call meets no fault and has to
    succeed, write, and commit once. Returns the steps of that call.
    """
    before = await whole_database()
    for number in range(1, _MOST_STEPS):
        with failing_at(number) as steps:
            result = await call()
        if len(steps) < number:
            break
        assert not result.success, (number, steps[-1])
        assert "InjectedError" not in repr(result), (number, steps[-1])
        after = await whole_database()
        assert after == before, (number, steps[-1], changed(before, after))
    assert result.success, (result.error_code, result.error)
    assert steps.count(COMMIT) == 1, steps
    assert await whole_database() != before
    return steps


def changed(before: Snapshot, after: Snapshot) -> list[str]:
    """The tables that differ."""
    return [name for name in before if before[name] != after[name]]
