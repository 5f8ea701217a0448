"""Tries to run a canary until it is elected, telling each step on stdout.

A program, not a test: ``python canary_racer.py TENANT GATE`` with DATABASE_URL and HOC_DATA_DIR set. Prints ``running``
when it is the elected runner, then works until the file GATE exists; prints the status of each run.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

from app.db import dispose_engine, get_async_session
from app.hoc.cus.analytics.L5_engines.v2_adapter import CostSimV2Adapter
from app.hoc.cus.analytics.L6_drivers import leader, leader_locks
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext


async def main(tenant: str, gate: Path) -> None:
    # Where leases stand in for locks, a dead holder's lease should not outlast the patience of a test.
    leader_locks.LEASE_SECONDS, leader.HEARTBEAT_SECONDS = 1.5, 0.3
    compare = CostSimV2Adapter.simulate_with_comparison

    async def compare_when_open(self: CostSimV2Adapter, plan: Any) -> Any:
        tell("running")
        await asyncio.to_thread(wait_for, gate)
        return await compare(self, plan)

    CostSimV2Adapter.simulate_with_comparison = compare_when_open  # type: ignore[method-assign]  # this process only
    registry = build_registry()
    principal = Principal(tenant, "racer", frozenset({"costsim:admin"}))
    samples = [{"id": "one", "plan": [{"skill": "kv_get"}], "budget_cents": 1}]
    try:
        while True:
            async with get_async_session() as session:
                context = OperationContext.for_principal(principal, session, {"samples": samples})
                result = await registry.execute("analytics.canary", context)
            if not result.success:
                sys.exit(f"{result.error_code}: {result.error}")
            tell(result.data["report"].status.value)
            if result.data["report"].status.value != "skipped":
                return
            await asyncio.sleep(0.2)
    finally:
        await dispose_engine()


def wait_for(gate: Path) -> None:
    while not gate.exists():
        time.sleep(0.02)


def tell(word: str) -> None:
    print(word, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
