"""Statements and ownership: SQL names only what exists, and each table is changed only by whom it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import NOWHERE, Pattern, Selector, Subject
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.storage.access import Access
from archwright.project.storage.schema import Schema
from archwright.verifiers.storage.storage import Ledger, StorageContract, selected_modules


class StatementsContract(StorageContract, frozen=True, kw_only=True):
    """Every table and column that code names, in SQLAlchemy constructs or SQL text, is in the replayed schema."""

    units: Annotated[Selector, Meta(description="say which modules' SQL is meant")]
    chosen_at_run_time: Annotated[
        Selector | None,
        Meta(description="Functions that may choose columns at run time, with a guard of their own"),
    ] = None


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Who may change, and if said, who may read certain tables."""

    tables: Annotated[tuple[Pattern, ...], Meta(description="name the tables")]
    writers: Annotated[Selector, Meta(description="say which modules or functions may change their rows")]
    readers: Annotated[Selector | None, Meta(description="Which may read them; default: all")] = None
    origin: Location = NOWHERE


class OwnershipContract(StorageContract, frozen=True, kw_only=True):
    """Each table has one owner; nobody else inserts, updates or deletes its rows."""

    units: Annotated[Selector, Meta(description="say which modules are judged")]
    owners: Annotated[tuple[Owner, ...], Meta(description="list tables with their writers")]
    total: Annotated[bool, Meta(description="Whether every table of the schema must have an owner")] = True


def check_statements(contract: StatementsContract, analysis: Analysis) -> CheckResult:
    """Judges every access of the units against the schema of every dialect."""
    ledger = Ledger(contract)
    modules = list(selected_modules(contract.migrations, analysis))
    schemas = {d: analysis.storage.history(modules, d).schema for d in contract.dialects}
    for access in accesses_of(contract.units, modules, analysis):
        if access.doubt and access.table is not None and _chosen(contract, access, analysis):
            continue
        for dialect, schema in schemas.items():
            _judge_statement(access, schema, dialect, ledger)
    return ledger.tell().result()


def check_ownership(contract: OwnershipContract, analysis: Analysis) -> CheckResult:
    """Judges every write, and where readers are limited every read, and that no table is without an owner."""
    ledger = Ledger(contract)
    modules = list(selected_modules(contract.migrations, analysis))
    known = {
        name: table
        for dialect in contract.dialects
        for name, table in analysis.storage.history(modules, dialect).schema.tables.items()
    }
    for table in sorted(known):
        owners = [o for o in contract.owners if _owns(o, table)]
        if len(owners) > 1:
            message = f"table `{table}` has {len(owners)} owners"
            ledger.failed("several-owners", (table,), message, owners[1].origin)
        elif owners or not contract.total:
            ledger.passed(table)
        else:
            at = known[table].at or contract.origin
            ledger.failed("table-without-owner", (table,), f"table `{table}` belongs to nobody", at)
    for owner in contract.owners:
        for pattern in owner.tables:
            if not any(pattern.match(table) is not None for table in known):
                message = f"no migration creates a table `{pattern}`"
                ledger.failed("no-such-table", (str(pattern),), message, pattern.origin)
    for access in accesses_of(contract.units, modules, analysis):
        _judge_owner(access, contract, analysis, ledger)
    return ledger.tell().result()


def accesses_of(units: Selector, migrations: list[str], analysis: Analysis) -> Iterator[Access]:
    """What the units do with tables; migrations make tables and are judged by their replay."""
    project = analysis.project
    excluded = set(migrations)
    for module in analysis.storage.touching:
        if module not in excluded and units.matches(Subject(module=module, unit=project.unit(module))):
            yield from analysis.storage.accesses(module)


def subject_of(access: Access, analysis: Analysis) -> Subject:
    """The code that makes an access, as selectors see it."""
    function = access.owner if access.owner != access.module else None
    return Subject(
        module=access.module,
        unit=analysis.project.unit(access.module),
        symbol=access.owner,
        function=function,
        table=access.table,
    )


def _chosen(contract: StatementsContract, access: Access, analysis: Analysis) -> bool:
    chosen = contract.chosen_at_run_time
    return chosen is not None and chosen.matches(subject_of(access, analysis))


_VERSIONS = "alembic_version"
"""The table in which Alembic keeps how far it is; no migration creates it."""


def _judge_statement(access: Access, schema: Schema, dialect: str, ledger: Ledger) -> None:
    if access.verb == "define":
        message = (
            f"`{access.owner}` changes the schema itself (`{access.table}`); only migrations are replayed"
        )
        ledger.failed("ddl-outside-migrations", (access.owner, access.table or ""), message, access.at)
        return
    if access.doubt:
        symbols = (access.owner, access.table or "?")
        message = f"`{access.owner}`: {access.doubt} cannot be told"
        ledger.undecided("statement-not-told", symbols, message, access.at)
        if access.table is None:
            return
    candidates = [access.table] if access.table is not None else list(access.among)
    missing = [t for t in candidates if t not in schema.tables and t != _VERSIONS]
    for table in missing:
        symbols = (access.owner, table)
        doubt = schema.doubt_about(table)
        if doubt is not None:
            message = f"whether there is a table `{table}` cannot be told: {doubt.reason}"
            ledger.undecided("schema-not-told", symbols, message, access.at, dialect)
        else:
            message = f"`{access.owner}` names table `{table}`, which no migration creates"
            ledger.failed("unknown-table", symbols, message, access.at, dialect)
    tables = [schema.tables[t] for t in candidates if t in schema.tables]
    if missing or (not tables and _VERSIONS not in candidates):
        return
    for column in access.columns if tables else ():
        if any(column in table.columns for table in tables) or column == "rowid":
            continue
        label = " or ".join(f"`{t.name}`" for t in tables)
        symbols = (access.owner, f"{tables[0].name}.{column}")
        doubts = [d for t in tables if (d := schema.doubt_about(t.name)) is not None]
        if doubts:
            message = f"whether {label} has a column `{column}` cannot be told: {doubts[0].reason}"
            ledger.undecided("schema-not-told", symbols, message, access.at, dialect)
        else:
            message = f"`{access.owner}` names column `{column}`, which {label} does not have"
            ledger.failed("unknown-column", symbols, message, access.at, dialect)
    if not access.doubt:
        ledger.passed(access)


def _judge_owner(access: Access, contract: OwnershipContract, analysis: Analysis, ledger: Ledger) -> None:
    if access.table is None:
        if access.writes or access.verb == "execute":
            message = f"`{access.owner}`: {access.doubt} cannot be told"
            ledger.undecided("statement-not-told", (access.owner, "?"), message, access.at)
        return
    owner = next((o for o in contract.owners if _owns(o, access.table)), None)
    if owner is None:
        return
    subject = subject_of(access, analysis)
    at = Location(
        access.at.path, access.at.line, access.at.column
    )  # where the statement begins, however long its chain
    if access.writes:
        if owner.writers.matches(subject):
            ledger.passed(access)
        else:
            done = {"insert": "inserts into", "update": "updates", "delete": "deletes from"}[access.verb]
            message = f"`{access.owner}` {done} `{access.table}`, which is not its own"
            ledger.failed("foreign-write", (access.owner, access.table), message, at)
    elif access.verb == "select" and owner.readers is not None:
        if owner.readers.matches(subject) or owner.writers.matches(subject):
            ledger.passed(access)
        else:
            message = f"`{access.owner}` reads `{access.table}`, which it may not"
            ledger.failed("foreign-read", (access.owner, access.table), message, at)


def _owns(owner: Owner, table: str) -> bool:
    return any(pattern.match(table) is not None for pattern in owner.tables)
