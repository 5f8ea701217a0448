"""Fixtures of the analytics core: tenants, and tables to compare before and after."""

import itertools
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from core_tenant import Tenant
from sqlalchemy import text

from app.db import get_engine

MakeTenant = Callable[[str], Awaitable[Tenant]]


@pytest.fixture
def make_tenant(http: Any, make_headers: Any) -> MakeTenant:
    """Create a tenant by id, with a key that may do everything in analytics."""

    async def make(tenant_id: str) -> Tenant:
        headers = await make_headers(tenant_id, "analytics:admin")
        return Tenant(tenant_id, http.client, http.app, headers)

    return make


@pytest.fixture
async def acme(make_tenant: MakeTenant) -> Tenant:
    """The usual tenant."""
    return await make_tenant("acme")


@pytest.fixture
def dump() -> Callable[..., Awaitable[dict[str, list[tuple[Any, ...]]]]]:
    """Read whole tables, sorted, to compare before and after."""

    async def read(*tables: str) -> dict[str, list[tuple[Any, ...]]]:
        async with get_engine().connect() as connection:
            return {
                table: sorted(
                    (
                        tuple(map(str, row))
                        for row in await connection.execute(text(f"SELECT * FROM {table}"))
                    ),
                )
                for table in tables
            }

    return read


@pytest.fixture
def numbers() -> Iterator[int]:
    """Numbers that are not repeated within a test: ids for each example of a property."""
    return itertools.count(1)
