"""Incident lists against brute force over random histories: rows, order, totals, echo, on both databases."""

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from incident_read_history import START, History, opened, store

from app.hoc.api.cus.incidents.lifecycle_models import IncidentOut
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import CauseType, IncidentSeverity, LifecycleState
from app.main import API_PREFIX

OPEN = ("ACTIVE", "ACKED", "REOPENED")
# A tenant for each example.
TENANTS = itertools.count(1)
# Whole hours, few of them, so that moments of different incidents and bounds coincide.
HOURS = st.integers(0, 24 * 40)


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


@st.composite
def histories(draw: st.DrawFn, tenant_id: str) -> list[History]:
    """Up to six incidents with up to four steps each."""
    made = []
    for number in range(draw(st.integers(0, 6))):
        at = draw(HOURS)
        history = opened(
            tenant_id,
            number,
            hour(at),
            severity=draw(st.sampled_from(IncidentSeverity)),
            category=draw(st.sampled_from(["COST_ANOMALY", "RATE_LIMIT"])),
            cause_type=draw(st.sampled_from(CauseType)),
            is_synthetic=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 4))):
            at += draw(st.integers(0, 200))
            state = history.now.lifecycle_state
            if state is LifecycleState.RESOLVED:
                history.reopen(hour(at))
            elif draw(st.booleans()):
                history.resolve(hour(at))
            elif state is LifecycleState.ACTIVE:
                history.acknowledge(hour(at))
            else:
                history.escalate(hour(at))
        made.append(history)
    return made


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A list and its parameters."""
    path = draw(st.sampled_from(["", "/active", "/resolved", "/historical"]))
    possible: dict[str, st.SearchStrategy[Any]] = {
        "severity": st.sampled_from([s.value for s in IncidentSeverity]),
        "category": st.sampled_from(["COST_ANOMALY", "RATE_LIMIT", "OTHER"]),
        "cause_type": st.sampled_from([c.value for c in CauseType]),
        "sort_by": st.sampled_from(["created_at", "resolved_at", "severity"]),
        "sort_order": st.sampled_from(["asc", "desc"]),
        "limit": st.integers(1, 4),
        "offset": st.integers(0, 4),
    }
    if path == "/historical":
        possible["retention_days"] = st.integers(7, 20)
    else:
        moments = HOURS.map(lambda number: hour(number).isoformat())
        possible |= {"is_synthetic": st.booleans(), "created_after": moments, "created_before": moments}
    if path in ("", "/resolved"):
        possible |= {"resolved_after": moments, "resolved_before": moments}
    if path == "":
        possible["lifecycle_state"] = st.sampled_from([s.value for s in LifecycleState])
    if path == "/active":
        possible["lifecycle_state"] = st.sampled_from(OPEN)
    chosen = draw(st.lists(st.sampled_from(sorted(possible)), unique=True, max_size=4))
    return path, {name: draw(possible[name]) for name in chosen}


def expected(
    known: list[IncidentRow], path: str, params: Mapping[str, Any], as_of: datetime
) -> list[IncidentRow]:
    """What matches, in order: the definition of the lists, read off their documentation."""

    def matches(row: IncidentRow) -> bool:
        state = row.lifecycle_state.value
        if path == "/active" and state not in OPEN:
            return False
        if path in ("/resolved", "/historical") and state != "RESOLVED":
            return False
        if path == "/historical":
            retention = timedelta(days=params.get("retention_days", 30))
            if row.resolved_at is None or not row.resolved_at < as_of - retention:
                return False
        words = {
            "severity": row.severity.value,
            "category": row.category,
            "cause_type": row.cause_type.value,
            "lifecycle_state": state,
            "is_synthetic": row.is_synthetic,
        }
        bounds = {"created_after": 1, "created_before": -1, "resolved_after": 1, "resolved_before": -1}
        for name, sign in bounds.items():
            if name in params:
                moment = row.created_at if name.startswith("created") else row.resolved_at
                if moment is None:
                    return False
                bound = datetime.fromisoformat(params[name])
                if (moment < bound) if sign > 0 else (moment > bound):
                    return False
        return all(params[name] == value for name, value in words.items() if name in params)

    by_default = "resolved_at" if path in ("/resolved", "/historical") else "created_at"
    key, descending = params.get("sort_by", by_default), params.get("sort_order", "desc") == "desc"
    found = sorted((row for row in known if matches(row)), key=lambda row: row.id)
    if key == "severity":
        return sorted(found, key=lambda row: row.severity.rank, reverse=descending)
    absent = [row for row in found if getattr(row, key) is None]
    present = [row for row in found if getattr(row, key) is not None]
    return sorted(present, key=lambda row: getattr(row, key), reverse=descending) + absent


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_lists_are_what_the_histories_say(
    client: httpx.AsyncClient, make_headers: Any, data: st.DataObject
) -> None:
    tenant_id = f"t{next(TENANTS)}"
    headers = await make_headers(tenant_id, "incidents:read")
    made = data.draw(histories(tenant_id))
    await store(made)
    for _ in range(3):
        path, params = data.draw(questions())
        as_of = hour(data.draw(st.integers(-5, 24 * 75)))
        answer = await client.get(
            f"{API_PREFIX}/incidents{path}", params=params | {"as_of": as_of.isoformat()}, headers=headers
        )
        assert answer.status_code == 200, answer.text
        body = answer.json()
        known = [row for history in made if (row := history.at(as_of)) is not None]
        matching = expected(known, path, params, as_of)
        limit, offset = params.get("limit", 20), params.get("offset", 0)
        page = matching[offset : offset + limit]
        assert [item["id"] for item in body["data"]] == [row.id for row in page]
        assert body["data"] == [IncidentOut.model_validate(row).model_dump(mode="json") for row in page]
        entries = sum(version.since <= as_of for history in made for version in history.versions)
        meta = body["meta"]
        assert meta.pop("filters_applied").keys() >= set(params) - {
            "limit",
            "offset",
            "sort_by",
            "sort_order",
            "lifecycle_state",
        }
        assert meta == {
            "as_of": as_of.isoformat().replace("+00:00", "Z"),
            "data_version": str(entries),
            "total": len(matching),
            "limit": limit,
            "offset": offset,
            "has_more": offset + len(page) < len(matching),
        }


async def test_pages_put_together_are_the_list_without_gap_or_overlap(
    client: httpx.AsyncClient, make_headers: Any
) -> None:
    headers = await make_headers("acme", "incidents:read")
    # All opened at the same moment with the same severity: only the ids tell them apart.
    made = [opened("acme", number, START) for number in range(25)]
    await store(made)
    for sort_by in ("created_at", "resolved_at", "severity"):
        seen: list[str] = []
        while True:
            answer = await client.get(
                f"{API_PREFIX}/incidents/active",
                params={
                    "limit": 10,
                    "offset": len(seen),
                    "sort_by": sort_by,
                    "as_of": START.isoformat(),
                },
                headers=headers,
            )
            body = answer.json()
            seen += [item["id"] for item in body["data"]]
            assert body["meta"]["total"] == 25
            if not body["meta"]["has_more"]:
                break
        assert seen == [history.now.id for history in made]


async def test_incidents_of_a_run(client: httpx.AsyncClient, make_headers: Any) -> None:
    headers = await make_headers("acme", "incidents:read")
    await store([opened("acme", n, START, source_run_id="run-1" if n % 2 else None) for n in range(4)])
    answer = await client.get(f"{API_PREFIX}/incidents/by-run/run-1", headers=headers)
    assert [item["id"] for item in answer.json()["data"]] == ["acme-001", "acme-003"]
    assert answer.json()["meta"]["filters_applied"] == {"source_run_id": "run-1"}


async def test_a_tenant_sees_its_own_incidents_only(client: httpx.AsyncClient, make_headers: Any) -> None:
    await make_headers("other", "incidents:read")
    headers = await make_headers("acme", "incidents:read")
    await store([opened("other", 1, START)])
    for path in ("", "/active", "/resolved", "/historical"):
        answer = await client.get(f"{API_PREFIX}/incidents{path}", headers=headers)
        assert (answer.json()["data"], answer.json()["meta"]["total"]) == ([], 0)
    assert (await client.get(f"{API_PREFIX}/incidents/other-001", headers=headers)).status_code == 404


async def test_a_key_without_the_scope_reads_nothing(client: httpx.AsyncClient, make_headers: Any) -> None:
    headers = await make_headers("acme", "analytics:admin")
    assert (await client.get(f"{API_PREFIX}/incidents", headers=headers)).status_code == 403
