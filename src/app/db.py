"""The one database engine of a process, created on first use, and the sessions that run on it.

Importing this module reads no environment and opens nothing. Sessions come in two kinds: a session for
writing, and a read-only one that the database itself keeps from writing and that sees one moment of it. On
SQLite a writing transaction starts with ``BEGIN IMMEDIATE``, so it waits for other writers at its start instead
of failing in its middle.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.infra.database_url import DatabaseTarget, parse_database_url
from app.infra.settings import Settings

EMBEDDED_FILE = "hoc.db"
_BUSY_TIMEOUT_MS = 10_000
_READ_ONLY = "hoc_read_only"


@dataclass(frozen=True)
class _Database:
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    read_only_sessions: async_sessionmaker[AsyncSession]


_database: _Database | None = None
_creating = Lock()


def database_url() -> DatabaseTarget:
    """Return the database in force: ``DATABASE_URL``, or the embedded SQLite file below ``HOC_DATA_DIR``
    (``./var``).

    Raises:
        SettingsError, DatabaseUrlError: when the environment holds something unusable.
    """
    settings = Settings.from_env()
    if settings.database_url is not None:
        return parse_database_url(settings.database_url)
    path = settings.data_dir.absolute() / EMBEDDED_FILE
    return parse_database_url(f"sqlite+aiosqlite:///{path}")


def create_engine(target: DatabaseTarget, *, pooled: bool = True, foreign_keys: bool = True) -> AsyncEngine:
    """Create an engine of its own for ``target`` (migrations, tests); the service uses :func:`get_engine`.

    ``foreign_keys=False`` switches SQLite's enforcement off, which rebuilding a table in a migration needs.
    """
    options: dict[str, Any] = {"connect_args": target.connect_args}
    if not pooled:
        options["poolclass"] = NullPool
    elif not target.is_sqlite:
        settings = Settings.from_env()
        options |= {
            "pool_size": settings.pool_size,
            "max_overflow": settings.max_overflow,
            "pool_timeout": 30,
            "pool_recycle": 1800,
            "pool_pre_ping": True,
        }
    if target.is_sqlite and target.url.database is not None:
        Path(target.url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(target.url, **options)
    if target.is_sqlite:
        _make_sqlite_transactional(engine, foreign_keys=foreign_keys)
    return engine


def get_engine() -> AsyncEngine:
    """Return the process's engine, created on first use."""
    return _get_database().engine


def get_async_session_factory(*, read_only: bool = False) -> async_sessionmaker[AsyncSession]:
    """Return the factory of sessions on the process's engine; objects stay readable after a commit."""
    database = _get_database()
    return database.read_only_sessions if read_only else database.sessions


@asynccontextmanager
async def get_async_session(*, read_only: bool = False) -> AsyncIterator[AsyncSession]:
    """Yield a session. It never commits by itself; what is not committed is rolled back, also on error."""
    async with get_async_session_factory(read_only=read_only)() as session:
        yield session


async def dispose_engine() -> None:
    """Close the process's engine and forget it; the next use creates a new one."""
    global _database
    with _creating:
        database, _database = _database, None
    if database is not None:
        await database.engine.dispose()


def _get_database() -> _Database:
    global _database
    with _creating:
        if _database is None:
            engine = create_engine(database_url())
            # SQLite shows a transaction one moment of the database by itself; PostgreSQL has to be told.
            snapshot = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
            reading = engine.execution_options(postgresql_readonly=True, **snapshot, **{_READ_ONLY: True})
            _database = _Database(
                engine=engine,
                sessions=async_sessionmaker(engine, expire_on_commit=False),
                read_only_sessions=async_sessionmaker(reading, expire_on_commit=False),
            )
        return _database


def _make_sqlite_transactional(engine: AsyncEngine, *, foreign_keys: bool) -> None:
    """Take transaction control from the driver, which by default begins late and commits before DDL."""

    def configure(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        # The timeout first: switching a new file to WAL may have to wait for another process doing the same.
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    def begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(_READ_ONLY, False)
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine.sync_engine, "connect", configure)
    event.listen(engine.sync_engine, "begin", begin)
