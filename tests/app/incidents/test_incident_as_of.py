"""The determinism contract, from the route table: every route that takes ``as_of`` refuses a malformed one, echoes it
with the version of the data, and answers the same question with the same bytes whatever was written since.
"""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import httpx
import pytest
from incident_read_history import START, opened, store

from app.db import get_async_session
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext
from app.infra.time import utc_now
from app.main import API_PREFIX, create_app

SCOPES = ("analytics:admin", "costsim:admin", "incidents:admin")
PRIORITY = {
    "/incidents/active",
    "/incidents/resolved",
    "/incidents/historical",
    "/incidents/metrics",
    "/incidents/patterns",
    "/feedback",
    "/feedback/stats/summary",
    "/predictions",
    "/predictions/stats/summary",
}
ROUTES = {
    (method.upper(), path): spec
    for path, methods in create_app().openapi()["paths"].items()
    for method, spec in methods.items()
    if any(p["in"] == "query" and p["name"] == "as_of" for p in spec.get("parameters", []))
}


def iso(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class Caller:
    """A tenant that uses routes and operations."""

    def __init__(self, http: Any, headers: dict[str, str]) -> None:
        self.http, self.headers = http, headers

    async def do(self, operation: str, method: str, **params: Any) -> Any:
        principal = Principal("acme", "tester", frozenset(SCOPES))
        async with get_async_session() as session:
            context = OperationContext.for_principal(principal, session, {"method": method, **params})
            result = await self.http.app.state.registry.execute(operation, context)
        assert result.success, (operation, method, result.error_code, result.error)
        return result.data

    async def post(self, path: str, body: Any) -> Any:
        answer = await self.http.client.post(API_PREFIX + path, json=body, headers=self.headers)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()["data"]

    async def ask(self, method: str, path: str, params: dict[str, str], body: Any = None) -> httpx.Response:
        answer: httpx.Response = await self.http.client.request(
            method, path, params=params, json=body, headers=self.headers
        )
        return answer

    async def write(self, mark: str, *, days: int) -> dict[str, Any]:
        """Something of everything: costs of some days up to now, runs, anomalies, feedback, predictions, incidents;
        returns ids.
        """
        now = utc_now()
        for back in range(days, -1, -1):
            await self.do(
                "analytics.cost_write",
                "record_cost",
                model="gpt",
                cost_cents=Decimal(5000 if back <= 2 else 100),
                user_id=mark,
                created_at=now - dt.timedelta(days=back),
            )
        runs = [
            {
                "id": f"{mark}-{number}",
                "worker_id": f"{mark}-worker",
                "task": "t",
                "status": "failed",
                "error": f"{mark} failed",
                "created_at": iso(now),
            }
            for number in range(4)
        ]
        await self.post("/analytics/signals", {"worker_runs": runs})
        detected = await self.do("analytics.detection", "run_detection", as_of=utc_now())
        feedback = await self.do("analytics.patterns", "run_cycle", as_of=utc_now())
        predicted = await self.do("analytics.prediction", "run_cycle", as_of=utc_now())
        incident = await self.post(
            "/incidents",
            {"severity": "high", "title": f"{mark} is slow", "description": mark, "category": "LATENCY"},
        )
        await self.post(f"/incidents/{incident['incident']['id']}/acknowledge", {})
        plan = [{"skill": "kv_get", "params": {"key": mark}}]
        await self.post("/costsim/v2/simulate", {"plan": plan, "budget_cents": 100, "run_id": f"{mark}-run"})
        recorded = await self.ask("GET", f"{API_PREFIX}/costsim/provenance", {})
        return {
            "input_hash": recorded.json()["data"][0]["input_hash"],
            "anomaly_id": next(iter(detected.incidents), None),
            "feedback_id": str(feedback.feedback_created[0]),
            "prediction_id": str(predicted.predictions_created[0]),
            "incident_id": incident["incident"]["id"],
            "recurrence_signature": incident["incident"]["recurrence_signature"],
        }

    async def change(self, ids: dict[str, Any]) -> None:
        """Move on everything that can move."""
        await self.post(f"/detection/anomalies/{ids['anomaly_id']}/acknowledge", None)
        await self.post(f"/feedback/{ids['feedback_id']}/acknowledge", None)
        incident = f"/incidents/{ids['incident_id']}"
        await self.post(f"{incident}/evidence", {"evidence_type": "note", "payload": {"n": 1}})
        resolution = {"resolution_type": "fixed", "resolution_summary": "Restarted."}
        await self.post(f"{incident}/resolve", resolution)
        await self.post(f"{incident}/postmortem-stub", None)
        await self.post(f"{incident}/reopen", {"reason": "It came back."})


@pytest.fixture(autouse=True)
def sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare the cost models, so that there is a divergence to read."""
    monkeypatch.setenv("COSTSIM_V2_SANDBOX", "true")


@pytest.fixture
async def acme(sandbox: None, http: Any, make_headers: Any) -> Caller:
    return Caller(http, await make_headers("acme", *SCOPES))


def questions(ids: dict[str, Any], as_of: dt.datetime) -> dict[tuple[str, str], dict[str, str]]:
    """Every route with a path and parameters that find something."""
    found = {}
    known = ids | {
        "subject_type": "worker",
        "subject_id": "early-worker",
        "run_id": "early-0",
        "dataset_id": "nothing",
    }
    window = {"from": iso(as_of - dt.timedelta(days=60)), "to": iso(as_of + dt.timedelta(days=1))}
    values = window | {"topic": "active", "category": "COST_ANOMALY"}
    for (method, path), spec in ROUTES.items():
        for name, value in known.items():
            path = path.replace("{" + name + "}", str(value))
        assert "{" not in path, f"name a value for the parameter in {path}"
        required = {p["name"] for p in spec["parameters"] if p["in"] == "query" and p["required"]}
        found[method, path] = {name: values[name] for name in required} | {"as_of": iso(as_of)}
    return found


async def test_the_same_as_of_gives_the_same_bytes_whatever_is_written_later(acme: Caller) -> None:
    ids = await acme.write("early", days=10)
    # Incidents of long ago as well, so that lists of the past are not empty.
    await store([opened("acme", n, START).resolve(START + n * dt.timedelta(hours=1)) for n in range(3)])
    as_of = utc_now()
    asked = questions(ids, as_of)
    body = {"POST": {}}
    first = {route: await acme.ask(*route, params, body.get(route[0])) for route, params in asked.items()}
    for route, answer in first.items():
        assert answer.status_code == (404 if route[1].endswith("nothing") else 200), (route, answer.text)
        if answer.headers["content-type"] == "application/json" and answer.status_code == 200:
            meta = answer.json()["meta"]
            assert meta["as_of"] == iso(as_of), route
            assert meta["data_version"], route
    await acme.change(ids)
    await acme.write("later", days=0)
    again = {route: await acme.ask(*route, params, body.get(route[0])) for route, params in asked.items()}
    answered = [route for route, answer in first.items() if answer.status_code == 200]
    assert [route for route in answered if again[route].content != first[route].content] == []
    # The writes do show at a later moment: what did not change above could have.
    later = {
        route: await acme.ask(*route, params | {"as_of": iso(utc_now())}, body.get(route[0]))
        for route, params in asked.items()
    }
    changed = {
        route[1].removeprefix(API_PREFIX)
        for route, answer in later.items()
        if answer.status_code == 200
        and answer.headers["content-type"] == "application/json"
        and answer.json()["data"] != first[route].json()["data"]
    }
    assert {
        path for path in PRIORITY if path not in ("/incidents/resolved", "/incidents/historical")
    } <= changed
    assert f"/incidents/{ids['incident_id']}" in changed
    assert len(changed) > len(asked) / 2, sorted(changed)


def test_the_priority_reads_take_as_of() -> None:
    assert {API_PREFIX + path for path in PRIORITY} <= {path for _, path in ROUTES}


@pytest.mark.parametrize(
    "wrong",
    ["yesterday", "2026-01-05", "2026-01-05T09:00:00", "2026-01-05T09:00:00+02:00", "9999-01-01T00:00:00Z"],
)
async def test_a_malformed_or_future_as_of_is_a_bad_request_everywhere(acme: Caller, wrong: str) -> None:
    ids = {
        "anomaly_id": "a",
        "feedback_id": str(uuid.uuid4()),
        "prediction_id": str(uuid.uuid4()),
        "incident_id": "i",
        "recurrence_signature": "0" * 64,
        "input_hash": "0" * 64,
    }
    for (method, path), params in questions(ids, utc_now()).items():
        answer = await acme.ask(method, path, params | {"as_of": wrong}, {} if method == "POST" else None)
        assert answer.status_code == 400, (path, answer.text)
        strict = path.startswith(f"{API_PREFIX}/cus/")
        assert answer.json()["error"]["code"] in (
            ("INVALID_QUERY", "INVALID_AS_OF") if strict else ("INVALID_AS_OF",)
        )


async def test_without_as_of_the_answer_is_about_now_and_can_be_asked_again(acme: Caller) -> None:
    await store([opened("acme", n, START) for n in range(3)])
    before = utc_now()
    answer = await acme.ask("GET", f"{API_PREFIX}/incidents/active", {})
    moment = dt.datetime.fromisoformat(answer.json()["meta"]["as_of"])
    assert before <= moment <= utc_now()
    again = await acme.ask("GET", f"{API_PREFIX}/incidents/active", {"as_of": iso(moment)})
    assert again.content == answer.content
