import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, inspect, text

from app.db import create_engine
from app.infra.database_url import DatabaseTarget, parse_database_url
from app.migrations import runner
from app.migrations.runner import (
    SchemaError,
    current_revision,
    downgrade,
    ensure_schema,
    head_revision,
    upgrade,
)
from app.models import Base

T = TypeVar("T")
SCRIPTS = ScriptDirectory.from_config(runner._config())
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


async def on(target: DatabaseTarget, work: Callable[[Connection], T]) -> T:
    engine = create_engine(target, pooled=False)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def schema(connection: Connection) -> dict[str, Any]:
    """Everything the database says about its tables, apart from Alembic's own. Read in bulk: one table at a time
    takes PostgreSQL a minute for all revisions.
    """
    inspector = inspect(connection)
    columns = {
        key: [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in found]
        for key, found in inspector.get_multi_columns().items()
    }
    aspects = {
        "columns": columns,
        "primary": inspector.get_multi_pk_constraint(),
        "foreign": inspector.get_multi_foreign_keys(),
        "unique": inspector.get_multi_unique_constraints(),
        "checks": inspector.get_multi_check_constraints(),
        "indexes": {
            key: [_comparable(index) for index in found]
            for key, found in inspector.get_multi_indexes().items()
        },
    }
    return {
        table: {
            aspect: found[key] if aspect in ("columns", "primary") else sorted(found[key], key=str)
            for aspect, found in aspects.items()
        }
        for key in columns
        if (table := key[1]) != "alembic_version"
    }


def _comparable(index: Any) -> dict[str, Any]:
    """An index with the conditions of partial ones as text; expressions are only equal to themselves."""
    options = {key: str(value) for key, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def test_the_chain_has_one_base_one_head_and_numbered_names() -> None:
    assert len(SCRIPTS.get_heads()) == len(SCRIPTS.get_bases()) == 1
    for script in SCRIPTS.walk_revisions():
        assert Path(script.path).stem == script.revision
        assert len(script.revision) <= 128
        assert script.revision[:3].isdecimal()
    assert sorted(REVISIONS) == REVISIONS
    assert head_revision() == REVISIONS[-1]


async def test_every_downgrade_is_the_inverse_of_its_upgrade(empty_database_url: str) -> None:
    target = parse_database_url(empty_database_url)
    old = await on(target, schema)
    assert old == {}
    before = ["base", *REVISIONS[:-1]]
    for previous, revision in zip(before, REVISIONS, strict=True):
        await upgrade(target, revision)
        new = await on(target, schema)
        assert new != old
        assert await current_revision(target) == revision
        await downgrade(target, previous)
        assert await on(target, schema) == old
        await upgrade(target, revision)
        old = await on(target, schema)
        assert old == new
    await downgrade(target, "base")
    assert await on(target, schema) == {}
    assert await current_revision(target) is None


async def test_models_and_migrations_say_the_same(migrated_database_url: str) -> None:
    target = parse_database_url(migrated_database_url)

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, Base.metadata)

    def checks(connection: Connection) -> dict[str, set[str | None]]:
        inspector = inspect(connection)
        return {
            table: {check["name"] for check in inspector.get_check_constraints(table)}
            for table in Base.metadata.tables
        }

    assert await on(target, differences) == []
    assert await on(target, checks) == {
        name: {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        for name, table in Base.metadata.tables.items()
    }


async def test_the_comparison_would_notice_a_difference(migrated_database_url: str) -> None:
    target = parse_database_url(migrated_database_url)

    def differences_after_a_change(connection: Connection) -> list[Any]:
        connection.execute(text("ALTER TABLE tenants ADD COLUMN extra TEXT"))
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)

    found = await on(target, differences_after_a_change)
    assert [difference[0] for difference in found] == ["remove_column"]


async def test_revision_names_longer_than_alembics_32_characters_fit(migrated_database_url: str) -> None:
    target = parse_database_url(migrated_database_url)

    def width(connection: Connection) -> int:
        [column] = inspect(connection).get_columns("alembic_version")
        return column["type"].length

    assert await on(target, width) == 128


async def test_an_upgrade_that_fails_leaves_the_schema_as_it_was(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = parse_database_url(empty_database_url)

    def upgrade_and_fail(config: Any, revision: str) -> None:
        command_upgrade(config, revision)
        assert inspect(config.attributes["connection"]).get_table_names()
        raise LookupError

    command_upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", upgrade_and_fail)
    with pytest.raises(LookupError):
        await upgrade(target)
    assert await on(target, lambda connection: inspect(connection).get_table_names()) == []


async def test_unknown_revisions_are_named(migrated_database_url: str) -> None:
    target = parse_database_url(migrated_database_url)
    with pytest.raises(SchemaError, match="999_future"):
        await upgrade(target, "999_future")
    await on(target, lambda c: c.execute(text("UPDATE alembic_version SET version_num = '999_future'")))
    with pytest.raises(SchemaError, match="999_future"):
        await ensure_schema(target)


async def test_a_servers_schema_is_checked_and_an_embedded_one_is_migrated(empty_database_url: str) -> None:
    target = parse_database_url(empty_database_url)
    if target.is_sqlite:
        await ensure_schema(target)
    else:
        with pytest.raises(SchemaError, match="hoc db upgrade"):
            await ensure_schema(target)
        assert await on(target, schema) == {}
        await upgrade(target)
    await ensure_schema(target)
    assert await current_revision(target) == head_revision()


async def test_a_migration_waits_for_another_one(empty_database_url: str) -> None:
    target = parse_database_url(empty_database_url)
    engine = create_engine(target, pooled=False)
    try:
        async with engine.begin() as connection:  # on SQLite this alone is the lock
            if not target.is_sqlite:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({runner._POSTGRESQL_LOCK})"))
            migration = asyncio.create_task(upgrade(target))
            done, _ = await asyncio.wait([migration], timeout=0.5)
            assert not done
        await asyncio.wait_for(migration, timeout=10)
    finally:
        await engine.dispose()
    assert await current_revision(target) == head_revision()


async def test_processes_that_start_at_once_migrate_once(empty_database_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": empty_database_url, "HOC_DATA_DIR": str(tmp_path)}
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "app.cli",
            "db",
            "upgrade",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in processes:
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        assert head_revision() in out.decode()
    assert await current_revision(parse_database_url(empty_database_url)) == head_revision()
