"""Simulation, divergence, datasets, provenance and artifacts over HTTP, end to end on both databases."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L6_drivers.leader import LOCK_BASELINE_BACKFILL, leader_election
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.models import CoordinationAuditRecordDB

BASE = "/api/v1/costsim"
ARTIFACTS = "/api/v1/analytics/artifacts"
LLM = {"skill": "llm_invoke", "params": {"prompt": "hi"}}
KV = {"skill": "kv_get", "params": {"key": "k"}}
Client = httpx.AsyncClient


@pytest.fixture(autouse=True)
def sandbox_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COSTSIM_V2_SANDBOX", "true")


async def get(client: Client, headers: dict[str, str], path: str, **params: Any) -> dict[str, Any]:
    response = await client.get(path, headers=headers, params=params)
    assert response.status_code == 200, response.text
    envelope: dict[str, Any] = response.json()
    assert envelope["success"] is True
    return envelope


async def post(client: Client, headers: dict[str, str], path: str, content: Any = None) -> dict[str, Any]:
    response = await client.post(path, headers=headers, json=content)
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


async def simulate(client: Client, headers: dict[str, str], *plan: Any, **more: Any) -> dict[str, Any]:
    return await post(client, headers, f"{BASE}/v2/simulate", {"plan": list(plan), **more})


async def test_a_simulation_is_answered_recorded_and_replayable(client: Client, make_headers: Any) -> None:
    headers = await make_headers()
    answer = await simulate(client, headers, LLM | {"iterations": 10}, budget_cents=100, run_id="run-1")
    assert (answer["v1_feasible"], answer["v1_cost_cents"]) == (True, 50)
    assert answer["v2_result"]["estimated_cost_cents"] == 35
    assert answer["comparison"]["cost_delta_cents"] == -15
    assert (answer["sandbox_enabled"], answer["v2_error"]) == (True, None)

    listed = await get(client, headers, f"{BASE}/provenance")
    [record] = listed["data"]
    assert (listed["meta"]["total"], listed["meta"]["has_more"]) == (1, False)
    assert "as_of" in listed["meta"]
    assert (record["run_id"], record["v1_cost"], record["v2_cost"], record["cost_delta"]) == (
        *("run-1", "50", "35", "-15"),
    )
    detail = (await get(client, headers, f"{BASE}/provenance/{answer['input_hash']}"))["data"]
    assert detail["record"] == record
    assert detail["input"]["plan"] == [LLM | {"iterations": 10}]
    assert detail["output"]["estimated_cost_cents"] == 35

    replayed = await simulate(client, headers, *detail["input"]["plan"], budget_cents=100)
    assert replayed["input_hash"] == answer["input_hash"]
    assert (await get(client, headers, f"{BASE}/provenance"))["meta"]["total"] == 1


async def test_status(client: Client, make_headers: Any) -> None:
    headers = await make_headers()
    await simulate(client, headers, KV)
    status = (await get(client, headers, f"{BASE}/v2/status"))["data"]
    assert status == {
        "sandbox_enabled": True,
        "circuit_breaker_open": None,
        "disabled_by_drift": None,
        "model_version": "2.0.0",
        "adapter_version": "2.0.0",
        "drift_threshold": 0.2,
        "provenance": {"waiting": 0, "written": 1, "spooled": 0, "refused": 0, "dropped": 0},
    }


async def test_divergence_is_that_of_the_recorded_costs(client: Client, make_headers: Any) -> None:
    headers = await make_headers()
    nothing = await client.get(f"{BASE}/divergence", headers=headers)
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (404, "COMPARABLE_DATA_NOT_FOUND")
    await simulate(client, headers, KV)  # 0 and 0
    await simulate(client, headers, LLM)  # 5 and 4
    moment = datetime.now(UTC)
    await simulate(client, headers, LLM, LLM)  # 10 and 7
    report = (await get(client, headers, f"{BASE}/divergence"))["data"]
    assert (report["sample_count"], report["available_samples"]) == (3, 3)
    assert (report["delta_p50"], report["delta_p90"]) == (1.0, 3.0)
    assert report["matching_rate"] == round(1 / 3, 4)
    assert [sample["cost_delta_cents"] for sample in report["detailed_samples"]] == [-3, -1, 0]
    assert report["kl_divergence"] > 0

    # As of a moment the answer stays the same, whatever is simulated since.
    past = await get(client, headers, f"{BASE}/divergence", as_of=moment.isoformat())
    await simulate(client, headers, LLM, LLM, LLM)
    again = await get(client, headers, f"{BASE}/divergence", as_of=moment.isoformat())
    assert past["data"] == again["data"]
    assert past["data"]["sample_count"] == 2
    assert datetime.fromisoformat(past["meta"]["as_of"]) == moment
    stats = (await get(client, headers, f"{BASE}/provenance/stats", as_of=moment.isoformat()))["data"]
    assert (stats["total"], stats["avg_delta"], stats["min_delta"], stats["max_delta"]) == (2, -0.5, -1, 0)


async def test_provenance_pages_and_filters(client: Client, make_headers: Any) -> None:
    headers = await make_headers()
    for number in range(5):
        await simulate(client, headers, *[KV] * (number + 1), run_id=f"run-{number % 2}")
    await simulate(client, headers, {"skill": "http_call", "params": {"timeout": "soon"}})
    page = await get(client, headers, f"{BASE}/provenance", limit=2, offset=1, status="success")
    assert (page["meta"]["total"], page["meta"]["has_more"], len(page["data"])) == (5, True, 2)
    errors = await get(client, headers, f"{BASE}/provenance", status="schema_error")
    assert [record["v1_cost"] for record in errors["data"]] == [None]
    assert (await get(client, headers, f"{BASE}/provenance", run_id="run-1"))["meta"]["total"] == 2
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (await get(client, headers, f"{BASE}/provenance", start_date=later))["data"] == []


async def test_backfill(client: Client, make_headers: Any) -> None:
    headers = await make_headers()
    records = [{"payload": {"n": n}, "cost": "1.5", "run_id": f"old-{n}"} for n in range(3)]
    path = f"{BASE}/provenance/backfill"
    assert await post(client, headers, path, {"records": records}) == {
        "inserted": 3,
        "skipped": 0,
        "errors": 0,
    }
    assert (await post(client, headers, path, {"records": records}))["skipped"] == 3
    listed = (await get(client, headers, f"{BASE}/provenance", variant_slug="v1"))["data"]
    assert {(record["source"], record["v1_cost"]) for record in listed} == {("backfill", "1.5")}
    detail = (await get(client, headers, f"{BASE}/provenance/{listed[0]['input_hash']}"))["data"]
    assert detail["input"] == {"n": 2}
    async with leader_election(LOCK_BASELINE_BACKFILL):
        busy = await client.post(path, headers=headers, json={"records": records})
    assert (busy.status_code, busy.json()["error"]["code"]) == (409, "CONFLICT")


async def test_datasets_and_their_validation(client: Client, make_headers: Any) -> None:
    headers = await make_headers("tenant-a", "costsim:admin", "analytics:read")
    listed = (await get(client, headers, f"{BASE}/datasets"))["data"]
    assert [dataset["id"] for dataset in listed] == sorted(dataset["id"] for dataset in listed)
    assert {dataset["sample_count"] for dataset in listed} == {30, 16, 25, 8, 5}
    info = (await get(client, headers, f"{BASE}/datasets/mixed_city"))["data"]
    assert info["sample_tags"] == ["cache", "enrich", "mail", "notify"]

    result = await post(client, headers, f"{BASE}/datasets/mixed_city/validate")
    assert (result["verdict"], result["dataset_id"]) == ("acceptable", "mixed_city")
    everything = await post(client, headers, f"{BASE}/datasets/validate-all")
    assert everything["all_passed"] is True
    assert set(everything["results"]) == {dataset["id"] for dataset in listed}

    artifacts = await get(client, headers, ARTIFACTS)
    assert artifacts["meta"]["total"] == 5
    [recorded] = (await get(client, headers, f"{ARTIFACTS}/costsim.mixed_city"))["data"]
    assert recorded["dataset_version"] == f"1-{info['content_hash'][:12]}"
    assert recorded["revision"] == 1
    for method, path in (("GET", "unknown"), ("POST", "unknown/validate")):
        missing = await client.request(method, f"{BASE}/datasets/{path}", headers=headers)
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "NOT_FOUND")


async def test_artifacts(client: Client, make_headers: Any) -> None:
    headers = await make_headers("tenant-a", "analytics:write")
    artifact = {
        "dataset_id": "usage.daily",
        "dataset_version": "2026-03-01",
        "input_window": {
            "window_start": "2026-03-01T00:00:00Z",
            "window_end": "2026-03-01T23:59:59Z",
            "filters": {"model": None},
        },
        "as_of": "2026-03-02T02:00:00+02:00",
        "compute_code_version": "abc",
    }
    saved = await post(client, headers, ARTIFACTS, artifact)
    assert saved["outcome"] == "created"
    assert saved["artifact"]["as_of"] == "2026-03-02T00:00:00Z"
    assert (await post(client, headers, ARTIFACTS, artifact))["outcome"] == "unchanged"
    conflict = await client.post(ARTIFACTS, headers=headers, json=artifact | {"compute_code_version": "abd"})
    assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "CONFLICT")
    superseded = await post(
        client, headers, ARTIFACTS, artifact | {"compute_code_version": "abd", "supersede": True}
    )
    assert (superseded["outcome"], superseded["artifact"]["revision"]) == ("superseded", 2)
    found = await get(client, headers, f"{ARTIFACTS}/usage.daily", dataset_version="2026-03-01")
    assert found["data"] == [superseded["artifact"]]
    past = await get(client, headers, f"{ARTIFACTS}/usage.daily", as_of=saved["artifact"]["created_at"])
    assert past["data"] == [saved["artifact"]]
    missing = await client.get(f"{ARTIFACTS}/none", headers=headers)
    assert missing.status_code == 404


async def test_tenants_are_apart(client: Client, make_headers: Any) -> None:
    scopes = ("costsim:admin", "analytics:write")
    ours, theirs = await make_headers("tenant-a", *scopes), await make_headers("tenant-b", *scopes)
    answer = await simulate(client, ours, LLM)
    await post(client, ours, f"{BASE}/datasets/historical/validate")
    assert (await get(client, theirs, f"{BASE}/provenance"))["data"] == []
    assert (await get(client, theirs, f"{BASE}/provenance/stats"))["data"]["total"] == 0
    assert (await get(client, theirs, ARTIFACTS))["data"] == []
    for path in (
        f"{BASE}/provenance/{answer['input_hash']}",
        f"{BASE}/divergence",
        f"{ARTIFACTS}/costsim.historical",
    ):
        assert (await client.get(path, headers=theirs)).status_code == 404
    # The same simulation is theirs as well once they make it.
    assert (await simulate(client, theirs, LLM))["input_hash"] == answer["input_hash"]
    assert (await get(client, theirs, f"{BASE}/provenance"))["meta"]["total"] == 1
    # Nobody can ask in another's name.
    for attempt in (
        client.post(f"{BASE}/v2/simulate", headers=theirs, json={"plan": [LLM], "tenant_id": "tenant-a"}),
        client.get(f"{BASE}/divergence", headers=theirs, params={"tenant_id": "tenant-a"}),
        client.get(f"{BASE}/provenance", headers=theirs, params={"tenant_id": "tenant-a"}),
    ):
        assert (await attempt).status_code == 422


ROUTES = [
    ("GET", f"{BASE}/v2/status", "costsim:read"),
    ("POST", f"{BASE}/v2/simulate", "costsim:write"),
    ("GET", f"{BASE}/divergence", "costsim:read"),
    ("GET", f"{BASE}/datasets", "costsim:read"),
    ("GET", f"{BASE}/datasets/historical", "costsim:read"),
    ("POST", f"{BASE}/datasets/historical/validate", "costsim:write"),
    ("POST", f"{BASE}/datasets/validate-all", "costsim:admin"),
    ("GET", f"{BASE}/provenance", "costsim:read"),
    ("GET", f"{BASE}/provenance/stats", "costsim:read"),
    ("GET", f"{BASE}/provenance/{'a' * 64}", "costsim:read"),
    ("POST", f"{BASE}/provenance/backfill", "costsim:admin"),
    ("GET", ARTIFACTS, "analytics:read"),
    ("GET", f"{ARTIFACTS}/x", "analytics:read"),
    ("POST", ARTIFACTS, "analytics:write"),
]


async def test_keys_and_scopes(client: Client, make_headers: Any) -> None:
    narrower = {"read": None, "write": "read", "admin": "write"}
    for method, path, scope in ROUTES:
        assert (await client.request(method, path)).status_code == 401
        domain, level = scope.split(":")
        other = "analytics" if domain == "costsim" else "costsim"
        insufficient = [f"{other}:admin"]
        if narrower[level]:
            insufficient.append(f"{domain}:{narrower[level]}")
        refused = await client.request(method, path, headers=await make_headers("tenant-a", *insufficient))
        assert refused.status_code == 403, path
        allowed = await client.request(method, path, headers=await make_headers("tenant-a", scope))
        assert allowed.status_code in (200, 404, 422), path


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", f"{BASE}/v2/simulate", {"plan": []}),
        ("POST", f"{BASE}/v2/simulate", {}),
        ("POST", f"{BASE}/v2/simulate", {"plan": [LLM] * 101}),
        ("POST", f"{BASE}/v2/simulate", {"plan": [LLM], "budget_cents": -1}),
        ("POST", f"{BASE}/v2/simulate", {"plan": [{"skill": "x", "params": {"a": "\ud800"}}]}),
        ("POST", f"{BASE}/v2/simulate", {"plan": [LLM], "run_id": "../x"}),
        ("GET", f"{BASE}/divergence?days=0", None),
        ("GET", f"{BASE}/divergence?start_date=2026-01-02T00:00:00Z&end_date=2026-01-01T00:00:00Z", None),
        ("GET", f"{BASE}/divergence?as_of=yesterday", None),
        ("GET", f"{BASE}/provenance?limit=1001", None),
        ("GET", f"{BASE}/provenance?variant_slug=v9", None),
        ("GET", f"{BASE}/provenance/abc", None),
        ("POST", f"{BASE}/provenance/backfill", {"records": []}),
        ("POST", f"{BASE}/provenance/backfill", {"records": [{"payload": {}, "cost": "-1"}]}),
        ("POST", ARTIFACTS, {"dataset_id": "x"}),
    ],
)
async def test_malformed_requests_are_refused(
    client: Client, make_headers: Any, method: str, path: str, content: Any
) -> None:
    headers = await make_headers("tenant-a", "costsim:admin", "analytics:admin")
    headers |= {"Content-Type": "application/json"}
    body = None if content is None else json.dumps(content)
    refused = await client.request(method, path, headers=headers, content=body)
    # A moment to read at is a matter of its own: every route refuses it in the same way.
    assert refused.status_code == (400 if "as_of" in path else 422), refused.text
    assert refused.json()["error"]["details"]


async def test_odd_text_is_recorded_and_read_back(client: Client, make_headers: Any) -> None:
    headers = await make_headers()
    for prompt in ("nul \x00 byte", "ä€😀", '"\\', "\u2028"):
        answer = await simulate(client, headers, {"skill": "llm_invoke", "params": {"prompt": prompt}})
        detail = (await get(client, headers, f"{BASE}/provenance/{answer['input_hash']}"))["data"]
        assert detail["input"]["plan"][0]["params"]["prompt"] == prompt


async def test_a_backfill_record_the_database_refuses_is_an_error_and_no_failure(
    client: Client, make_headers: Any, session: AsyncSession
) -> None:
    if session.get_bind().dialect.name == "sqlite":
        return  # SQLite takes NUL in JSON text
    records = [
        {"payload": {"n": "\x00"}, "cost": "1"},
        {"payload": {"n": 1}, "cost": str(Decimal("0.000001"))},
    ]
    path = f"{BASE}/provenance/backfill"
    assert await post(client, await make_headers(), path, {"records": records}) == {
        "inserted": 1,
        "skipped": 0,
        "errors": 1,
    }


async def test_with_provenance_switched_off_simulations_are_answered_and_not_recorded(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, make_headers: Any, database_env: str
) -> None:
    from app.main import create_app

    monkeypatch.setenv("COSTSIM_PROVENANCE_ENABLED", "false")
    app = create_app()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://hoc.test") as client,
    ):
        headers = await make_headers()
        answer = await simulate(client, headers, LLM)
        assert answer["input_hash"] is None
        assert answer["comparison"] is not None
        assert (await get(client, headers, f"{BASE}/v2/status"))["data"]["provenance"] is None
        assert (await get(client, headers, f"{BASE}/provenance"))["data"] == []


async def test_a_canary_replays_what_was_simulated(
    client: Client, make_headers: Any, session: AsyncSession
) -> None:
    headers = await make_headers()
    for number in range(12):
        await simulate(client, headers, {"skill": "kv_get", "params": {"key": str(number)}})
    await simulate(client, headers, {"skill": "http_call", "params": {"timeout": "soon"}})  # no success
    report = await post(client, headers, f"{BASE}/canary/run", {})
    assert (report["source"], report["total_samples"], report["status"]) == ("provenance", 12, "pass")
    limited = await post(client, headers, f"{BASE}/canary/run", {"sample_count": 10})
    assert limited["total_samples"] == 10
    # Another tenant has simulated nothing.
    theirs = await post(client, await make_headers("tenant-b"), f"{BASE}/canary/run", {})
    assert theirs["source"] == "synthetic"

    audit = list(await session.scalars(select(CoordinationAuditRecordDB)))
    assert sorted(record.envelope_id for record in audit) == sorted(
        f"canary:{run['run_id']}" for run in (report, limited, theirs)
    )
    assert {(record.envelope_class, record.decision) for record in audit} == {("COST", "APPLIED")}


async def test_all_analytics_operations_register() -> None:
    assert set(build_registry().operations) >= {
        "analytics.query",
        "analytics.detection",
        "analytics.canary_reports",
        "analytics.canary",
        "analytics.costsim.status",
        "analytics.costsim.simulate",
        "analytics.costsim.divergence",
        "analytics.costsim.datasets",
        "analytics.costsim.provenance",
        "analytics.artifacts",
    }
