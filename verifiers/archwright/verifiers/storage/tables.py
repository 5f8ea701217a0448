"""Tables as contracts: what the replayed schema must contain, who touches it, and which driver methods persist and read it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.errors import suggestion
from archwright.contracts.language import NOWHERE, Located, Problem, Selector
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.storage.access import Access
from archwright.project.storage.schema import Schema, Table
from archwright.project.storage.sqltypes import FAMILIES
from archwright.verifiers.storage.statements import accesses_of, subject_of
from archwright.verifiers.storage.storage import Ledger, StorageContract, selected_modules

_EVERYTHING = Selector(any_of=())


class ColumnRule(msgspec.Struct, frozen=True, kw_only=True):
    """What one column must be."""

    type: Annotated[Located | None, Meta(description="Its type family: string, timestamptz, json, ...")] = (
        None
    )
    nullable: Annotated[bool | None, Meta(description="Whether it may be NULL")] = None
    length: Annotated[int | None, Meta(description="How many characters it holds, at least")] = None
    origin: Location = NOWHERE

    def problems(self) -> Iterator[Problem]:
        """A type family nobody knows."""
        if self.type is not None and self.type not in FAMILIES:
            message = f'there is no type family "{self.type}"'
            yield Problem(self.type.origin, message, suggestion(self.type, FAMILIES, "families"))


class DriverRule(msgspec.Struct, frozen=True, kw_only=True):
    """A function that must exist and do its part, helpers included."""

    function: Annotated[Located, Meta(description="give its qualified name: app.drivers.Orders.save")]
    writes: Annotated[
        tuple[Located, ...], Meta(description="Columns it stores; '*' for all of the contract")
    ] = ()
    reads: Annotated[tuple[Located, ...], Meta(description="Columns it reads back; '*' for all")] = ()
    origin: Location = NOWHERE


class TableContract(StorageContract, frozen=True, kw_only=True):
    """A table of the replayed schema with its columns, constraints, writers, readers and drivers."""

    table: Annotated[Located, Meta(description="name the table")]
    columns: Annotated[
        Mapping[Located, ColumnRule], Meta(description="Column: {type, nullable, length}")
    ] = {}
    primary_key: Annotated[tuple[Located, ...], Meta(description="The columns of its primary key")] = ()
    unique: Annotated[
        tuple[tuple[Located, ...], ...], Meta(description="Lists of columns that identify a row")
    ] = ()
    indexes: Annotated[
        tuple[tuple[Located, ...], ...], Meta(description="Lists of columns an index begins with")
    ] = ()
    checks: Annotated[tuple[Located, ...], Meta(description="Names of checks that must be in force")] = ()
    foreign_keys: Annotated[Mapping[Located, Located], Meta(description="Column: table.column")] = {}
    append_only: Annotated[bool, Meta(description="Whether triggers must refuse update and delete")] = False
    units: Annotated[
        Selector | None, Meta(description="The modules whose accesses are judged; default: all")
    ] = None
    writers: Annotated[Selector | None, Meta(description="Who may change its rows")] = None
    readers: Annotated[Selector | None, Meta(description="Who may read its rows")] = None
    drivers: Annotated[
        tuple[DriverRule, ...], Meta(description="Functions that must exist and write and read its columns")
    ] = ()


def check_table(contract: TableContract, analysis: Analysis) -> CheckResult:
    """Judges the table on every dialect, then everything that touches it."""
    ledger = Ledger(contract)
    modules = list(selected_modules(contract.migrations, analysis))
    for dialect in contract.dialects:
        history = analysis.storage.history(modules, dialect)
        head = history.replays[-1].revision.at if history.replays else contract.origin
        _judge_schema(contract, history.schema, dialect, head, ledger)
    if contract.writers is not None or contract.readers is not None:
        for module_access in _accesses(contract, modules, analysis):
            _judge_access(contract, module_access, analysis, ledger)
    for rule in contract.drivers:
        _judge_driver(contract, rule, analysis, ledger)
    return ledger.tell().result()


# --- the schema -------------------------------------------------------------------------------------------------


def _judge_schema(
    contract: TableContract, schema: Schema, dialect: str, head: Location, ledger: Ledger
) -> None:
    name, doubt = str(contract.table), schema.doubt_about(contract.table)
    table = schema.tables.get(contract.table)
    if doubt is not None:
        message = f"what migrations make of table `{name}` cannot be told: {doubt.reason}"
        ledger.undecided("schema-not-told", (name,), message, doubt.at, dialect)
        return
    if table is None:
        message = f"no migration leaves a table `{name}` behind"
        ledger.failed("no-such-table", (name,), message, head, dialect)
        return
    ledger.passed(name)
    for column, rule in contract.columns.items():
        _judge_column(table, column, rule, dialect, ledger)
    at = table.at or contract.origin
    sets = table.unique_sets()
    for columns in contract.unique:
        _judge_part(ledger, frozenset(columns) in sets, "unique", table, columns, at, dialect)
    for columns in contract.indexes:
        begins = any(i.columns[: len(columns)] == columns for i in table.indexes.values())
        _judge_part(ledger, begins, "index", table, columns, at, dialect)
    if contract.primary_key:
        same = set(contract.primary_key) == set(table.primary_key)
        _judge_part(ledger, same, "primary key", table, contract.primary_key, at, dialect)
    for check in contract.checks:
        _judge_part(ledger, check in table.checks, "check", table, (check,), at, dialect)
    for column, target in contract.foreign_keys.items():
        _judge_part(
            ledger,
            _refers(table, column, target, schema),
            "foreign key",
            table,
            (column, target),
            at,
            dialect,
        )
    if contract.append_only:
        refused = {e for t in table.triggers.values() if t.refuses for e in t.events}
        for event in ("update", "delete"):
            _judge_part(
                ledger, event in refused, "trigger that refuses", table, (Located(event),), at, dialect
            )


def _judge_column(table: Table, name: str, rule: ColumnRule, dialect: str, ledger: Ledger) -> None:
    site, column = (table.name, str(name)), table.columns.get(name)
    at = table.at or NOWHERE
    if column is None:
        message = f"`{table.name}` has no column `{name}` once all migrations have run"
        ledger.failed("missing-column", site, message, at, dialect)
        return
    at = column.at or at
    ledger.passed(*site)
    label = f"`{table.name}.{name}`"
    if rule.type is not None:
        if not column.type.known:
            ledger.undecided("type-not-told", site, f"the type of {label} cannot be told", at, dialect)
        elif column.type.family != rule.type:
            message = f"{label} is {column.type}, not {rule.type}"
            ledger.failed("type-differs", site, message, at, dialect)
    if (
        rule.length is not None
        and column.type.family == "string"
        and column.type.size < (rule.length,)
        and column.type.size
    ):
        message = f"{label} holds {column.type.size[0]} characters, not {rule.length}"
        ledger.failed("length-differs", site, message, at, dialect)
    if rule.nullable is not None:
        if column.nullable is None:
            ledger.undecided(
                "nullability-not-told", site, f"whether {label} may be NULL cannot be told", at, dialect
            )
        elif column.nullable != rule.nullable:
            message = f"{label} {'may be NULL' if column.nullable else 'is NOT NULL'}"
            ledger.failed("nullability-differs", site, message, at, dialect)


def _judge_part(
    ledger: Ledger, holds: bool, what: str, table: Table, parts: tuple[str, ...], at: Location, dialect: str
) -> None:
    site = (table.name, what, *map(str, parts))
    if holds:
        ledger.passed(*site)
    else:
        message = f"`{table.name}` has no {what} {', '.join(parts)} once all migrations have run"
        ledger.failed(f"missing-{what.split()[0]}", site, message, at, dialect)


def _refers(table: Table, column: str, target: str, schema: Schema) -> bool:
    other, _, remote = target.rpartition(".")
    for key in table.foreign_keys.values():
        targets = key.targets or (schema.tables[key.table].primary_key if key.table in schema.tables else ())
        if key.table == other and (column, remote) in zip(key.columns, targets, strict=False):
            return True
    return False


# --- the code ---------------------------------------------------------------------------------------------------


def _accesses(contract: TableContract, migrations: list[str], analysis: Analysis) -> Iterator[Access]:
    units = contract.units or _EVERYTHING
    for access in accesses_of(units, migrations, analysis):
        if access.table == contract.table or (
            access.table is None and (access.writes or access.verb == "execute")
        ):
            yield access


def _judge_access(contract: TableContract, access: Access, analysis: Analysis, ledger: Ledger) -> None:
    subject = subject_of(access, analysis)
    if access.table is None:
        if contract.writers is not None:
            message = f"`{access.owner}`: {access.doubt} cannot be told"
            ledger.undecided("statement-not-told", (access.owner, "?"), message, access.at)
        return
    if access.writes and contract.writers is not None:
        if contract.writers.matches(subject):
            ledger.passed(access)
        else:
            message = f"`{access.owner}` changes `{access.table}`, which is not its own"
            ledger.failed("foreign-write", (access.owner, access.table), message, access.at)
    elif access.verb == "select" and contract.readers is not None:
        if contract.readers.matches(subject):
            ledger.passed(access)
        else:
            message = f"`{access.owner}` reads `{access.table}`, which it may not"
            ledger.failed("foreign-read", (access.owner, access.table), message, access.at)


def _judge_driver(contract: TableContract, rule: DriverRule, analysis: Analysis, ledger: Ledger) -> None:
    scope = _find(rule.function, analysis)
    if scope is None or scope.node is None:
        message = f"there is no function `{rule.function}`"
        ledger.failed("missing-driver", (rule.function,), message, _nearest(rule.function, analysis))
        return
    at = analysis.project.at(scope.module, scope.node.at)
    accesses = [a for a in analysis.storage.wiring.of(scope) if a.table == contract.table]
    ledger.passed(rule.function)
    for what, wanted, kind in (
        ("write", rule.writes, ("insert", "update")),
        ("read", rule.reads, ("select",)),
    ):
        relevant = [a for a in accesses if a.verb in kind]
        columns = tuple(contract.columns) if "*" in wanted else wanted
        done = {c for a in relevant for c in a.columns}
        whole = any(a.whole for a in relevant)
        unsure = any(a.doubt for a in relevant)
        for column in columns:
            site = (str(rule.function), what, str(column))
            if column in done or whole:
                ledger.passed(*site)
            elif unsure:
                message = f"whether `{rule.function}` {what}s `{contract.table}.{column}` cannot be told"
                ledger.undecided(f"{what}-not-told", site, message, at)
            else:
                message = f"`{rule.function}` does not {what} `{contract.table}.{column}`"
                ledger.failed(f"does-not-{what}", site, message, at)


def _nearest(name: Located, analysis: Analysis) -> Location:
    """The module a missing function should be in; the contract, where there is no such module either."""
    module = name.rpartition(".")[0]
    while module and not analysis.project.has(module):
        module = module.rpartition(".")[0]
    return Location(analysis.project.file(module).path, 1) if module else name.origin


def _find(name: str, analysis: Analysis) -> Scope | None:
    """The function of that qualified name; inherited methods are found under the class that has them."""
    found = analysis.project.names.resolve(name)
    if found.kind != "symbol" or not analysis.project.has(found.module):
        return None
    scope = analysis.inference.index(found.module).scopes.get(found.symbol)
    if scope is None:
        owner, _, method = name.rpartition(".")
        classes = analysis.inference.classes
        for base in classes.lineage(owner) if classes.known(owner) else ():
            if classes.defines(base, method):
                module, qualname = classes.locate(base)
                scope = analysis.inference.index(module).scopes.get(f"{qualname}.{method}")
                break
    return scope if scope is not None and scope.kind == "function" else None
