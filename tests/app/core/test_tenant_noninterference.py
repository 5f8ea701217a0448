"""Naming what another tenant has gives the same answers as naming what nobody has.

Two tenants with the same history send the same requests. Wherever something can be named, one of them names what the
victim has, the other what nobody has. Were there a difference in status, code, shape or any value, it would tell that
the row exists: a key taken across tenants, a reference that is accepted, another tenant's row as the answer.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import httpx
import pytest
from core_tenant import NOON, Tenant, iso
from openapi_schema import ApiDocument, Operation, operations
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import get_async_session, get_engine
from app.hoc.cus.analytics.L5_schemas.cost_rows import CostRecordRow, NewCostRecord
from app.hoc.cus.analytics.L6_drivers.audit_persistence import persist_audit_record
from app.hoc.cus.analytics.L6_drivers.cost_write_driver import get_cost_write_driver
from app.models import Base
from app.models.coordination_audit import CoordinationAuditRecordDB

VICTIM, KNOWING, GUESSING = "victim-tenant", "tenant-knowing", "tenant-guessing"
_SCOPES = ("analytics:admin", "costsim:admin", "incidents:admin")
_TENANT_TABLES = [table for table in Base.metadata.tables.values() if "tenant_id" in table.c]
_GIVEN_BY_CLIENTS = ["victim-key", "victim.tag", "victim-user", "victim-run", "victim-call", "victim-ref"]
_INCIDENT = {"title": "t", "severity": "high", "category": "OTHER"}
_OWN = "own-incident"
_HEX = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?:req-)?[0-9a-f]{12,64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)")


async def test_naming_what_another_tenant_has_is_like_naming_what_nobody_has(
    make_headers: Any, http: Any
) -> None:
    tenants = {}
    for tenant_id in (VICTIM, KNOWING, GUESSING):
        headers = await make_headers(tenant_id, *_SCOPES)
        tenants[tenant_id] = Tenant(tenant_id, http.client, http.app, headers)
    await _fill(tenants[VICTIM])
    own = {}
    for tenant_id in (KNOWING, GUESSING):
        opened = await tenants[tenant_id].post("/incidents", _INCIDENT | {"source_ref": "own"})
        own[tenant_id] = opened.json()["data"]["incident"]["id"]
    before = await _rows(VICTIM)
    document = http.app.openapi()
    named = await _named_by(VICTIM)
    values = sorted(set(named.values()))
    api, different, tried = ApiDocument(document), [], 0
    for operation in operations(document):
        for request in _requests(api, operation, named):
            answers = []
            for tenant_id in (KNOWING, GUESSING):
                path, query, body = request if tenant_id == KNOWING else _unknown(request, values)
                path = path.replace(_OWN, own[tenant_id])
                answer = await _send(tenants[tenant_id], operation, path, query, body)
                assert answer.status_code < 500, (operation.method, path, body, answer.text)
                answers.append(_shape(answer, tenant_id, values))
            tried += 1
            if answers[0] != answers[1]:
                different.append((operation.method, request, answers))
    assert different == []
    assert tried > 150
    assert await _rows(VICTIM) == before


async def test_the_same_key_of_two_tenants_names_two_records(make_tenant: Any) -> None:
    first, second = await make_tenant("tenant-one"), await make_tenant("tenant-two")
    answers = []
    for tenant, cents in ((first, "10"), (second, "99"), (first, "10"), (second, "99")):
        answer = await tenant.post(
            "/cost/record", {"model": "m", "cost_cents": cents, "idempotency_key": "shared-key"}
        )
        assert answer.status_code == 200, answer.text
        answers.append(answer.json()["data"])
    assert [answer["created"] for answer in answers] == [True, True, False, False]
    assert answers[0]["id"] == answers[2]["id"] != answers[1]["id"] == answers[3]["id"]
    assert [Decimal(answer["cost_cents"]) for answer in answers[:2]] == [10, 99]
    used_otherwise = await second.post(
        "/cost/record", {"model": "m", "cost_cents": "10", "idempotency_key": "shared-key"}
    )
    assert used_otherwise.status_code == 409
    assert answers[0]["id"] not in used_otherwise.text


async def test_the_driver_keeps_equal_keys_of_tenants_apart(make_tenant: Any) -> None:
    """Also for callers that give the key themselves: importers, jobs."""
    await make_tenant("tenant-one"), await make_tenant("tenant-two")
    stored = []
    async with get_async_session() as session, session.begin():
        for tenant_id in ("tenant-one", "tenant-two"):
            record = NewCostRecord(tenant_id, "m", Decimal(5), NOON, key="shared-key")
            stored.append(await session.run_sync(_record, record))
    assert [created for _, created in stored] == [True, True]
    assert [row.tenant_id for row, _ in stored] == ["tenant-one", "tenant-two"]


async def test_a_decision_under_an_audit_id_of_another_tenant_is_not_taken_for_recorded(
    make_tenant: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await make_tenant("tenant-one"), await make_tenant("tenant-two")
    audit_id = str(uuid.uuid4())

    async def decide(tenant_id: str, reason: str) -> bool:
        async with get_async_session() as session, session.begin():
            return await session.run_sync(
                lambda sync: persist_audit_record(
                    sync, audit_id, "envelope", "COST", "APPLIED", reason, NOON, tenant_id=tenant_id
                )
            )

    assert await decide("tenant-one", "first")
    assert await decide("tenant-one", "first")
    assert not await decide("tenant-two", "second")
    assert "coordination_audit_dead_letter" in caplog.text
    assert "second" in caplog.text
    async with get_async_session() as session:
        rows = (await session.scalars(select(CoordinationAuditRecordDB))).all()
    assert [(row.tenant_id, row.reason) for row in rows] == [("tenant-one", "first")]


def _record(session: Session, record: NewCostRecord) -> tuple[CostRecordRow, bool]:
    return get_cost_write_driver(session).create_cost_record(record)


async def _fill(victim: Tenant) -> None:
    """Rows of every sort a client may name, under names the others will use."""
    made = {
        "/cost/features": {"tag": "victim.tag", "display_name": "victim"},
        "/cost/record": {"model": "m", "cost_cents": "5", "idempotency_key": "victim-key"},
        "/cost/budgets": {"budget_type": "user", "entity_id": "victim-user", "daily_limit_cents": "5"},
        "/analytics/signals": {
            "worker_runs": [
                {
                    "id": "victim-run",
                    "worker_id": "victim-worker",
                    "task": "t",
                    "status": "failed",
                    "error": "e",
                    "created_at": iso(NOON),
                }
            ]
        },
        "/incidents": _INCIDENT | {"source_ref": "victim-ref"},
        "/incidents/triggers": {"trigger_type": "guard", "call_id": "victim-call"},
        "/incidents/suppression-rules": {"category": "QUIET", "reason": "r"},
    }
    answers = {}
    for path, body in made.items():
        answer = await victim.post(path, body)
        assert answer.status_code < 300, (path, answer.text)
        answers[path] = answer.json()["data"]
    now = NOON
    for operation, method in (("analytics.patterns", "run_cycle"), ("analytics.prediction", "run_cycle")):
        await victim.do(operation, method, as_of=now)
    async with get_engine().connect() as connection:
        incidents = Base.metadata.tables["incidents"]
        incident_id = await connection.scalar(select(incidents.c.id).where(incidents.c.tenant_id == VICTIM))
    postmortem = await victim.post(f"/incidents/{incident_id}/postmortems", {"title": "t", "summary": "s"})
    assert postmortem.status_code < 300, postmortem.text


async def _rows(tenant_id: str) -> dict[str, list[str]]:
    async with get_engine().connect() as connection:
        return {
            table.name: sorted(
                str(tuple(row))
                for row in await connection.execute(select(table).where(table.c.tenant_id == tenant_id))
            )
            for table in _TENANT_TABLES
            if table.name != "event_cursors"
        }


async def _named_by(tenant_id: str) -> dict[str, str]:
    """A value of each column that names rows, by table and column, and what clients gave."""
    found = {value: value for value in _GIVEN_BY_CLIENTS}
    async with get_engine().connect() as connection:
        for table in _TENANT_TABLES:
            for column in table.c:
                if (
                    column.name.endswith(("id", "hash", "signature", "ref", "tag"))
                    and column.name != "tenant_id"
                ):
                    value = await connection.scalar(
                        select(column).where(table.c.tenant_id == tenant_id).order_by(column).limit(1)
                    )
                    if isinstance(value, str | uuid.UUID) and len(str(value)) >= 8:
                        found[f"{table.name}.{column.name}"] = str(value)
    return found


def _fitting(named: Mapping[str, str], name: str) -> list[str]:
    """The values a parameter or field of that name may be meant for; any text where its name tells nothing."""
    stem = name.removesuffix("_id").removesuffix("_artifact")
    fitting = {
        value
        for column, value in named.items()
        if column.endswith(f".{name}") or (stem != name and stem in column and column.endswith("s.id"))
    }
    return sorted(fitting) or [named["victim-key"]]


def _unknown(request: Any, values: list[str]) -> Any:
    """The request with other names of the same form, which nobody has."""
    text = json.dumps(request)
    for value in values:
        text = text.replace(value, _other(value))
    return tuple(json.loads(text))


def _other(value: str) -> str:
    if _HEX.search(value):
        return _HEX.sub(lambda found: found[0][:-1] + ("0" if found[0][-1] != "0" else "1"), value)
    return value.replace("victim", "nobody")


def _shape(answer: httpx.Response, tenant_id: str, values: list[str]) -> str:
    """What is left of an answer when what was sent, who asked, ids and moments are taken out."""
    text = answer.text
    for value in values:
        text = text.replace(value, "<named>").replace(_other(value), "<named>")
    text = _HEX.sub("<id>", text.replace(tenant_id, "<tenant>"))
    return f"{answer.status_code} {_MOMENT.sub('<moment>', text)}"


def _requests(
    api: ApiDocument, operation: Operation, named: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Requests that fit the document and name something in one place: the path, the query or the body."""
    moments = {"from": iso(NOON.replace(day=1)), "to": iso(NOON)}
    query = {p["name"]: moments.get(p["name"], "day") for p in operation.parameters("query") if p["required"]}
    body = None if operation.body is None else _sample(api, operation.body)
    shown = operation.path
    for parameter in operation.parameters("path"):
        for word in _closed(api, parameter["schema"])[:1]:
            shown = shown.replace("{" + parameter["name"] + "}", word)
    for parameter in operation.parameters("path"):
        for value in _fitting(named, parameter["name"]):
            path = shown.replace("{" + parameter["name"] + "}", value)
            if "{" not in path and "/" not in value and _fits(api, parameter["schema"], value):
                yield path, query, body
    own = shown.replace("{incident_id}", _OWN)
    if "{" in own:
        return
    for parameter in operation.parameters("query"):
        for value in _fitting(named, parameter["name"]):
            if not parameter["required"] and _fits(api, parameter["schema"], value):
                yield own, query | {parameter["name"]: value}, body
    for place in _texts(body):
        for value in _fitting(named, next((key for key in reversed(place) if isinstance(key, str)), "")):
            filled = _with(body, place, value)
            if _fits(api, operation.body or {}, filled):
                yield own, query, filled


