"""Counterexamples of storage contracts about the schema: columns, constraints and triggers that go, and chains that break."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Changes, Counterexample
from archwright.prove.migrations import Migrations, assigned
from archwright.prove.spread import spread
from archwright.prove.text import Edit, SourceText
from archwright.verifiers.storage_agreement import AgreeContract
from archwright.verifiers.storage_chain import ChainContract
from archwright.verifiers.storage_tables import DriverRule, TableContract

_SITES = 8
_DROPS_TABLE = re.compile(r"(?i)drop[_ ]table(?: if exists)?\W+(\w+)")
_DROPS_INDEX = re.compile(r"(?i)drop[_ ]index")
_WORD = re.compile(r"\w+")
_FORK = """
revision = "zzz_fork"
down_revision = {parent}


def upgrade():
    pass


def downgrade():
    pass
"""


def derive_chain(contract: ChainContract, bench: Bench) -> Iterator[Counterexample]:
    """A second head, a lost parent, an id that is taken, and downgrades that undo nothing, or not all."""
    migrations = Migrations(contract, bench)
    head = migrations.head
    if head is not None and head.parents:
        module = bench.spare(bench.package_of(head.module), "zzz_fork")
        code = _FORK.format(parent=repr(head.parents[0]))
        yield counterexample(
            contract, "second head", f"{module} revises {head.parents[0]}, too", bench.create(module, code)
        )
    for turn, revision in enumerate(spread(migrations.revisions, _SITES)):
        text = bench.text(revision.module)
        parent, name = assigned(text, "down_revision"), assigned(text, "revision")
        if parent is not None and revision.parents:
            yield counterexample(
                contract,
                "lost parent",
                f"{revision.id} revises what is not there",
                bench.edit(revision.module, text.replacing(parent, "'zzz_gone'")),
            )
        others = [r for r in migrations.revisions if r.id != revision.id and r.id is not None]
        if name is not None and others:
            taken = others[turn % len(others)].id
            yield counterexample(
                contract,
                "taken id",
                f"{revision.id} calls itself {taken}",
                bench.edit(revision.module, text.replacing(name, repr(taken))),
            )
        upgrade = migrations.function(revision, "upgrade")
        if upgrade is not None:
            refused = "from alembic import op\n\nop.drop_column('zzz_nowhere', 'zzz')"
            yield counterexample(
                contract,
                "refused operation",
                f"{revision.id} drops a column of a table that does not exist",
                bench.edit(revision.module, text.after(upgrade.body[-1], refused)),
            )
        downgrade = migrations.function(revision, "downgrade")
        if (
            not contract.reversible
            or any(p.match(revision.id or "") is not None for p in contract.irreversible)
            or downgrade is None
        ):
            continue
        own = [s for s in downgrade.body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
        if not own:
            continue
        start, end = text.range(downgrade.body[0])[0], text.range(downgrade.body[-1])[1]
        yield counterexample(
            contract,
            "empty downgrade",
            f"the downgrade of {revision.id} does nothing",
            bench.edit(revision.module, Edit(start, end, "pass")),
        )
        telling = _left_behind(own, text)
        yield counterexample(
            contract,
            "incomplete downgrade",
            f"the downgrade of {revision.id} leaves something behind",
            bench.edit(revision.module, text.dropping(telling[turn % len(telling)])),
        )


def _left_behind(statements: list[ast.Expr], text: SourceText) -> list[ast.Expr]:
    """The statements of a downgrade without which something stays: not those about parts of a table that goes anyway."""
    written = {id(statement): text.segment(statement) for statement in statements}
    dropping = [s for s in statements if _DROPS_TABLE.search(written[id(s)])]
    gone = {name for s in dropping for name in _DROPS_TABLE.findall(written[id(s)])}
    return [
        s
        for s in statements
        if s in dropping
        or not gone
        or not (_DROPS_INDEX.search(written[id(s)]) or gone & set(_WORD.findall(written[id(s)])))
    ]


def derive_agree(contract: AgreeContract, bench: Bench) -> Iterator[Counterexample]:
    """Columns only one side has, types and NULL that differ, constraints and tables that go."""
    migrations = Migrations(contract, bench)
    models = [
        m
        for m in bench.analysis.storage.models(contract.dialects[0]).declared
        if m.table.name in migrations.schema.tables
        and not any(p.match(m.table.name) is not None for p in contract.except_tables)
        and (contract.models is None or contract.models.matches(bench.subject(_module_of(m.cls, bench))))
    ]
    for turn, model in enumerate(spread(models, 2 * _SITES)):
        table = migrations.schema.tables[model.table.name]
        module = _module_of(model.cls, bench)
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
                _drop_column(migrations, table.name, column),
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


def derive_table(contract: TableContract, bench: Bench) -> Iterator[Counterexample]:
    """Whatever the contract asks of the table goes: in the first migration, in the last, and in the drivers."""
    migrations = Migrations(contract, bench)
    table = migrations.schema.tables.get(contract.table)
    if table is None:
        return
    name = str(contract.table)
    for operator, description, changes in _schema_changes(contract, name, migrations):
        if changes is not None:
            yield counterexample(contract, operator, description, changes)
    if contract.append_only:
        for trigger in (
            n for n, t in table.triggers.items() if t.refuses and t.events & {"update", "delete"}
        ):
            changes = migrations.dropping_trigger(name, trigger)
            if changes is not None:
                yield counterexample(
                    contract, "trigger dropped", f"the head drops the trigger {trigger}", changes
                )
        for module, statement in migrations.statements_about(name):
            text = bench.text(module)
            yield counterexample(
                contract,
                "protection left out",
                f"{module} leaves out {text.segment(statement)}",
                bench.edit(module, text.dropping(statement)),
            )
            yield counterexample(
                contract,
                "protection under a condition",
                f"{module} does {text.segment(statement)} on some databases only",
                bench.edit(
                    module,
                    text.around(
                        statement, "from alembic import op\nif op.get_bind().dialect.name == 'sqlite':"
                    ),
                ),
            )
    for rule in contract.drivers:
        yield from _driver_changes(contract, rule, bench)


def _schema_changes(
    contract: TableContract, name: str, migrations: Migrations
) -> Iterator[tuple[str, str, Changes | None]]:
    table = migrations.schema.tables[name]
    yield "table dropped", f"the head drops {name}", migrations.then(f"op.drop_table({name!r})")
    yield "table renamed", f"the head renames {name}", migrations.then(f"op.rename_table({name!r}, 'zzz')")
    for column, rule in contract.columns.items():
        place = f"{name}.{column}"
        changing = f"op.alter_column({name!r}, {str(column)!r}"
        yield "column dropped", f"the head drops {place}", _drop_column(migrations, name, column)
        yield "column not created", f"{place} is not created", migrations.without_column(name, column)
        yield (
            "column renamed",
            f"the head renames {place}",
            migrations.then(f"{changing}, new_column_name='zzz')"),
        )
        if rule.nullable is not None:
            yield (
                "NULL changed",
                f"the head changes whether {place} may be NULL",
                migrations.then(f"{changing}, nullable={not rule.nullable})"),
            )
        if rule.type is not None:
            yield (
                "type changed",
                f"the head changes the type of {place}",
                migrations.then(f"{changing}, type_=sa.LargeBinary())"),
            )
        if rule.length is not None:
            yield (
                "column shortened",
                f"the head shortens {place}",
                migrations.then(f"{changing}, type_=sa.String({rule.length - 1}))"),
            )
    wanted = {frozenset(map(str, columns)) for columns in contract.unique}
    names = [n for n, columns in table.uniques.items() if frozenset(columns) in wanted]
    names += [n for n in table.checks if n in contract.checks]
    remote = set(map(str, contract.foreign_keys))
    names += [n for n, key in table.foreign_keys.items() if remote & set(key.columns)]
    for constraint in names:
        dropped = migrations.then(f"op.drop_constraint({constraint!r}, {name!r})")
        yield "constraint dropped", f"the head drops {constraint}", dropped
        yield (
            "constraint not created",
            f"{constraint} is not created",
            migrations.without_named(name, constraint),
        )
    begins = [tuple(map(str, columns)) for columns in contract.indexes]
    for index, value in table.indexes.items():
        if any(value.columns[: len(b)] == b for b in begins) or (
            value.unique and frozenset(value.columns) in wanted
        ):
            yield (
                "index dropped",
                f"the head drops {index}",
                migrations.then(f"op.drop_index({index!r}, {name!r})"),
            )


def _drop_column(migrations: Migrations, table: str, column: str) -> Changes | None:
    return migrations.then(f"op.drop_column({table!r}, {str(column)!r})")


# --- drivers ----------------------------------------------------------------------------------------------------


def _driver_changes(contract: TableContract, rule: DriverRule, bench: Bench) -> Iterator[Counterexample]:
    module = _module_of(rule.function, bench)
    if module not in bench.modules:
        return
    text = bench.text(module)
    function = text.function(rule.function[len(module) + 1 :])
    if function is None:
        return
    yield counterexample(
        contract,
        "driver does nothing",
        f"{rule.function} does nothing any more",
        bench.edit(module, text.emptied(function)),
    )
    head = text.text.index(function.name, text.range(function)[0])
    start = Edit(head, head + len(function.name), f"{function.name}_zzz")
    yield counterexample(
        contract, "driver gone", f"{rule.function} has another name", bench.edit(module, start)
    )
    columns = [str(c) for c in contract.columns] if "*" in rule.writes else [str(c) for c in rule.writes]
    for column in columns:
        edits = _forgetting(text, column)
        if edits:
            yield counterexample(
                contract,
                "column not written",
                f"{rule.function} forgets {column}",
                bench.edit(module, *edits),
            )


def _forgetting(text: SourceText, column: str) -> list[Edit]:
    """Everything in a driver that gives *column* a value taken out; nothing where some of it cannot be told by its name."""
    spoken = any(n.value == column for n in text.nodes(ast.Constant))
    if spoken:
        return []
    edits = [text.dropping_item(k) for k in text.nodes(ast.keyword) if k.arg == column]
    for statement in text.nodes(ast.Assign):
        if any(isinstance(t, ast.Attribute) and t.attr == column for t in statement.targets):
            edits.append(text.dropping(statement))
    return edits


def _module_of(name: str, bench: Bench) -> str:
    module = name
    while module and not bench.project.has(module):
        module = module.rpartition(".")[0]
    return module
