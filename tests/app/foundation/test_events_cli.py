"""``hoc events`` and ``hoc audit``: what people read of events, changes and calls; and what the server logs."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import hoc
from app.db import get_async_session
from app.hoc.cus.hoc_spine.auth.key_service import create_tenant
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext
from app.lifecycle import run

ARTIFACT = {
    "method": "save",
    "dataset_version": "1",
    "input_window_hash": "a" * 64,
    "compute_code_version": "abc",
}


def call(*arguments: str) -> Result:
    return CliRunner().invoke(hoc, arguments)


def shown(*arguments: str) -> list[dict[str, Any]]:
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def record_artifacts(tenant: str, *datasets: str) -> None:
    """Operations that end in an event each."""
    from app.infra.time import utc_now

    async def work() -> None:
        registry = build_registry()
        await create_tenant(tenant)
        for dataset in datasets:
            async with get_async_session() as session:
                params = {**ARTIFACT, "dataset_id": dataset, "as_of": utc_now()}
                ctx = OperationContext.for_principal(Principal(tenant, "alice", frozenset()), session, params)
                result = await registry.execute("analytics.artifacts", ctx)
                assert result.success, result.error

    run(work)


@pytest.mark.usefixtures("database_env")
def test_tail_prints_events_in_order_and_from_a_number_on() -> None:
    record_artifacts("acme", "a", "b", "c")
    record_artifacts("globex", "z")
    events = shown("events", "tail")
    assert [(event["tenant_id"], event["sequence_no"], event["dataset_id"]) for event in events] == [
        ("acme", 1, "a"),
        ("acme", 2, "b"),
        ("acme", 3, "c"),
        ("globex", 1, "z"),
    ]
    assert shown("events", "tail", "--tenant", "acme", "--from", "3") == [events[2]]
    assert shown("events", "tail", "--type", "incidents.IncidentOpened") == []
    assert (
        shown("events", "tail", "--project", "__system__", "--type", "analytics.ArtifactRecorded") == events
    )


@pytest.mark.usefixtures("database_env")
def test_tail_names_the_types_there_are() -> None:
    result = call("events", "tail", "--type", "analytics.Nothing")
    assert result.exit_code == 2
    assert (
        "There is no event type analytics.Nothing; known are analytics.AnomalyAcknowledged" in result.output
    )


@pytest.mark.usefixtures("database_env")
def test_following_prints_later_events_until_interrupted() -> None:
    record_artifacts("acme", "a")
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "events", "tail", "--follow"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["dataset_id"] == "a"
        record_artifacts("acme", "b")
        assert json.loads(process.stdout.readline())["dataset_id"] == "b"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")
    finally:
        process.kill()
        process.wait()


@pytest.mark.usefixtures("database_env")
def test_dispatches_are_listed_newest_first() -> None:
    record_artifacts("acme", "a", "b")
    calls = shown("audit", "dispatches", "--operation", "analytics.artifacts")
    assert [(entry["tenant_id"], entry["actor_id"], entry["method"]) for entry in calls] == [
        ("acme", "alice", "save")
    ] * 2
    assert calls[0]["dispatched_at"] > calls[1]["dispatched_at"]
    assert shown("audit", "dispatches", "--limit", "1") == calls[:1]
    nothing = call("audit", "dispatches", "--tenant", "nobody")
    assert (nothing.stdout, nothing.stderr) == ("", "Nothing is recorded.\n")


@pytest.mark.usefixtures("database_env")
def test_the_changes_of_a_thing_are_listed() -> None:
    from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import get_audit_ledger_driver
    from app.infra.time import utc_now

    async def work() -> None:
        await create_tenant("acme")
        async with get_async_session() as session, session.begin():
            await session.run_sync(
                lambda sync: get_audit_ledger_driver(sync).append(
                    tenant_id="acme",
                    event_type="incidents.IncidentResolved",
                    entity_type="incident",
                    entity_id="i-1",
                    actor_type="user",
                    actor_id="alice",
                    before_state={"state": "ACKED"},
                    after_state={"state": "RESOLVED"},
                    recorded_at=utc_now(),
                    reason="rolled back",
                )
            )

    run(work)
    arguments = ("audit", "changes", "--tenant", "acme", "--entity-type", "incident", "--entity-id")
    [change] = shown(*arguments, "i-1")
    assert (change["after_state"], change["reason"]) == ({"state": "RESOLVED"}, "rolled back")
    assert shown(*arguments, "i-2") == []


@pytest.mark.usefixtures("database_env")
def test_the_server_logs_json_with_operation_tenant_duration_and_request(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    import httpx

    from app.hoc.cus.hoc_spine.auth.key_service import create_api_key

    issued = run(lambda: create_api_key(tenant_id="acme", name="k", scopes=("analytics:read",)))
    log = tmp_path / "serve.log"
    base = f"http://127.0.0.1:{unused_tcp_port}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(unused_tcp_port)],
            stdout=output,
            stderr=output,
        )
        try:
            deadline = time.monotonic() + 30
            while True:
                try:
                    if httpx.get(f"{base}/readyz", timeout=5).status_code == 200:
                        break
                except httpx.TransportError:
                    assert time.monotonic() < deadline, log.read_text()
                    time.sleep(0.1)
            secret = "q=hunter2"
            answer = httpx.get(
                f"{base}/api/v1/feedback?{secret}",
                headers={"Authorization": f"Bearer {issued.key}"},
                timeout=10,
            )
            good = httpx.get(
                f"{base}/api/v1/feedback", headers={"Authorization": f"Bearer {issued.key}"}, timeout=10
            )
            assert (answer.status_code, good.status_code) == (422, 200)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    [dispatched] = [line for line in lines if line.get("operation") == "analytics.feedback"]
    assert (dispatched["event"], dispatched["tenant_id"], dispatched["success"]) == (
        "operation.dispatched",
        "acme",
        True,
    )
    assert dispatched["duration_ms"] > 0
    assert dispatched["request_id"] == good.headers["X-Request-ID"]
    [refused] = [line for line in lines if line.get("request_id") == answer.headers["X-Request-ID"]]
    assert (refused["event"], refused["path"], refused["status"]) == (
        "request.served",
        "/api/v1/feedback",
        422,
    )
    assert "hunter2" not in log.read_text()
    assert issued.key not in log.read_text()
