import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import (
    create_engine,
    database_url,
    dispose_engine,
    get_async_session,
    get_async_session_factory,
    get_engine,
)
from app.db_async import AsyncSessionLocal, async_session_context
from app.infra.database_url import DatabaseTarget
from app.lifecycle import running
from app.models import Tenant

on_sqlite = pytest.mark.parametrize("migrated_database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("migrated_database_url", ["postgresql"], indirect=True)

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys, app
for module in pkgutil.walk_packages(app.__path__, "app."):
    if ".migrations." not in module.name:
        importlib.import_module(module.name)
assert "app.main" in sys.modules
"""


async def tenants(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Tenant)) or 0


@pytest.mark.usefixtures("session_factory")
async def test_a_process_has_one_engine() -> None:
    engine = get_engine()
    assert get_engine() is engine
    assert get_async_session_factory().kw["bind"] is engine
    async with AsyncSessionLocal() as one, async_session_context() as two:
        assert one.bind is two.bind is engine
    await dispose_engine()
    assert get_engine() is not engine


@pytest.mark.usefixtures("session_factory")
async def test_what_is_not_committed_is_rolled_back() -> None:
    async with get_async_session() as session:
        session.add(Tenant(id="a"))
        await session.flush()
    with contextlib.suppress(LookupError):
        async with async_session_context() as session:
            session.add(Tenant(id="b"))
            await session.flush()
            raise LookupError
    async with get_async_session() as session:
        assert await tenants(session) == 0
        session.add(Tenant(id="c"))
        await session.commit()
    async with AsyncSessionLocal() as session:
        assert await tenants(session) == 1


@pytest.mark.usefixtures("session_factory")
async def test_the_database_refuses_writes_of_a_read_only_session_and_of_no_other() -> None:
    for _ in range(3):  # the pooled connection changes its kind each time
        async with get_async_session(read_only=True) as session:
            with pytest.raises(DBAPIError, match=r"read-?only"):
                await session.execute(text("INSERT INTO tenants (id, created_at) VALUES ('x', '2026-01-01')"))
        async with get_async_session() as session:
            session.add(Tenant(id="a"))
            await session.flush()


@pytest.mark.usefixtures("session_factory")
async def test_a_reader_does_not_wait_for_a_writer() -> None:
    async with get_async_session() as writer:
        writer.add(Tenant(id="a"))
        await writer.flush()
        async with get_async_session(read_only=True) as reader:
            assert await asyncio.wait_for(tenants(reader), timeout=5) == 0


async def test_schema_changes_are_part_of_the_transaction(session: AsyncSession) -> None:
    await session.execute(text("CREATE TABLE fresh (n INTEGER)"))
    await session.execute(text("INSERT INTO fresh VALUES (1)"))
    await session.rollback()
    with pytest.raises(DBAPIError, match="fresh"):
        await session.execute(text("SELECT * FROM fresh"))


async def test_a_savepoint_undoes_only_its_part(session: AsyncSession) -> None:
    session.add(Tenant(id="a"))
    await session.flush()
    with contextlib.suppress(LookupError):
        async with session.begin_nested():
            session.add(Tenant(id="b"))
            await session.flush()
            raise LookupError
    await session.commit()
    assert list(await session.scalars(select(Tenant.id))) == ["a"]


@on_sqlite  # PostgreSQL needs row locks for this
async def test_concurrent_read_then_write_loses_nothing(
    session_factory: async_sessionmaker[AsyncSession],
) -> None:
    """A deferred BEGIN would fail here: a stale snapshot cannot be upgraded to a writer's."""
    async with session_factory() as session, session.begin():
        await session.execute(text("CREATE TABLE counter (n INTEGER)"))
        await session.execute(text("INSERT INTO counter VALUES (0)"))

    async def increment() -> None:
        async with session_factory() as session, session.begin():
            value = await session.scalar(text("SELECT n FROM counter")) or 0
            await asyncio.sleep(0.001)
            await session.execute(text("UPDATE counter SET n = :n"), {"n": value + 1})

    await asyncio.gather(*(increment() for _ in range(12)))
    async with session_factory() as session:
        assert await session.scalar(text("SELECT n FROM counter")) == 12


@on_sqlite
async def test_sqlite_enforces_foreign_keys_and_writes_ahead(session: AsyncSession) -> None:
    assert await session.scalar(text("PRAGMA foreign_keys")) == 1
    assert await session.scalar(text("PRAGMA journal_mode")) == "wal"
    assert (await session.scalar(text("PRAGMA busy_timeout")) or 0) > 0


@on_postgresql
async def test_pool_settings_reach_the_engine(
    database: DatabaseTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_POOL_SIZE", "3")
    engine = create_engine(database)
    assert "Pool size: 3" in engine.pool.status()
    await engine.dispose()


async def test_the_embedded_database_is_created_and_migrated_on_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HOC_DATA_DIR", str(tmp_path / "deep" / "data"))
    assert not (tmp_path / "deep").exists()
    async with running(), get_async_session() as session:
        assert await tenants(session) == 0
    assert database_url().url.database == str(tmp_path / "deep" / "data" / "hoc.db")
    assert (tmp_path / "deep" / "data" / "hoc.db").is_file()


def test_importing_any_module_neither_reads_the_environment_nor_touches_the_disk(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": "nonsense",
        "DB_POOL_SIZE": "nonsense",
        "HOC_DATA_DIR": str(tmp_path / "data"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
