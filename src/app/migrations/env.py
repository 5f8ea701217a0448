"""What Alembic runs for every command: migrate over the connection that :mod:`app.migrations.runner` hands
in.
"""

from typing import Any

from alembic import context
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table

from app.models import Base


def _version_table(version_table: str, version_table_schema: str | None) -> Table:
    # Alembic's own table allows 32 characters, our revision names are longer.
    return Table(
        version_table,
        MetaData(),
        Column("version_num", String(128), nullable=False),
        PrimaryKeyConstraint("version_num", name=f"{version_table}_pkc"),
        schema=version_table_schema,
    )


class WideVersionPostgresqlImpl(PostgresqlImpl):
    """PostgreSQL with room for long revision names."""

    __dialect__ = "postgresql"

    def version_table_impl(self, *, version_table: str, version_table_schema: str | None, **_: Any) -> Table:
        """Return the version table."""
        return _version_table(version_table, version_table_schema)


class WideVersionSQLiteImpl(SQLiteImpl):
    """SQLite with room for long revision names, and with DDL inside the transaction, which ``app.db`` makes
    real.
    """

    __dialect__ = "sqlite"
    transactional_ddl = True

    def version_table_impl(self, *, version_table: str, version_table_schema: str | None, **_: Any) -> Table:
        """Return the version table."""
        return _version_table(version_table, version_table_schema)


connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError(
        "No connection to migrate over; run 'hoc db upgrade' or app.migrations.runner.upgrade()."
    )
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=connection.dialect.name == "sqlite"
)
with context.begin_transaction():
    context.run_migrations()
