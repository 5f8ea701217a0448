"""A tenant's desk in the incident tests: calls operations the way routes do, and looks at what they have stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.db import get_async_session, get_engine
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.models import AuditLedgerEntry, Base, EventOutbox

SCOPES = frozenset({"incidents:admin"})
LONG_AGO = datetime(2026, 3, 21, 12, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    """A span of minutes."""
    return timedelta(minutes=count)


@dataclass(frozen=True)
class Desk:
    """One tenant and one of its people."""

    registry: OperationRegistry
    tenant_id: str = "acme"
    actor_id: str = "ann"

    async def call(self, method: str, operation: str = "incidents.write", **params: Any) -> OperationResult:
        """Run an operation."""
        principal = Principal(self.tenant_id, self.actor_id, SCOPES)
        async with get_async_session() as session:
            context = OperationContext.for_principal(principal, session, {"method": method, **params})
            return await self.registry.execute(operation, context)

    async def do(self, method: str, operation: str = "incidents.write", **params: Any) -> Any:
        """Run an operation that has to succeed and return its data."""
        result = await self.call(method, operation, **params)
        assert result.success, (result.error_code, result.error)
        return result.data

    async def refused(self, method: str, operation: str = "incidents.write", **params: Any) -> str | None:
        """Run an operation that has to fail and return the code."""
        result = await self.call(method, operation, **params)
        assert not result.success
        return result.error_code

    async def open(self, **params: Any) -> Any:
        """Open an incident by hand."""
        given = {"title": "The cache is cold", "severity": "high", "category": "CACHE"} | params
        return (await self.do("create_incident", **given)).incident

    async def resolve(self, incident_id: str, **params: Any) -> Any:
        """Resolve an incident."""
        given = {"resolution_type": "fixed", "resolution_summary": "Warmed it."} | params
        return await self.do("resolve_incident", incident_id=incident_id, **given)

    async def bring_to(self, state: str) -> str:
        """Open an incident and lead it to a state; return its id."""
        incident_id: str = (await self.open()).id
        if state == "ACKED":
            await self.do("acknowledge_incident", incident_id=incident_id)
        if state in ("RESOLVED", "REOPENED"):
            await self.resolve(incident_id)
        if state == "REOPENED":
            await self.do("reopen_incident", incident_id=incident_id, reason="It is cold again.")
        return incident_id


async def rows(table: str, **where: Any) -> list[Mapping[str, Any]]:
    """Rows of a table as another connection sees them, in the order of their keys."""
    found = Base.metadata.tables[table]
    async with get_engine().connect() as connection:
        query = select(found).order_by(*found.primary_key.columns)
        for name, value in where.items():
            query = query.where(found.c[name] == value)
        return [dict(row) for row in (await connection.execute(query)).mappings()]


async def timeline(incident_id: str) -> list[Mapping[str, Any]]:
    """The timeline of an incident in order."""
    return sorted(await rows("incident_events", incident_id=incident_id), key=lambda row: row["sequence_no"])


async def audit(entity_id: str) -> list[Mapping[str, Any]]:
    """What the audit ledger says of something, oldest first."""
    return await rows(AuditLedgerEntry.__tablename__, entity_id=entity_id)


async def events(*types: str) -> list[dict[str, Any]]:
    """The events in the outbox, of some types, in their order."""
    stored = sorted(await rows(EventOutbox.__tablename__), key=lambda row: row["sequence_no"])
    return [row["payload"] for row in stored if not types or row["event_type"] in types]
