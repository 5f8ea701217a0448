"""Agreement of models and migrations: the tables the code declares are the tables the database has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Pattern, Selector, Subject
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.storage.checks import same_checks, unique_among
from archwright.project.storage.models import Model
from archwright.project.storage.schema import Column, ForeignKey, Schema, Table
from archwright.project.storage.sqltypes import same_type
from archwright.verifiers.storage.storage import Ledger, StorageContract, selected_modules


class AgreeContract(StorageContract, frozen=True, kw_only=True):
    """The replayed schema and the declared tables agree: tables, columns, types, NULL, keys, checks and indexes."""

    models: Annotated[
        Selector | None, Meta(description="The modules whose tables are meant; default: all that declare one")
    ] = None
    except_tables: Annotated[
        tuple[Pattern, ...], Meta(description="Tables that only the migrations, or only the models, may know")
    ] = ()


def check_agree(contract: AgreeContract, analysis: Analysis) -> CheckResult:
    """Compares every table both ways, on every dialect."""
    ledger = Ledger(contract)
    modules = list(selected_modules(contract.migrations, analysis))
    for dialect in contract.dialects:
        schema = analysis.storage.history(modules, dialect).schema
        models = [
            m
            for m in analysis.storage.models(dialect).declared
            if _meant(m, contract, set(modules), analysis)
        ]
        _Comparison(contract, ledger, dialect, schema).compare(models)
    return ledger.tell().result()


def _meant(model: Model, contract: AgreeContract, migrations: set[str], analysis: Analysis) -> bool:
    project = analysis.project
    module = next(m for m in _prefixes(model.cls) if project.has(m))
    if module in migrations:
        return False  # a migration's own picture of a table as it was then
    if contract.models is None:
        return True
    return contract.models.matches(Subject(module=module, unit=project.unit(module), class_=model.cls))


def _prefixes(name: str) -> Iterable[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


class _Comparison:
    """One dialect's."""

    def __init__(self, contract: AgreeContract, ledger: Ledger, dialect: str, schema: Schema) -> None:
        self._contract = contract
        self._ledger = ledger
        self._dialect = dialect
        self._schema = schema

    def compare(self, models: list[Model]) -> None:
        first: dict[str, Model] = {}
        for model in models:
            name = model.table.name
            if self._excepted(name):
                continue
            if name in first:
                message = f"table `{name}` is declared twice: by `{first[name].cls}` and by `{model.cls}`"
                self._failed("table-declared-twice", (name, model.cls), message, model.at)
                continue
            first[name] = model
            self._model(model)
        for name, table in self._schema.tables.items():
            if name in first or self._excepted(name) or table.at is None:
                continue
            if self._schema.doubt_about(name) is not None:
                self._doubted(name, table.at)
            else:
                message = f"migrations create table `{name}`, which no model declares"
                self._failed("table-not-modelled", (name,), message, table.at)

    def _model(self, model: Model) -> None:
        name = model.table.name
        table = self._schema.tables.get(name)
        if self._schema.doubt_about(name) is not None:
            self._doubted(name, model.at)
        elif table is None:
            message = f"`{model.cls}` declares table `{name}`, which no migration creates"
            self._failed("table-not-migrated", (name,), message, model.at)
        else:
            self._ledger.passed(name)
            for reason in model.table.vague:
                message = f"the declaration of table `{name}` cannot be told: {reason}"
                self._undecided("declaration-not-told", (name, reason), message, model.at)
            self._columns(model, table)
            self._keys(model, table)

    def _columns(self, model: Model, table: Table) -> None:
        for name in (*model.table.columns, *(n for n in table.columns if n not in model.table.columns)):
            site = (table.name, name)
            declared, migrated = model.table.columns.get(name), table.columns.get(name)
            if migrated is None:
                message = f"`{model.cls}` declares column `{table.name}.{name}`, which no migration creates"
                self._failed("column-not-migrated", site, message, (declared and declared.at) or model.at)
            elif declared is None:
                message = (
                    f"migrations create column `{table.name}.{name}`, which `{model.cls}` does not declare"
                )
                self._failed("column-not-modelled", site, message, model.at)
            else:
                self._column(site, declared, migrated, declared.at or model.at)

    def _column(self, site: tuple[str, str], declared: Column, migrated: Column, at: Location) -> None:
        label = ".".join(site)
        agrees = same_type(declared.type, migrated.type)
        if agrees is None:
            whose = "the model" if not declared.type.known else "the migration"
            self._undecided("type-not-told", site, f"the type {whose} gives `{label}` cannot be told", at)
        elif not agrees:
            message = f"`{label}` is {declared.type} in the model and {migrated.type} after the migrations"
            self._failed("type-differs", site, message, at)
        if declared.nullable is None or migrated.nullable is None:
            self._undecided("nullability-not-told", site, f"whether `{label}` may be NULL cannot be told", at)
        elif declared.nullable != migrated.nullable:
            words = {True: "may be NULL", False: "is NOT NULL"}
            message = f"`{label}` {words[declared.nullable]} in the model and {words[migrated.nullable]} after the migrations"
            self._failed("nullability-differs", site, message, at)
        if declared.default and not migrated.default:
            message = f"the model gives `{label}` a server default, the migrations give it none"
            self._failed("default-differs", site, message, at)
        self._ledger.passed(*site)

    def _keys(self, model: Model, table: Table) -> None:
        declared = model.table
        self._parts(
            model,
            "unique-differs",
            "unique over",
            _uniques(declared, self._dialect),
            _uniques(table, self._dialect),
        )
        if set(declared.primary_key) != set(table.primary_key):
            shown = f"{_list(declared.primary_key)} in the model and {_list(table.primary_key)} after the migrations"
            message = f"the primary key of `{table.name}` is {shown}"
            self._failed("primary-key-differs", (table.name, "primary key"), message, model.at)
        else:
            self._ledger.passed(table.name, "primary key")
        tables = self._schema.tables
        self._parts(
            model,
            "foreign-key-differs",
            "foreign key",
            {_reference(k, tables) for k in declared.foreign_keys.values()},
            {_reference(k, tables) for k in table.foreign_keys.values()},
        )
        self._parts(
            model,
            "index-differs",
            "index over",
            {_list(i.columns) for i in declared.indexes.values() if not i.unique},
            {_list(i.columns) for i in table.indexes.values() if not i.unique},
        )
        ours, theirs = Counter(declared.checks.values()), Counter(table.checks.values())
        only_ours, only_theirs = same_checks(ours, theirs, self._dialect)
        self._parts(model, "check-differs", "check", set(only_ours), set(only_theirs))
        for text in ours & theirs:
            self._ledger.passed(table.name, text)

    def _parts(self, model: Model, evidence: str, noun: str, declared: set[str], migrated: set[str]) -> None:
        name = model.table.name
        untold_declared, untold_migrated = (
            any("?" in text for text in part) for part in (declared, migrated)
        )
        for text in sorted(declared | migrated):
            site = (name, noun, text)
            missing = text not in migrated, text not in declared
            # What cannot be told on the other side may be just this.
            if "?" in text or (missing[0] and untold_migrated) or (missing[1] and untold_declared):
                self._undecided(evidence, site, f"a {noun.split()[0]} of `{name}` cannot be told", model.at)
            elif text not in migrated:
                message = f"`{model.cls}` declares {noun} {text}, which no migration creates"
                self._failed(evidence, site, message, model.at)
            elif text not in declared:
                message = f"migrations give `{name}` {noun} {text}, which `{model.cls}` does not declare"
                self._failed(evidence, site, message, model.at)
            else:
                self._ledger.passed(*site)

    def _doubted(self, name: str, at: Location) -> None:
        doubt = self._schema.doubt_about(name)
        reason = doubt.reason if doubt is not None else ""
        message = f"what migrations make of table `{name}` cannot be told: {reason}"
        self._undecided("schema-not-told", (name,), message, at)

    def _excepted(self, name: str) -> bool:
        return any(pattern.match(name) is not None for pattern in self._contract.except_tables)

    def _failed(self, evidence: str, symbols: tuple[str, ...], message: str, at: Location) -> None:
        self._ledger.failed(evidence, symbols, message, at, self._dialect)

    def _undecided(self, evidence: str, symbols: tuple[str, ...], message: str, at: Location) -> None:
        self._ledger.undecided(evidence, symbols, message, at, self._dialect)


def _uniques(table: Table, dialect: str) -> set[str]:
    """Unique constraints and unique indexes alike, with the rows they are about; the primary key stands for itself."""
    found = {_unique(unique.columns, unique.nulls_equal) for unique in table.uniques.values()}
    for index in table.indexes.values():
        if index.unique:
            ignored = () if index.nulls_equal else index.columns
            meant = unique_among(index.where, ignored, dialect)
            found.add(_unique(index.columns, index.nulls_equal) + (f" where {meant}" if meant else ""))
    return found


def _unique(columns: Iterable[str], nulls_equal: bool) -> str:
    return _list(sorted({*columns})) + (" with NULLs not distinct" if nulls_equal else "")


def _reference(key: ForeignKey, tables: dict[str, Table]) -> str:
    remote = key.targets or (tables[key.table].primary_key if key.table in tables else ())
    return f"{_list(key.columns)} -> {key.table}{_list(remote)}"


def _list(columns: Iterable[str]) -> str:
    return f"({', '.join(columns)})"
