"""Migrate a database from code: there is no alembic.ini, and no state but the database's own.

A whole run is one transaction on both databases, under a lock: two processes that start at once do not
migrate twice, and a revision that fails leaves the schema as it was.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from app.db import create_engine
from app.infra.database_url import DatabaseTarget

T = TypeVar("T")

# Any constant will do, as long as nothing else in the database takes the same advisory lock.
_POSTGRESQL_LOCK = 7_121_000


class SchemaError(RuntimeError):
    """The database's schema is not the one this code needs, or cannot be brought there."""


def head_revision() -> str:
    """Return the newest revision this code knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaError("The migrations contain no revision; the installation is incomplete.")
    return head


async def current_revision(target: DatabaseTarget) -> str | None:
    """Return the revision the database is at, or None for an empty database."""
    return await _on_connection(target, _revision_of)


async def upgrade(target: DatabaseTarget, revision: str = "head") -> None:
    """Bring the schema up to ``revision``.

    Raises:
        SchemaError: when the revision, or the one the database is at, is unknown.
    """
    await _on_connection(target, lambda connection: _run(connection, command.upgrade, revision))


async def downgrade(target: DatabaseTarget, revision: str) -> None:
    """Take the schema back to ``revision`` (``base`` for an empty database), deleting the data that came
    later.

    Raises:
        SchemaError: when the revision, or the one the database is at, is unknown.
    """
    await _on_connection(target, lambda connection: _run(connection, command.downgrade, revision))


async def ensure_schema(target: DatabaseTarget) -> None:
    """Make the schema current: the embedded database is created and migrated, a server's schema is only
    checked.

    Raises:
        SchemaError: when a server's schema is not current; migrating it is its operator's decision.
    """
    current, head = await current_revision(target), head_revision()
    if current == head:
        return
    if target.is_sqlite:
        await upgrade(target)
        return
    raise SchemaError(
        f"The database is at revision {current or 'none'}, this version needs {head}; run 'hoc db upgrade'."
    )


async def _on_connection(target: DatabaseTarget, work: Callable[[Connection], T]) -> T:
    # Batch migrations on SQLite rebuild tables, which enforcement would turn into deleted rows elsewhere.
    engine = create_engine(target, pooled=False, foreign_keys=False)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _run(connection: Connection, migrate: Callable[[Config, str], None], revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRESQL_LOCK})")
    config = _config()
    config.attributes["connection"] = connection
    try:
        migrate(config, revision)
    except CommandError as error:
        raise SchemaError(f"The database cannot be migrated to {revision!r}: {error}") from error
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise SchemaError(
            f"Migrating to {revision!r} would leave rows that refer to nothing; nothing was changed."
        )


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    # A literal percent sign in the path would be read as an interpolation.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
