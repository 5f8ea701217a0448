"""No route and no operation lets one tenant read or change another's rows.

The calls are made from the route table: a new route is covered without being named here. It fails this test
when it leaks, and also when nothing was ever found under its path, because then nothing was shown.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from core_tenant import Tenant, iso
from openapi_schema import ApiDocument, Operation, operations
from sqlalchemy import select

from app.db import get_async_session, get_engine
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext
from app.infra.time import utc_now
from app.models import Base

TENANT_TABLES = {name: table for name, table in Base.metadata.tables.items() if "tenant_id" in table.c}
VICTIM, ATTACKER = "victim-tenant", "attacker-tenant"
_KINDS = {"object": {}, "array": [], "integer": 1, "number": 1, "boolean": False, "null": None}


async def fill(tenant: Tenant, mark: str) -> None:
    """Give a tenant rows behind every kind of route, all of them bearing its mark."""
    now = utc_now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    tag = f"{mark}.feature"
    await tenant.do("analytics.cost_write", "create_feature_tag", tag=tag, display_name=f"{mark} name")
    for back in range(16, 0, -1):
        cents = 1000 if back <= 2 else 100
        moment = midnight - dt.timedelta(days=back, hours=-1)
        await tenant.spend(cents, moment, user_id=f"{mark}-user", feature_tag=tag, model=f"{mark}-model")
    await tenant.do(
        "analytics.cost_write",
        "set_budget",
        budget_type="user",
        entity_id=f"{mark}-user",
        monthly_limit_cents=Decimal(1_000_000),
    )
    runs = [
        {
            "id": f"{mark}-run-{number}",
            "worker_id": f"{mark}-worker",
            "task": f"{mark} task",
            "status": "failed",
            "error": f"{mark} error",
            "created_at": iso(now - dt.timedelta(hours=1)),
        }
        for number in range(4)
    ]
    usage = [{"id": f"{mark}-llm", "trace_id": f"{mark}-t", "created_at": iso(now - dt.timedelta(hours=1))}]
    response = await tenant.post("/analytics/signals", {"worker_runs": runs, "llm_usage": usage})
    assert response.status_code == 200, response.text
    for operation, method in (
        ("analytics.detection", "run_detection"),
        ("analytics.patterns", "run_cycle"),
        ("analytics.prediction", "run_cycle"),
    ):
        await tenant.do(operation, method, as_of=utc_now())
    plan = {"skill": "kv_get", "params": {"key": mark}}
    sample = [{"id": f"{mark}-{n}", "plan": [plan], "budget_cents": 100} for n in range(10)]
    assert (await tenant.post("/costsim/canary/run", {"samples": sample})).status_code == 200


async def rows(tenant_id: str) -> dict[str, list[str]]:
    """Everything stored for a tenant, but for how far the relay has come, which moves by itself."""
    async with get_engine().connect() as connection:
        return {
            name: sorted(
                str(tuple(row))
                for row in await connection.execute(select(table).where(table.c.tenant_id == tenant_id))
            )
            for name, table in TENANT_TABLES.items()
            if name != "event_cursors"
        }


async def secrets(tenant_id: str) -> set[str]:
    """Values that name the tenant's rows: keys, and whatever text they hold."""
    found: set[str] = set()
    async with get_engine().connect() as connection:
        for table in TENANT_TABLES.values():
            for row in await connection.execute(select(table).where(table.c.tenant_id == tenant_id)):
                found |= {str(value) for value in row if isinstance(value, str | uuid.UUID)}
    return found


async def names(tenant_id: str) -> dict[str, set[str]]:
    """Values that something may be asked for by, under the names of their columns: ids, hashes, signatures, tags.
    Records of dispatches are left out, nothing can be asked for by those.
    """
    found: dict[str, set[str]] = {}
    async with get_engine().connect() as connection:
        for name, table in TENANT_TABLES.items():
            columns = [c for c in table.c if c.name.endswith(("id", "hash", "signature", "tag"))]
            if name == "dispatch_audit" or not columns:
                continue
            for row in await connection.execute(select(*columns).where(table.c.tenant_id == tenant_id)):
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, str | uuid.UUID):
                        found.setdefault(column.name, set()).add(str(value))
    return found


