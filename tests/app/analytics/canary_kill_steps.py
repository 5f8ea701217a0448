"""Runs one canary per named step, each in a process of its own that kills itself (SIGKILL) at that step.

A program, not a test: ``python canary_kill_steps.py STEP...`` with DATABASE_URL and HOC_DATA_DIR set. Prints one JSON object,
step -> [tenant, the signal that ended the process or 0]. The steps are patched in from outside; the system knows
nothing of them.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import get_async_session, get_engine
from app.hoc.cus.analytics.L5_engines import canary_artifacts, canary_engine
from app.hoc.cus.analytics.L6_drivers import leader_locks
from app.hoc.cus.hoc_spine.auth.key_service import create_tenant
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext


def main(steps: list[str]) -> None:
    # A killed runner's lease must not make the next step's canary a skipped one.
    leader_locks.LEASE_SECONDS = 0.001
    ended: dict[str, tuple[str, int]] = {}
    for number, step in enumerate(steps):
        tenant = f"kill-{number}"
        child = os.fork()
        if child == 0:
            asyncio.run(run_canary(tenant, step))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ended[step] = (tenant, os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)
    print(json.dumps(ended))


async def run_canary(tenant: str, step: str) -> None:
    await create_tenant(tenant)
    registry = build_registry()
    kill_at(step)
    principal = Principal(tenant, "test", frozenset({"costsim:admin"}))
    async with get_async_session() as session:
        result = await registry.execute(
            "analytics.canary", OperationContext.for_principal(principal, session)
        )
    if not result.success:
        sys.exit(f"{step}: {result.error_code}")


def kill_at(step: str) -> None:
    """Patch the one place that ``step`` names; ``none`` lets the run finish."""
    moment, _, what = step.partition(" ")
    if what.endswith((".json", ".jsonl")):
        kill_at_file(moment, what)
    elif what == "insert":
        canary_engine.write_canary_report = killing(canary_engine.write_canary_report, moment)
    elif step == "before commit":
        event.listen(Session, "before_commit", die_unless_nested)
    elif step == "at commit":
        event.listen(get_engine().sync_engine, "commit", lambda _connection: die())
    elif step == "after commit":
        event.listen(Session, "after_commit", die_unless_nested)
    elif step != "none":
        sys.exit(f"unknown step {step!r}")


def kill_at_file(moment: str, name: str) -> None:
    write, replace = canary_artifacts.write_atomically, Path.replace

    def write_or_die(path: Path, content: bytes) -> None:
        if path.name == name and moment == "before":
            die()
        if path.name == name and moment == "within":
            path.with_name(f".{name}.tmp").write_bytes(content[: len(content) // 2])
            die()
        write(path, content)
        if path.name == name and moment == "after":
            die()

    def replace_or_die(path: Path, target: Path) -> Path:
        if target.name == name and moment == "renaming":
            die()
        return replace(path, target)

    canary_artifacts.write_atomically = write_or_die
    Path.replace = replace_or_die  # type: ignore[assignment, method-assign]  # patched for this process only


def killing(function: Callable[..., Awaitable[Any]], moment: str) -> Callable[..., Awaitable[Any]]:
    async def patched(*arguments: Any) -> Any:
        if moment == "before":
            die()
        result = await function(*arguments)
        if moment == "after":
            die()
        return result

    return patched


def die_unless_nested(session: Session) -> None:
    """The end of a savepoint also counts as a commit to the listeners, but keeps nothing."""
    if not session.in_nested_transaction():
        die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
