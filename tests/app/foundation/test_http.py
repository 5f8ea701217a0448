import logging
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
import pytest_asyncio
from fastapi import Body, Depends, Query
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_engine
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import get_registry
from app.hoc.api.cus.http.envelope import ErrorDetail, wrap_dict, wrap_error, wrap_list
from app.hoc.api.cus.http.errors import ApiError, http_status, unwrap
from app.hoc.cus.hoc_spine.auth.key_service import revoke_api_key
from app.hoc.cus.hoc_spine.auth.principal import InvalidScopeError, Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationRegistry, OperationResult
from app.infra.database_url import DatabaseTarget

SECRET = "SELECT password FROM accounts"
REQUEST_ID = re.compile(r"req-[0-9a-f]{12}")


def error_of(response: httpx.Response) -> dict[str, Any]:
    """Check the envelope of a failure and return its error."""
    body = response.json()
    assert set(body) == {"success", "error", "meta"}
    assert body["success"] is False
    assert set(body["error"]) == {"code", "message", "details"}
    assert body["meta"]["request_id"] == response.headers["X-Request-ID"]
    return body["error"]


@pytest_asyncio.fixture
async def probe(http: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The application with routes added that behave badly or need a scope."""
    app = http.app

    async def whoami(
        principal: Annotated[Principal, Depends(require_scope("costsim:write"))],
    ) -> dict[str, object]:
        return {"tenant": principal.tenant_id, "actor": principal.actor_id}

    async def explode() -> None:
        raise RuntimeError(SECRET)

    async def refuse() -> None:
        raise ApiError(
            409, "CONFLICT", "Already there.", details=[ErrorDetail(field="run_id", message="taken")]
        )

    async def number(n: Annotated[int, Query(ge=1)], password: Annotated[int, Body(embed=True)]) -> int:
        return n + password

    app.add_api_route("/probe/whoami", whoami)
    app.add_api_route("/probe/explode", explode)
    app.add_api_route("/probe/refuse", refuse)
    app.add_api_route("/probe/number", number, methods=["POST"])
    yield http.client


async def test_a_key_with_the_scope_opens_the_route(probe: httpx.AsyncClient, make_headers: Any) -> None:
    for scope in ("costsim:write", "costsim:admin"):
        headers = await make_headers("acme", scope, actor_id="bot")
        response = await probe.get("/probe/whoami", headers=headers)
        assert response.status_code == 200
        assert response.json() == {"tenant": "acme", "actor": "bot"}


async def test_a_key_without_the_scope_is_forbidden(probe: httpx.AsyncClient, make_headers: Any) -> None:
    for scope in ("costsim:read", "incidents:admin"):
        response = await probe.get("/probe/whoami", headers=await make_headers("acme", scope))
        assert response.status_code == 403
        error = error_of(response)
        assert error["code"] == "FORBIDDEN"
        assert "costsim:write" in error["message"]


async def test_without_a_valid_key_the_answer_is_always_the_same(
    probe: httpx.AsyncClient, make_key: Any
) -> None:
    key = await make_key("acme", "costsim:admin")
    revoked = await make_key("acme", "costsim:admin")
    await revoke_api_key(revoked.split("_")[1])
    attempts = [
        None,
        "",
        "Bearer",
        "Bearer nonsense",
        f"Basic {key}",
        key,
        f"Bearer {key}x",
        f"Bearer {revoked}",
    ]
    errors = []
    for attempt in attempts:
        headers = {"Authorization": attempt} if attempt is not None else {}
        response = await probe.get("/probe/whoami", headers=headers)
        assert response.status_code == 401, attempt
        assert response.headers["WWW-Authenticate"] == "Bearer"
        errors.append(error_of(response))
    assert all(error == errors[0] for error in errors)
    assert (await probe.get("/probe/whoami", headers={"Authorization": f"Bearer {key}"})).status_code == 200


async def test_an_error_nobody_caught_is_logged_and_not_shown(
    probe: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await probe.get("/probe/explode")
    assert response.status_code == 500
    assert error_of(response)["code"] == "INTERNAL_ERROR"
    assert SECRET not in response.text
    assert "RuntimeError" not in response.text
    assert SECRET in caplog.text
    assert response.headers["X-Request-ID"] in caplog.text


async def test_an_api_error_is_shown_as_it_is(probe: httpx.AsyncClient) -> None:
    response = await probe.get("/probe/refuse")
    assert response.status_code == 409
    assert error_of(response) == {
        "code": "CONFLICT",
        "message": "Already there.",
        "details": [{"field": "run_id", "message": "taken"}],
    }


async def test_a_malformed_request_names_every_problem_and_echoes_nothing(probe: httpx.AsyncClient) -> None:
    response = await probe.post("/probe/number", params={"n": 0}, json={"password": "hunter2"})
    assert response.status_code == 422
    error = error_of(response)
    assert error["code"] == "VALIDATION_ERROR"
    assert [detail["field"] for detail in error["details"]] == ["query.n", "body.password"]
    assert "hunter2" not in response.text


async def test_unknown_paths_and_methods_use_the_envelope(client: httpx.AsyncClient) -> None:
    missing = await client.get("/nowhere")
    assert (missing.status_code, error_of(missing)["code"]) == (404, "NOT_FOUND")
    wrong = await client.delete("/healthz")
    assert (wrong.status_code, error_of(wrong)["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert wrong.headers["Allow"] == "GET"


async def test_request_ids_are_the_servers_own_and_fresh(client: httpx.AsyncClient) -> None:
    responses = [await client.get("/healthz", headers={"X-Request-ID": "forged\tline"}) for _ in range(3)]
    ids = {response.headers["X-Request-ID"] for response in responses}
    assert len(ids) == 3
    for response in responses:
        assert REQUEST_ID.fullmatch(response.headers["X-Request-ID"])
        assert response.json()["meta"]["request_id"] == response.headers["X-Request-ID"]


async def test_health_is_ok_with_a_database(client: httpx.AsyncClient) -> None:
    response = await client.get("/healthz")
    assert response.status_code == 200
    assert response.json()["data"] == {"status": "ok"}


async def test_health_needs_no_database_and_readiness_does(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await client.get("/readyz")).json()["data"] == {"status": "ready"}

    async def unreachable(self: AsyncSession, *_: object, **__: object) -> None:
        raise ConnectionRefusedError(SECRET)

    for method in ("execute", "run_sync", "scalar"):
        monkeypatch.setattr(AsyncSession, method, unreachable)
    response = await client.get("/readyz")
    assert response.status_code == 503
    assert error_of(response)["code"] == "UNAVAILABLE"
    assert error_of(response)["message"] == "Not ready: the database does not answer."
    assert SECRET not in response.text
    assert SECRET in caplog.text
    assert (await client.get("/healthz")).status_code == 200


async def test_the_log_of_an_operation_carries_the_request_id(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        response = await client.get("/healthz")
    [line] = [record.message for record in caplog.records if "operation=system.health" in record.message]
    assert f"request={response.headers['X-Request-ID']}" in line


async def test_the_lifespan_builds_a_frozen_registry(http: Any) -> None:
    registry = http.app.state.registry
    assert isinstance(registry, OperationRegistry)
    assert registry.is_frozen
    assert {"analytics.canary", "analytics.canary_reports", "system.health"} <= set(registry.operations)


async def test_every_route_is_described_truly(client: httpx.AsyncClient) -> None:
    """Each route answers success in an envelope and errors in the error envelope, and all but the operators' need a key."""
    document = (await client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    seen = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            seen.add(f"{method.upper()} {path}")
            if path not in ("/healthz", "/readyz", "/metrics"):
                assert operation["security"] == [{"ApiKey": []}], path
            for status, response in operation["responses"].items():
                if set(response["content"]) == {"text/plain"}:
                    assert path == "/metrics"
                    continue
                if set(response["content"]) == {"text/csv"}:
                    assert path.endswith(".csv")
                    continue
                name = response["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
                if status.startswith("2"):
                    assert re.match(r"(AsOf|Filtered)?(List)?Envelope_", name), (path, name)
                    assert schemas[name]["properties"]["success"]["const"] is True
                else:
                    assert name == "ErrorEnvelope", (path, status)
    assert {
        "GET /healthz",
        "POST /api/v1/costsim/canary/run",
        "GET /api/v1/costsim/canary/reports",
        "GET /api/v1/costsim/canary/reports/{run_id}",
    } <= seen
    assert document["components"]["securitySchemes"]["ApiKey"]["scheme"] == "bearer"
    assert (await client.get("/docs")).status_code == 200


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("MISSING_RUN_ID", 400),
        ("INVALID_FILTERS", 400),
        ("UNKNOWN_METHOD", 400),
        ("FORBIDDEN", 403),
        ("NOT_FOUND", 404),
        ("TENANT_NOT_FOUND", 404),
        ("CONFLICT", 409),
        ("UNAVAILABLE", 503),
        ("MISSING_SESSION", 500),
        ("UNKNOWN_OPERATION", 500),
        ("HANDLER_EXCEPTION", 500),
        ("OPERATION_FAILED", 500),
        ("SOMETHING_NEW", 500),
    ],
)
def test_result_codes_have_one_status_each(code: str, status: int) -> None:
    assert http_status(code) == status
    with pytest.raises(ApiError) as caught:
        unwrap(OperationResult.fail("Because.", code))
    assert (caught.value.status, caught.value.code, caught.value.message) == (status, code, "Because.")


def test_unwrap_returns_the_data_of_a_success() -> None:
    assert unwrap(OperationResult.ok({"n": 1})) == {"n": 1}


def test_a_malformed_scope_fails_when_the_route_is_declared() -> None:
    with pytest.raises(InvalidScopeError):
        require_scope("costsim")


@given(total=st.integers(0, 60), limit=st.integers(1, 20))
def test_paging_to_the_end_yields_every_item_once(total: int, limit: int) -> None:
    items = list(range(total))
    collected: list[int] = []
    offset, more = 0, True
    while more:
        page = wrap_list(items[offset : offset + limit], total=total, limit=limit, offset=offset)
        collected += page.data
        offset += limit
        more = page.meta.has_more
        assert more == (len(collected) < total)
    assert collected == items


def test_envelopes_have_the_published_keys() -> None:
    body = wrap_dict({"n": 1}).model_dump(mode="json")
    assert set(body) == {"success", "data", "meta"}
    assert set(body["meta"]) == {"timestamp", "request_id"}
    assert body["meta"]["timestamp"].endswith("Z")
    assert REQUEST_ID.fullmatch(body["meta"]["request_id"])
    assert wrap_error("X", "Y").success is False


@pytest.mark.parametrize("migrated_database_url", ["postgresql"], indirect=True)
async def test_a_server_with_an_old_schema_is_refused_at_start(database: DatabaseTarget) -> None:
    from app.main import create_app
    from app.migrations.runner import SchemaError, downgrade

    await downgrade(database, "base")
    app = create_app()
    with pytest.raises(SchemaError, match="hoc db upgrade"):
        async with app.router.lifespan_context(app):
            pytest.fail("it started")


@pytest.mark.usefixtures("http")
async def test_the_applications_sessions_run_on_the_one_engine(database: DatabaseTarget) -> None:
    assert get_engine().url.database == database.url.database
    async with get_engine().connect() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1


def test_an_app_without_a_lifespan_says_what_is_wrong() -> None:
    class Wrong:
        class app:  # noqa: N801  # mimics request.app
            class state:  # noqa: N801
                registry = None

    with pytest.raises(TypeError, match="create_app"):
        get_registry(Wrong())