class Requests:
    """Makes requests to operations of the API document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.api = ApiDocument(document)

    def bodies(self, operation: Operation, mark: str) -> dict[str, Any] | None:
        """A body that fits, with the mark where text is free."""
        return None if operation.body is None else self._sample(operation.body, mark)

    def query(self, operation: Operation) -> dict[str, str]:
        """The required parameters."""
        now = utc_now()
        moments = {"from": iso(now - dt.timedelta(days=60)), "to": iso(now + dt.timedelta(days=1))}
        return {
            p["name"]: moments.get(p["name"]) or str(self._sample(p["schema"], "x"))
            for p in operation.parameters("query")
            if p["required"]
        }

    def paths(self, operation: Operation, known: Mapping[str, set[str]]) -> Iterator[str]:
        """The path with values that its parameters allow: those of columns of the parameter's name, where there
        are any, and all others else.
        """
        names = [p["name"] for p in operation.parameters("path")]
        if not names:
            yield operation.path
            return
        schemas = {p["name"]: self.api.resolve(p["schema"]) for p in operation.parameters("path")}
        enums = {name: schema.get("enum", [schema.get("const")]) for name, schema in schemas.items()}
        free = [name for name in names if enums[name] == [None]]
        everything = set().union(*known.values())
        candidates = set().union(*(known.get(name, set()) for name in free)) or everything
        for value in sorted(candidates):
            if "/" in value or any(list(self.api.problems(schemas[name], value)) for name in free):
                continue
            path = operation.path
            for name in names:
                path = path.replace("{" + name + "}", value if name in free else str(enums[name][0]))
            yield path

    def _sample(self, schema: Mapping[str, Any], mark: str) -> Any:
        schema = self.api.resolve(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self._sample(schema[union][0], mark)
        kind = schema.get("type", "object")
        if kind == "object":
            if not schema.get("properties"):
                return {"note": mark}
            return {
                name: self._sample(schema["properties"][name], mark)
                for name in schema.get("properties", {})
                if not schema.get("required") or name in schema["required"]
            }
        if kind == "array":
            return [self._sample(schema["items"], mark)] * max(1, schema.get("minItems", 1))
        if kind == "string":
            if schema.get("format") == "date-time":
                return iso(utc_now() - dt.timedelta(hours=2))
            if schema.get("format") == "uuid":
                return str(uuid.uuid5(uuid.NAMESPACE_URL, mark))
            fallback = "a" * max(1, schema.get("minLength", 1))
            fitting = (text for text in (mark, mark.upper()) if not list(self.api.problems(schema, text)))
            return next(fitting, fallback)
        return schema.get("minimum", _KINDS[kind])


@pytest.fixture
async def pair(make_tenant: Any, make_headers: Any, http: Any) -> tuple[Tenant, Tenant]:
    """The victim and the attacker, both with every scope and with rows of their own."""
    tenants = []
    for tenant_id in (VICTIM, ATTACKER):
        headers = await make_headers(tenant_id, "analytics:admin", "costsim:admin", "incidents:admin")
        tenant = Tenant(tenant_id, http.client, http.app, headers)
        await fill(tenant, tenant_id.split("-")[0])
        tenants.append(tenant)
    return tenants[0], tenants[1]


async def send(tenant: Tenant, operation: Operation, path: str, query: dict[str, str], body: Any) -> Any:
    content = None if body is None else json.dumps(body)
    return await tenant.client.request(
        operation.method,
        path,
        params=query,
        content=content,
        headers=dict(tenant.headers) | ({} if body is None else {"Content-Type": "application/json"}),
    )


async def test_acceptance_7_no_route_shows_or_changes_another_tenants_rows(
    pair: tuple[Tenant, Tenant],
) -> None:
    victim, attacker = pair
    document = victim.app.openapi()
    requests, known = Requests(document), operations(document)
    # Both use every route first, so that routes this file does not know have something to leak.
    for tenant in pair:
        mark = tenant.id.split("-")[0]
        for operation in known:
            if operation.method != "GET" and not operation.parameters("path"):
                body = requests.bodies(operation, mark)
                await send(tenant, operation, operation.path, requests.query(operation), body)
    mine, theirs = await secrets(VICTIM), await secrets(ATTACKER)
    telling = {value for value in mine - theirs if len(value) >= 8 or "victim" in value}
    asked = {column: values & telling for column, values in (await names(VICTIM)).items()}
    assert len(set().union(*asked.values())) > 30
    before = await rows(VICTIM)
    reached: set[str] = set()
    for operation in known:
        query, body = requests.query(operation), requests.bodies(operation, "attacker")
        for path in requests.paths(operation, asked):
            for extra in ({}, {"tenant_id": VICTIM}, {"tenant": VICTIM}):
                answer = await send(attacker, operation, path, query | extra, body)
                assert answer.status_code < 500, (operation.method, path, answer.text)
                leaked = {secret for secret in telling if secret in answer.text and secret not in path}
                assert not leaked, (operation.method, path, leaked)
    assert await rows(VICTIM) == before
    # What the attacker did not get is there for its owner.
    for operation in known:
        query, body = requests.query(operation), requests.bodies(operation, "victim")
        for path in requests.paths(operation, asked):
            answer = await send(victim, operation, path, query, body)
            if answer.status_code in (200, 409):
                reached.add(f"{operation.method} {operation.path}")
                if operation.method == "GET":
                    break
    # Of a route with a path, something has to exist for the victim; the two below are about nobody's rows.
    unreached = {
        f"{operation.method} {operation.path}"
        for operation in known
        if operation.parameters("path") and "dataset" not in operation.path
    } - reached
    assert not unreached, "give the victim something to be found there, in fill()"


async def test_acceptance_7_no_operation_shows_or_changes_another_tenants_rows(
    pair: tuple[Tenant, Tenant],
) -> None:
    """The same below HTTP: every operation and method, with the victim's keys for every parameter."""
    victim, _ = pair
    before, mine, theirs = await rows(VICTIM), await secrets(VICTIM), await secrets(ATTACKER)
    telling = {value for value in mine - theirs if len(value) >= 8}
    registry = victim.app.state.registry
    now = utc_now()
    principal = Principal(ATTACKER, "attacker", frozenset({"analytics:admin"}))
    common = {"as_of": now, "from_ts": now - dt.timedelta(days=60), "to_ts": now, "resolution": "day"}
    attempts: list[tuple[str, dict[str, Any]]] = [
        ("analytics.query", {"method": "get_usage_statistics", **common}),
        ("analytics.query", {"method": "get_cost_statistics", **common}),
    ]
    for name in ("list_feature_tags", "get_summary", "get_dashboard", "list_budgets", "get_projection"):
        attempts.append(("analytics.cost", {"method": name, "as_of": now}))
    for value in sorted(telling):
        attempts += [
            ("analytics.detection", {"method": "get_anomaly", "anomaly_id": value, "as_of": now}),
            ("analytics.detection", {"method": "acknowledge_anomaly", "anomaly_id": value}),
            (
                "analytics.detection",
                {"method": "resolve_anomaly", "anomaly_id": value, "resolution": "dismissed"},
            ),
            ("analytics.feedback", {"method": "get_feedback", "feedback_id": value, "as_of": now}),
            ("analytics.feedback", {"method": "acknowledge_feedback", "feedback_id": value}),
            ("analytics.prediction_read", {"method": "get", "prediction_id": value, "as_of": now}),
            ("analytics.prediction", {"method": "run_cycle", "worker_id": value, "as_of": now}),
            (
                "analytics.cost_write",
                {"method": "update_feature_tag", "tag": value, "changes": {"is_active": False}},
            ),
        ]
    for operation in registry.operations:
        for method in (
            "list",
            "list_feedback",
            "list_anomalies",
            "run_cycle",
            "get_summary",
            "stats",
            "detect",
        ):
            attempts.append((operation, {"method": method, "as_of": now}))
    for operation, params in attempts:
        async with get_async_session() as session:
            result = await registry.execute(
                operation, OperationContext.for_principal(principal, session, params)
            )
        shown = repr(result.data)
        leaked = {secret for secret in telling if secret in shown and secret not in repr(params)}
        assert not leaked, (operation, params, leaked)
    assert await rows(VICTIM) == before


def test_every_table_of_the_domain_has_a_tenant() -> None:
    without = set(Base.metadata.tables) - set(TENANT_TABLES)
    assert without <= {"tenants", "leader_leases"}
