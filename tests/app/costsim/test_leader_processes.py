"""Real processes: one runs the canary, one reports skipped; the killed one's successor runs; nothing answered is lost."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L6_drivers.provenance_async import query_provenance
from app.models import CoordinationAuditRecordDB
from app.models.costsim import CostSimCanaryReport

RACER = Path(__file__).with_name("canary_racer.py")
PATIENCE = 60


async def start(environment: dict[str, str], *command: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, *command, env=os.environ | environment, stdout=PIPE, stderr=PIPE
    )


async def line(process: Process) -> str:
    assert process.stdout is not None
    told = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode().strip()
    if not told:
        assert process.stderr is not None
        raise AssertionError((await process.stderr.read()).decode())
    return told


async def test_one_process_runs_one_reports_skipped_and_succeeds_the_killed_one(
    database_env: str, tenants: tuple[str, str], tmp_path: Path, session: AsyncSession
) -> None:
    environment = {"DATABASE_URL": database_env, "HOC_DATA_DIR": str(tmp_path / "data")}
    gate = tmp_path / "gate"
    racers = [await start(environment, str(RACER), "tenant-a", str(gate)) for _ in range(2)]
    try:
        first = await asyncio.gather(*(line(racer) for racer in racers))
        assert sorted(first) == ["running", "skipped"]
        runner, other = racers if first[0] == "running" else racers[::-1]
        assert await line(other) == "skipped"  # and again, as long as the runner lives

        runner.send_signal(signal.SIGKILL)
        assert await runner.wait() == -signal.SIGKILL
        while (told := await line(other)) == "skipped":
            pass
        assert told == "running"
        gate.touch()
        assert await line(other) == "pass"
        assert await asyncio.wait_for(other.wait(), PATIENCE) == 0
    finally:
        for racer in racers:
            if racer.returncode is None:
                racer.kill()
                await racer.wait()

    reports = list(await session.scalars(select(CostSimCanaryReport)))
    statuses = [report.status for report in reports]
    assert statuses.count("pass") == 1
    assert set(statuses) == {"pass", "skipped"}  # the killed run left no row
    decisions = {
        record.envelope_id: record.decision
        for record in await session.scalars(select(CoordinationAuditRecordDB))
    }
    assert decisions == {
        f"canary:{report.run_id}": "REJECTED" if report.status == "skipped" else "APPLIED"
        for report in reports
    }


async def test_every_answered_simulation_survives_the_kill_of_the_service(
    database_env: str, make_headers: Any, tmp_path: Path, session: AsyncSession
) -> None:
    headers = await make_headers()
    environment = {
        "DATABASE_URL": database_env,
        "HOC_DATA_DIR": str(tmp_path / "data"),
        "COSTSIM_V2_SANDBOX": "true",
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = await start(environment, "-m", "app.cli", "serve", "--port", str(port))
    answered: list[str] = []
    try:
        assert server.stderr is not None
        while "running on" not in (
            text := (await asyncio.wait_for(server.stderr.readline(), PATIENCE)).decode()
        ):
            assert text, "the server ended"
        draining = asyncio.create_task(server.stderr.read())

        async def client_loop(client: httpx.AsyncClient, name: int) -> None:
            number = 0
            while True:
                plan = [{"skill": "kv_get", "params": {"key": f"{name}-{number}"}}]
                response = await client.post("/api/v1/costsim/v2/simulate", json={"plan": plan})
                assert response.status_code == 200, response.text
                answered.append(response.json()["data"]["input_hash"])
                number += 1

        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
            loops = [asyncio.create_task(client_loop(client, name)) for name in range(4)]
            while len(answered) < 40:
                done, _ = await asyncio.wait(loops, timeout=0.05)
                assert not done, [task.exception() for task in done]
            server.kill()
            results = await asyncio.gather(*loops, return_exceptions=True)
            assert all(isinstance(result, httpx.HTTPError) for result in results), results
        await draining
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()
    stored = {record.input_hash for record in await query_provenance("tenant-a", limit=1000, session=session)}
    assert None not in answered
    assert len(answered) == len(set(answered)) >= 40
    assert set(answered) <= stored
