"""BI-INCIDENT-001 to 003, bound to the operations incidents are really written by: results, over HTTP statuses."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.hoc.api.cus.http.errors import http_status
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.handlers.incidents_write_handler import IncidentsWriteHandler
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.models.identity import Tenant

Factory = async_sessionmaker[AsyncSession]
NEW = {"title": "Checkout fails", "severity": "high", "category": "EXECUTION_FAILURE"}


@pytest.fixture
async def registry(session: AsyncSession) -> OperationRegistry:
    """The system's own registry, with two tenants in its database."""
    session.add_all([Tenant(id="acme"), Tenant(id="globex")])
    await session.commit()
    return build_registry()


async def call(
    factory: Factory, registry: OperationRegistry, method: str, *, tenant: str = "acme", **params: Any
) -> OperationResult:
    principal = Principal(tenant, "alice", frozenset({"incidents:admin"}))
    async with factory() as session:
        ctx = OperationContext.for_principal(principal, session, {"method": method, **params})
        return await registry.execute("incidents.write", ctx)


async def opened(factory: Factory, registry: OperationRegistry) -> str:
    result = await call(factory, registry, "create_incident", **NEW)
    assert result.success, result.error
    incident_id: str = result.data.incident.id
    return incident_id


def refused(result: OperationResult) -> tuple[str | None, int]:
    assert not result.success
    return result.error_code, http_status(result.error_code or "")


def test_the_invariants_are_bound_and_all_enforced() -> None:
    registry = build_registry()
    assert registry.invariants == ["BI-INCIDENT-001", "BI-INCIDENT-002", "BI-INCIDENT-003"]
    assert registry.is_frozen


@pytest.mark.parametrize("severity", ["grave", "", None, 3, ["high"]])
async def test_acceptance_2_bi_incident_002_an_incident_has_a_severity(
    session_factory: Factory, registry: OperationRegistry, severity: Any
) -> None:
    params = {name: value for name, value in NEW.items() if name != "severity"}
    if severity is not None:
        params["severity"] = severity
    assert refused(await call(session_factory, registry, "create_incident", **params)) == (
        "UNPROCESSABLE",
        422,
    )


async def test_acceptance_2_bi_incident_002_an_incident_has_a_tenant(
    session_factory: Factory, registry: OperationRegistry
) -> None:
    result = await call(session_factory, registry, "create_incident", tenant="", **NEW)
    assert refused(result) == ("FORBIDDEN", 403)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("resolve_incident", {"resolution_type": "fixed", "resolution_summary": "done"}),
        ("manual_close_incident", {"reason": "noise"}),
    ],
)
async def test_acceptance_2_bi_incident_003_only_an_open_incident_of_ones_own_is_resolved(
    session_factory: Factory,
    registry: OperationRegistry,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    params: dict[str, Any],
) -> None:
    incident = await opened(session_factory, registry)
    closed = await call(
        session_factory, registry, "manual_close_incident", incident_id=incident, reason="noise"
    )
    assert closed.success, closed.error

    async def never(self: IncidentsWriteHandler, ctx: OperationContext) -> OperationResult:
        pytest.fail("the handler ran")

    monkeypatch.setattr(IncidentsWriteHandler, "execute", never)
    for given, tenant, expected in (
        ("unknown", "acme", ("NOT_FOUND", 404)),
        (incident, "globex", ("NOT_FOUND", 404)),
        (incident, "acme", ("CONFLICT", 409)),
    ):
        result = await call(session_factory, registry, method, tenant=tenant, incident_id=given, **params)
        assert refused(result) == expected


async def test_acceptance_2_bi_incident_001_a_resolved_incident_is_reopened_first(
    session_factory: Factory, registry: OperationRegistry
) -> None:
    incident = await opened(session_factory, registry)
    assert (
        await call(session_factory, registry, "manual_close_incident", incident_id=incident, reason="noise")
    ).success
    result = await call(session_factory, registry, "reactivate_incident", incident_id=incident)
    assert refused(result) == ("CONFLICT", 409)
    reopened = await call(session_factory, registry, "reopen_incident", incident_id=incident, reason="again")
    assert reopened.success, reopened.error
    active = await call(session_factory, registry, "reactivate_incident", incident_id=incident)
    assert active.success, active.error


async def test_a_call_without_an_incident_is_the_handlers_to_refuse(
    session_factory: Factory, registry: OperationRegistry
) -> None:
    assert refused(await call(session_factory, registry, "resolve_incident"))[0] == "INVALID_PARAMS"
