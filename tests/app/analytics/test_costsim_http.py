"""Canary runs and reports over HTTP, end to end on both databases."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.hoc.cus.analytics.L5_engines import canary_artifacts

BASE = "/api/v1/costsim/canary"
KV = {"skill": "kv_get", "params": {"key": "k"}}
DRIFTING = {"skill": "llm_invoke", "params": {"prompt": "x" * 5000}}
BROKEN = {"skill": "http_call", "params": {"timeout": "soon"}}


def body(*plans: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "samples": [
            {"id": f"s{number}", "plan": [plan], "budget_cents": 100} for number, plan in enumerate(plans)
        ],
        **more,
    }


async def run(client: httpx.AsyncClient, headers: dict[str, str], content: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(f"{BASE}/run", json=content, headers=headers)
    assert response.status_code == 200, response.text
    envelope = response.json()
    assert envelope["success"] is True
    assert set(envelope["meta"]) == {"timestamp", "request_id"}
    report: dict[str, Any] = envelope["data"]
    return report


@pytest.mark.parametrize(
    ("content", "status", "source", "errored"),
    [
        (body(*[KV] * 12), "pass", "given", 0),
        (body(*[KV] * 6, *[DRIFTING] * 6), "fail", "given", 0),
        (body(*[BROKEN] * 12), "error", "given", 12),
        ({}, "fail", "synthetic", 0),
    ],
)
async def test_a_run_is_answered_stored_and_found_again(
    client: httpx.AsyncClient,
    make_headers: Any,
    tmp_path: Path,
    content: dict[str, Any],
    status: str,
    source: str,
    errored: int,
) -> None:
    headers = await make_headers()
    report = await run(client, headers, content)
    assert (report["status"], report["passed"], report["source"]) == (status, status == "pass", source)
    assert report["errored_samples"] == errored
    assert bool(report["failure_reasons"]) == (status != "pass")
    for path in report["artifact_paths"]:
        assert (tmp_path / "data" / "costsim_artifacts" / path).is_file()
        assert path in report["artifact_manifest"]

    found = await client.get(f"{BASE}/reports/{report['run_id']}", headers=headers)
    assert found.status_code == 200
    assert found.json()["data"] == report
    listed = (await client.get(f"{BASE}/reports", headers=headers)).json()
    assert listed["data"] == [report]
    assert (listed["meta"]["total"], listed["meta"]["has_more"]) == (1, False)


async def test_the_threshold_of_the_request_decides(client: httpx.AsyncClient, make_headers: Any) -> None:
    headers = await make_headers()
    samples = body(*[{"skill": "llm_invoke", "params": {"prompt": "hi"}}] * 20)
    assert (await run(client, headers, samples))["status"] == "fail"
    assert (await run(client, headers, samples | {"drift_threshold": 1}))["status"] == "pass"


async def test_filters_and_pages(client: httpx.AsyncClient, make_headers: Any) -> None:
    headers = await make_headers()
    runs = []
    for content in (body(*[KV] * 10), body(*[DRIFTING] * 10), body(*[BROKEN] * 10), body(*[KV] * 10)):
        runs.append(await run(client, headers, content))
    newest_first = [report["run_id"] for report in reversed(runs)]

    async def found(**params: Any) -> tuple[list[str], dict[str, Any]]:
        response = await client.get(f"{BASE}/reports", params=params, headers=headers)
        assert response.status_code == 200, response.text
        listed = response.json()
        return [report["run_id"] for report in listed["data"]], listed["meta"]

    assert (await found())[0] == newest_first
    for status, expected in (("pass", [0, 3]), ("fail", [1]), ("error", [2]), ("skipped", [])):
        ids, meta = await found(status=status)
        assert ids == [runs[index]["run_id"] for index in reversed(expected)]
        assert meta["total"] == len(expected)
    assert (await found(passed=False))[0] == [runs[2]["run_id"], runs[1]["run_id"]]

    ids, meta = await found(limit=3)
    assert ids == newest_first[:3]
    assert (meta["total"], meta["limit"], meta["offset"], meta["has_more"]) == (4, 3, 0, True)
    ids, meta = await found(limit=3, offset=3)
    assert ids == newest_first[3:]
    assert (meta["total"], meta["has_more"]) == (4, False)
    ids, meta = await found(offset=50)
    assert (ids, meta["total"]) == ([], 4)

    moments = [datetime.fromisoformat(report["timestamp"]) for report in runs]
    ids, meta = await found(start=moments[1].isoformat(), end=moments[2].isoformat())
    assert ids == [runs[2]["run_id"], runs[1]["run_id"]]
    assert (await found(start=(moments[3] + timedelta(seconds=1)).isoformat()))[0] == []


async def test_tenants_are_apart(client: httpx.AsyncClient, make_headers: Any) -> None:
    ours, theirs = await make_headers("tenant-a"), await make_headers("tenant-b")
    report = await run(client, ours, body(*[KV] * 10))
    assert (await client.get(f"{BASE}/reports", headers=theirs)).json()["data"] == []
    foreign = await client.get(f"{BASE}/reports/{report['run_id']}", headers=theirs)
    unknown = await client.get(f"{BASE}/reports/000000000000", headers=theirs)
    assert foreign.status_code == unknown.status_code == 404
    # A foreign run is answered exactly like one that does not exist.
    assert foreign.json()["error"] == unknown.json()["error"]
    # The tenant cannot be chosen by the client.
    for attempt in (
        client.get(f"{BASE}/reports", params={"tenant_id": "tenant-a"}, headers=theirs),
        client.post(f"{BASE}/run", json={"tenant_id": "tenant-a"}, headers=theirs),
    ):
        assert (await attempt).status_code == 422


async def test_keys_and_scopes(client: httpx.AsyncClient, make_headers: Any) -> None:
    requests = [("POST", f"{BASE}/run"), ("GET", f"{BASE}/reports"), ("GET", f"{BASE}/reports/abc")]
    for method, path in requests:
        for headers in ({}, {"Authorization": "Bearer nonsense"}):
            refused = await client.request(method, path, headers=headers)
            assert refused.status_code == 401
            assert refused.json()["error"]["code"] == "UNAUTHENTICATED"
    reader, writer = (
        await make_headers("tenant-a", "costsim:read"),
        await make_headers("tenant-a", "costsim:write"),
    )
    for headers in (reader, writer):
        assert (await client.post(f"{BASE}/run", json={}, headers=headers)).status_code == 403
        assert (await client.get(f"{BASE}/reports", headers=headers)).status_code == 200
    elsewhere = await make_headers("tenant-a", "incidents:admin")
    for method, path in requests:
        assert (await client.request(method, path, headers=elsewhere, json={})).status_code == 403


@pytest.mark.parametrize(
    "content",
    [
        {"sample_count": 9},
        {"sample_count": 1001},
        {"drift_threshold": 1.5},
        {"drift_threshold": "high"},
        {"samples": []},
        {"samples": [{"id": "a", "plan": []}]},
        {"samples": [{"id": "../a", "plan": [KV]}]},
        {"samples": [{"id": "a", "plan": [{"skill": ""}]}]},
        {"samples": [{"id": "a", "plan": [KV | {"iterations": 0}]}]},
        {"samples": [{"id": "a", "plan": [KV | {"iteration": 2}]}]},
        {"samples": [{"id": "a", "plan": [KV] * 101}]},
        {"samples": [{"id": "a", "plan": [KV], "budget_cents": -1}]},
        {"samples": [{"id": "a", "plan": [KV]}, {"id": "a", "plan": [KV]}]},
        {"samples": [{"id": "a", "plan": [{"skill": "x", "params": {"prompt": "x" * 200_001}}]}]},
        body(*[KV] * 11, sample_count=10),
        [],
    ],
)
async def test_malformed_runs_are_refused_and_leave_nothing(
    client: httpx.AsyncClient, make_headers: Any, tmp_path: Path, content: Any
) -> None:
    headers = await make_headers()
    refused = await client.post(f"{BASE}/run", json=content, headers=headers)
    assert refused.status_code == 422, refused.text
    assert refused.json()["error"]["details"]
    assert (await client.get(f"{BASE}/reports", headers=headers)).json()["meta"]["total"] == 0
    assert not (tmp_path / "data" / "costsim_artifacts").exists()


async def test_json_that_says_not_a_number_is_refused(client: httpx.AsyncClient, make_headers: Any) -> None:
    content = '{"samples": [{"id": "a", "plan": [{"skill": "x", "params": {"n": NaN}}]}]}'
    headers = await make_headers() | {"Content-Type": "application/json"}
    assert (await client.post(f"{BASE}/run", content=content, headers=headers)).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "status=passed",
        "passed=maybe",
        "limit=0",
        "limit=101",
        "offset=-1",
        "offset=99999999999999999999",
        "start=2026-03-01T00:00:00",
        "end=yesterday",
        "state=fail",
    ],
)
async def test_malformed_queries_are_refused(
    client: httpx.AsyncClient, make_headers: Any, query: str
) -> None:
    refused = await client.get(f"{BASE}/reports?{query}", headers=await make_headers())
    assert refused.status_code == 422, refused.text


@pytest.mark.parametrize("run_id", ["a.b", "x" * 65, "%00", "a%20b"])
async def test_a_malformed_run_id_is_refused(
    client: httpx.AsyncClient, make_headers: Any, run_id: str
) -> None:
    refused = await client.get(f"{BASE}/reports/{run_id}", headers=await make_headers())
    assert refused.status_code in (404, 422)


async def test_failing_artifacts_are_our_fault_and_leave_no_row(
    client: httpx.AsyncClient, make_headers: Any, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "costsim_artifacts").write_text("a file where the directory should be")
    headers = await make_headers()
    failed = await client.post(f"{BASE}/run", json={}, headers=headers)
    assert (failed.status_code, failed.json()["error"]["code"]) == (500, "ARTIFACTS_UNAVAILABLE")
    assert str(tmp_path) not in failed.text
    assert (await client.get(f"{BASE}/reports", headers=headers)).json()["meta"]["total"] == 0


async def test_an_internal_error_leaks_nothing(
    client: httpx.AsyncClient, make_headers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> dict[str, str]:
        raise RuntimeError("INSERT INTO secrets VALUES ('hunter2')")

    monkeypatch.setattr(canary_artifacts, "_content", broken)
    headers = await make_headers()
    failed = await client.post(f"{BASE}/run", json={}, headers=headers)
    assert (failed.status_code, failed.json()["error"]["code"]) == (500, "HANDLER_EXCEPTION")
    assert "hunter2" not in failed.text
    assert (await client.get(f"{BASE}/reports", headers=headers)).json()["meta"]["total"] == 0


async def test_concurrent_runs_all_arrive(client: httpx.AsyncClient, make_headers: Any) -> None:
    import asyncio

    headers = await make_headers()
    reports = await asyncio.gather(*(run(client, headers, body(*[KV] * 10)) for _ in range(8)))
    listed = (await client.get(f"{BASE}/reports?limit=100", headers=headers)).json()
    assert {report["run_id"] for report in listed["data"]} == {report["run_id"] for report in reports}
    assert listed["meta"]["total"] == 8


async def test_openapi_states_bodies_and_answers(http: Any) -> None:
    schema = (await http.client.get("/openapi.json")).json()
    for path, method, model in (
        (f"{BASE}/run", "post", "Envelope_CanaryReportOut_"),
        (f"{BASE}/reports", "get", "AsOfListEnvelope_CanaryReportOut_"),
        (f"{BASE}/reports/{{run_id}}", "get", "Envelope_CanaryReportOut_"),
    ):
        operation = schema["paths"][path][method]
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer == {"$ref": f"#/components/schemas/{model}"}
        assert operation["security"]
    listed = schema["paths"][f"{BASE}/reports"]["get"]["parameters"]
    assert {parameter["name"] for parameter in listed} == {
        "status",
        "passed",
        "start",
        "end",
        "limit",
        "offset",
        "as_of",
    }
