"""Counterexamples of storage contracts about statements: SQL that names what is not there, and others who write what is owned."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from archwright.contracts.language import Selector
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.migrations import Migrations
from archwright.prove.spread import spread
from archwright.verifiers.storage.statements import Owner, OwnershipContract, StatementsContract, accesses_of

_SITES = 10
_STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_SESSION = "from sqlalchemy import text as zzz_text\n\n\n"


_ADDED = "    session.add(ZzzRow())"
_INSERTED = "    await session.execute(ZzzRow.insert())"
"""What makes a row of a mapped class, and of a table that is a variable."""


def derive_statements(contract: StatementsContract, bench: Bench) -> Iterator[Counterexample]:
    """Tables and columns that code names go, or code names others."""
    migrations = Migrations(contract, bench)
    schema = migrations.schema
    accesses = [
        a
        for a in accesses_of(contract.units, migrations.modules, bench.analysis)
        if a.table in schema.tables and not a.doubt
    ]
    used = sorted(
        {(a.table or "", c) for a in accesses for c in a.columns if c in schema.tables[a.table or ""].columns}
    )
    for table, column in spread(used, _SITES):
        for operator, operation in (
            ("column dropped", f"op.drop_column({table!r}, {column!r})"),
            ("column renamed", f"op.alter_column({table!r}, {column!r}, new_column_name='zzz')"),
        ):
            changes = migrations.then(operation)
            if changes is not None:
                yield counterexample(contract, operator, f"{table}.{column}, which code names, goes", changes)
    for table in spread(sorted({table for table, _ in used}), _SITES):
        changes = migrations.then(f"op.rename_table({table!r}, 'zzz')")
        if changes is not None:
            yield counterexample(contract, "table renamed", f"{table}, which code names, is renamed", changes)
    places = spread(sorted({a.module for a in accesses if a.module in bench.modules}) if used else (), _SITES)
    for turn, module in enumerate(places):
        table, column = used[turn * len(used) // len(places)]
        for operator, statement in (
            ("unknown table", f"DELETE FROM {table}_zzz"),
            ("unknown column", f"UPDATE {table} SET {column}_zzz = 1"),
            ("unknown column read", f"SELECT {column}_zzz FROM {table}"),
            ("unknown column asked", f"SELECT {column} FROM {table} WHERE zzz = 1 ORDER BY {column}"),
        ):
            code = (
                f"{_SESSION}async def zzz_probe(session):\n    await session.execute(zzz_text({statement!r}))"
            )
            yield counterexample(contract, operator, f"{module} runs {statement}", bench.append(module, code))
        yield from _misspelt(contract, bench, module, [c for t, c in used])


def derive_ownership(contract: OwnershipContract, bench: Bench) -> Iterator[Counterexample]:
    """Others write, and where readers are limited read, what belongs to somebody; a table belongs to nobody."""
    migrations = Migrations(contract, bench)
    if contract.total:
        changes = migrations.then(
            "op.create_table('zzz_orphan', sa.Column('id', sa.Integer(), primary_key=True))"
        )
        if changes is not None:
            yield counterexample(
                contract, "table without owner", "the head creates a table nobody owns", changes
            )
    models = {m.table.name: m.cls for m in bench.analysis.storage.models(contract.dialects[0]).declared}
    units = [m for m in bench.matching(contract.units) if m not in migrations.modules]
    for turn, table in enumerate(sorted(migrations.schema.tables)):
        for owner in contract.owners:
            if not any(p.match(table) is not None for p in owner.tables):
                continue
            yield from _trespasses(contract, bench, owner, table, models.get(table), units, turn)


def _trespasses(
    contract: OwnershipContract,
    bench: Bench,
    owner: Owner,
    table: str,
    model: str | None,
    units: list[str],
    turn: int,
) -> Iterator[Counterexample]:
    outsiders = _outside(owner.writers, units, bench)
    if outsiders:
        module = outsiders[turn % len(outsiders)]
        for operator, statement in (
            ("foreign update", f"UPDATE {table} SET id = 1"),
            ("foreign insert", f"INSERT INTO {table} (id) VALUES (1)"),
            ("foreign deletion", f"DELETE FROM {table}"),
        ):
            code = (
                f"{_SESSION}async def zzz_probe(session):\n    await session.execute(zzz_text({statement!r}))"
            )
            yield counterexample(contract, operator, f"{module} runs {statement}", bench.append(module, code))
        if model is not None:
            head, _, cls = model.rpartition(".")
            mapped = bench.analysis.inference.classes.known(model)
            for operator, body in (
                ("foreign row", _ADDED if mapped else _INSERTED),
                (
                    "foreign delete()",
                    "    from sqlalchemy import delete\n\n    await session.execute(delete(ZzzRow))",
                ),
            ):
                code = f"from {head} import {cls} as ZzzRow\n\n\nasync def zzz_probe(session):\n{body}"
                yield counterexample(
                    contract,
                    operator,
                    f"{module} changes rows of {table} as {cls}",
                    bench.append(module, code),
                )
    if owner.readers is not None:
        readers = _outside(owner.readers, units, bench)
        if readers:
            module = readers[turn % len(readers)]
            code = f"{_SESSION}async def zzz_probe(session):\n    await session.execute(zzz_text('SELECT * FROM {table}'))"
            yield counterexample(
                contract, "foreign read", f"{module} reads {table}", bench.append(module, code)
            )


def _outside(owner: Selector, units: list[str], bench: Bench) -> list[str]:
    return [m for m in units if not owner.matches(bench.subject(m))]


def _misspelt(
    contract: StatementsContract, bench: Bench, module: str, columns: list[str]
) -> Iterator[Counterexample]:
    """A column in the text of an existing statement gets another name."""
    text = bench.text(module)
    for node in text.nodes(ast.Constant):
        if not isinstance(node.value, str) or not _STATEMENT.match(node.value):
            continue
        written = text.segment(node)
        column = next((c for c in columns if re.search(rf"\b{c}\b", written)), None)
        if column is not None:
            wrong = re.sub(rf"(?<![:\w]){column}\b", f"{column}_zzz", written)
            if wrong != written:
                yield counterexample(
                    contract,
                    "column misspelt",
                    f"a statement of {module} names {column}_zzz",
                    bench.edit(module, text.replacing(node, wrong)),
                )
                return
