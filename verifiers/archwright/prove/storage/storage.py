"""Counterexamples of contracts about one table: columns, constraints and triggers that go, and drivers that forget."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Changes, Counterexample
from archwright.prove.migrations import Migrations, module_of
from archwright.prove.text import Edit, SourceText
from archwright.verifiers.storage.tables import DriverRule, TableContract


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
        yield "column dropped", f"the head drops {place}", migrations.dropping_column(name, column)
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
    names = [n for n, unique in table.uniques.items() if frozenset(unique.columns) in wanted]
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


# --- drivers ----------------------------------------------------------------------------------------------------


def _driver_changes(contract: TableContract, rule: DriverRule, bench: Bench) -> Iterator[Counterexample]:
    module = module_of(rule.function, bench)
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
