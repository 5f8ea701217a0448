"""Counterexamples of agreement: columns only one side has, types and NULL that differ, constraints and tables that go."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.migrations import Migrations, module_of
from archwright.prove.spread import spread
from archwright.verifiers.storage.agreement import AgreeContract

_SITES = 8


def derive_agree(contract: AgreeContract, bench: Bench) -> Iterator[Counterexample]:
    """Columns only one side has, types and NULL that differ, constraints and tables that go."""
    migrations = Migrations(contract, bench)
    models = [
        m
        for m in bench.analysis.storage.models(contract.dialects[0]).declared
        if m.table.name in migrations.schema.tables
        and not any(p.match(m.table.name) is not None for p in contract.except_tables)
        and (contract.models is None or contract.models.matches(bench.subject(module_of(m.cls, bench))))
    ]
    for turn, model in enumerate(spread(models, 2 * _SITES)):
        table = migrations.schema.tables[model.table.name]
        module = module_of(model.cls, bench)
        text = bench.text(module)
        cls = text.definitions.get(model.cls[len(module) + 1 :])
        plain = [c for c in table.columns if c not in table.primary_key]
        if not plain:
            continue
        column = plain[turn % len(plain)]
        for operator, description, changes in (
            (
                "column dropped",
                f"the head drops {table.name}.{column}",
                migrations.dropping_column(table.name, column),
            ),
            (
                "column not created",
                f"{table.name} is created without {column}",
                migrations.without_column(table.name, column),
            ),
            (
                "column added",
                f"the head adds a column to {table.name}",
                migrations.then(
                    f"op.add_column({table.name!r}, sa.Column('zzz', sa.Integer(), nullable=True))"
                ),
            ),
            (
                "column renamed",
                f"the head renames {table.name}.{column}",
                migrations.then(f"op.alter_column({table.name!r}, {column!r}, new_column_name='zzz')"),
            ),
            (
                "NULL changed",
                f"the head lets {table.name}.{column} be NULL, or no longer",
                migrations.then(
                    f"op.alter_column({table.name!r}, {column!r}, nullable={not table.columns[column].nullable})"
                ),
            ),
            (
                "type changed",
                f"the head changes the type of {table.name}.{column}",
                migrations.then(f"op.alter_column({table.name!r}, {column!r}, type_=sa.LargeBinary())"),
            ),
            (
                "table dropped",
                f"the head drops {table.name}",
                migrations.then(f"op.drop_table({table.name!r})"),
            ),
        ):
            if changes is not None:
                yield counterexample(contract, operator, description, changes)
        for name in spread(table.indexes, 1):
            changes = migrations.then(f"op.drop_index({name!r}, {table.name!r})")
            if changes is not None:
                yield counterexample(contract, "index dropped", f"the head drops {name}", changes)
        if isinstance(cls, ast.ClassDef):
            mapped = [
                s
                for s in cls.body
                if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name) and s.target.id == column
            ]
            if module not in migrations.modules and not _has_table(cls):
                extra = text.after(
                    cls.body[-1], "from sqlalchemy import Column, Integer\n\nzzz_extra = Column(Integer)"
                )
                yield counterexample(
                    contract,
                    "column modelled only",
                    f"{model.cls} declares one column more",
                    bench.edit(module, extra),
                )
            for statement in mapped[:1]:
                yield counterexample(
                    contract,
                    "column not modelled",
                    f"{model.cls} no longer declares {column}",
                    bench.edit(module, text.dropping(statement)),
                )


def _has_table(cls: ast.ClassDef) -> bool:
    """Whether a class is given its table whole, as ``__table__``: then its body adds no columns."""
    return any(
        isinstance(n, ast.Name) and n.id == "__table__" and isinstance(n.ctx, ast.Store)
        for n in ast.walk(cls)
    )
