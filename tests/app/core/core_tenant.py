"""A tenant of the running application that calls operations and routes, and spends in the past."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from sqlalchemy import update

from app.db import get_async_session, get_engine
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext, OperationResult
from app.main import API_PREFIX
from app.models import Base

# A Saturday noon; whole days before it are "closed".
NOON = datetime(2026, 3, 21, 12, tzinfo=UTC)


def day(offset: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment ``offset`` days from the day of NOON."""
    return NOON.replace(hour=hour, minute=minute) + timedelta(days=offset)


def iso(moment: datetime) -> str:
    """As clients write moments."""
    return moment.isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Tenant:
    """One tenant of the running application."""

    id: str
    client: httpx.AsyncClient
    app: Any
    headers: Mapping[str, str]

    async def call(self, operation: str, method: str, **params: Any) -> OperationResult:
        """Run an operation the way routes and commands do."""
        principal = Principal(self.id, "tester", frozenset({"analytics:admin"}))
        async with get_async_session() as session:
            context = OperationContext.for_principal(principal, session, {"method": method, **params})
            result: OperationResult = await self.app.state.registry.execute(operation, context)
            return result

    async def do(self, operation: str, method: str, **params: Any) -> Any:
        """Run an operation that has to succeed and return its data."""
        result = await self.call(operation, method, **params)
        assert result.success, (result.error_code, result.error)
        return result.data

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """GET a route below the API prefix."""
        shown = {key: iso(value) if isinstance(value, datetime) else value for key, value in params.items()}
        return await self.client.get(API_PREFIX + path, params=shown, headers=dict(self.headers))

    async def read(self, path: str, **params: Any) -> Any:
        """GET a route that has to answer 200 and return its data."""
        response = await self.get(path, **params)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        """POST JSON to a route below the API prefix."""
        return await self.client.post(API_PREFIX + path, json=body, headers=dict(self.headers))

    async def spend(self, cents: str | int | Decimal, at: datetime, **fields: Any) -> Any:
        """Record a cost at a moment in the past."""
        fields.setdefault("model", "gpt-small")
        data = await self.do(
            "analytics.cost_write", "record_cost", cost_cents=Decimal(cents), created_at=at, **fields
        )
        return data["record"]

    async def backdate(self, table: str, moment: datetime) -> None:
        """Let everything in a table have been created at a moment in the past."""
        async with get_engine().begin() as connection:
            await connection.execute(
                update(Base.metadata.tables[table])
                .where(Base.metadata.tables[table].c.tenant_id == self.id)
                .values(created_at=moment)
            )
