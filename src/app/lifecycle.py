"""What every way of running the system shares: a current schema before, a closed engine after."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from app.db import database_url, dispose_engine
from app.hoc.cus.hoc_spine.orchestrator.coordinators.provenance_coordinator import open_provenance
from app.migrations.runner import ensure_schema

T = TypeVar("T")


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Make the schema current, record provenance meanwhile, yield, and close the engine whatever happens.

    Raises:
        SettingsError, DatabaseUrlError, SchemaError: when there is no usable database.
    """
    try:
        await ensure_schema(database_url())
        async with open_provenance():
            yield
    finally:
        await dispose_engine()


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine function to its end inside :func:`running`: how commands reach the system."""

    async def within() -> T:
        async with running():
            return await main()

    return asyncio.run(within())