def _fits(api: ApiDocument, schema: Mapping[str, Any], value: Any) -> bool:
    return not list(api.problems(schema, value))


def _closed(api: ApiDocument, schema: Mapping[str, Any]) -> list[Any]:
    schema = api.resolve(schema)
    return list(schema.get("enum", [schema["const"]] if "const" in schema else []))


def _sample(api: ApiDocument, schema: Mapping[str, Any]) -> Any:
    """A body with everything in it that may be text, and whatever else must be."""
    schema = api.resolve(schema)
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return _sample(api, schema[union][0])
    if closed := _closed(api, schema):
        return closed[0]
    kind = schema.get("type", "object")
    if kind == "object":
        parts = schema.get("properties", {})
        wanted = [
            key for key in parts if key in schema.get("required", ()) or _may_hold_text(api, parts[key])
        ]
        return {key: _sample(api, parts[key]) for key in wanted} or {"note": "text"}
    if kind == "array":
        return [_sample(api, schema["items"])] if "items" in schema else []
    if kind == "string":
        if schema.get("format") == "date-time":
            return iso(NOON)
        fitting = ("text", "some.tag", "TEXT", "1", "a" * 64, "a" * schema.get("minLength", 1))
        return next(text for text in fitting if _fits(api, schema, text))
    return {"integer": schema.get("minimum", 1), "number": 1, "boolean": False}.get(kind)


def _may_hold_text(api: ApiDocument, schema: Mapping[str, Any]) -> bool:
    schema = api.resolve(schema)
    options = [api.resolve(part) for part in schema.get("anyOf", schema.get("oneOf", [schema]))]
    return any(
        part.get("type") in ("array", "object")
        or (part.get("type") == "string" and "format" not in part and not _closed(api, part))
        for part in options
    )


def _texts(body: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the texts of a body are."""
    if isinstance(body, str):
        yield place
    parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, part in parts:
        yield from _texts(part, (*place, key))


def _with(body: Any, place: tuple[Any, ...], value: str) -> Any:
    """The body with a value at one place."""
    if not place:
        return value
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[place[0]] = _with(copy[place[0]], place[1:], value)
    return copy


async def _send(tenant: Tenant, operation: Operation, path: str, query: dict[str, str], body: Any) -> Any:
    content = None if body is None else json.dumps(body)
    return await tenant.client.request(
        operation.method,
        path,
        params=query,
        content=content,
        headers=dict(tenant.headers) | ({} if body is None else {"Content-Type": "application/json"}),
    )
