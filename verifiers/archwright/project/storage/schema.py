"""A database schema as a value that operations change and that two sources can be compared by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from archwright.model import Location
from archwright.project.storage.sqltypes import SqlType

_DEFAULT_SCHEMAS = frozenset({"", "public", "main"})


class Column(msgspec.Struct, frozen=True):
    """One column. ``default`` is what the server puts in, as far as it is written as a constant."""

    name: str
    type: SqlType
    nullable: bool | None
    """None where it cannot be told."""
    default: bool = False
    """Whether the server has a default for it."""
    at: Location | None = None
    computed: bool = False
    """Whether the database computes it from others: nothing can be written into it."""


class ForeignKey(msgspec.Struct, frozen=True):
    """Columns that must be found in another table."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    """Empty where only the table is named: its primary key."""


class Unique(msgspec.Struct, frozen=True):
    """Columns no two rows have the same values in."""

    columns: tuple[str, ...]
    nulls_equal: bool = False
    """Whether NULL is the same as NULL (``NULLS NOT DISTINCT``); otherwise rows with a NULL in it may be many."""


class Index(msgspec.Struct, frozen=True):
    """Columns (expressions as normal text) that are looked up by."""

    columns: tuple[str, ...]
    unique: bool
    where: str = ""
    """The condition rows must meet to be in it, as normal text; empty for all rows, ``?`` where it cannot be told."""
    nulls_equal: bool = False
    """As of a unique constraint."""


class Trigger(msgspec.Struct, frozen=True):
    """Code the database runs on changes of a table."""

    events: frozenset[str]
    """Among ``insert``, ``update``, ``delete``, ``truncate``."""
    refuses: bool
    """Whether it raises whatever the change is."""


class Table(msgspec.Struct, frozen=True):
    """One table. Constraints are kept by name; one without a name under a name made of its content, with a ``?``."""

    name: str
    columns: dict[str, Column] = {}
    primary_key: tuple[str, ...] = ()
    uniques: dict[str, Unique] = {}
    checks: dict[str, str] = {}
    foreign_keys: dict[str, ForeignKey] = {}
    indexes: dict[str, Index] = {}
    triggers: dict[str, Trigger] = {}
    vague: tuple[str, ...] = ()
    """What its declaration says that cannot be told."""
    at: Location | None = None

    @property
    def shape(self) -> object:
        """Everything but places: what makes two tables equal."""
        columns = {name: (c.type, c.nullable, c.default) for name, c in self.columns.items()}
        return (
            self.name,
            columns,
            self.primary_key,
            self.uniques,
            self.checks,
            self.foreign_keys,
            self.indexes,
            self.triggers,
        )

    def unique_sets(self) -> set[frozenset[str]]:
        """The sets of columns that are unique in all rows: primary key, unique constraints, unique indexes over all rows."""
        found = {frozenset(unique.columns) for unique in self.uniques.values()}
        found |= {frozenset(i.columns) for i in self.indexes.values() if i.unique and not i.where}
        return found | ({frozenset(self.primary_key)} if self.primary_key else set())


class Doubt(msgspec.Struct, frozen=True):
    """Something that may or may not have happened."""

    reason: str
    at: Location
    presence: bool = False
    """Whether it cannot even be told that the table is there, or is not, as ``Schema.tables`` says."""
    times: int = 1
    """How often there was reason to doubt; the last one is kept."""

    def after(self, before: Doubt | None) -> Doubt:
        """This doubt about a table that *before* was one about already."""
        if before is None:
            return self
        presence = self.presence or before.presence
        return msgspec.structs.replace(self, presence=presence, times=before.times + 1)


class Conflict(msgspec.Struct, frozen=True):
    """An operation the database would refuse."""

    message: str
    subject: str
    at: Location
    absent: bool = False
    """Whether it is that there is no such table."""


EVERYTHING = "*"
"""Stands for all tables in ``Schema.doubts``."""


class Schema:
    """Tables and stored functions by name, and what about them is in doubt."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.functions: dict[str, bool] = {}
        """Stored functions: whether each raises whatever it is called with."""
        self.doubts: dict[str, Doubt] = {}
        self.settled: frozenset[str] = frozenset()
        """Tables that were made after everything came into doubt, and are not."""
        self.conflicts: list[Conflict] = []

    def copy(self) -> Schema:
        """An independent copy."""
        other = Schema()
        other.tables = dict(self.tables)
        other.functions = dict(self.functions)
        other.doubts = dict(self.doubts)
        other.settled = self.settled
        other.conflicts = list(self.conflicts)
        return other

    def same(self, other: Schema) -> bool:
        """Whether both describe the same database and know the same about it."""
        known = self.functions == other.functions and self.settled == other.settled
        return known and self.doubts == other.doubts and not self.differing(other)

    def differing(self, other: Schema) -> list[str]:
        """Names of tables that are not equal in both, sorted."""
        if self.tables.keys() == other.tables.keys() and all(
            table is other.tables[name] for name, table in self.tables.items()
        ):
            return []
        names = set(self.tables) | set(other.tables)
        return sorted(n for n in names if _differ(self.tables.get(n), other.tables.get(n)))

    def merge(self, other: Schema, reason: str, at: Location) -> None:
        """Takes in that the database may also be as *other* says."""
        doubts = {**other.doubts, **self.doubts}
        for name in self.differing(other):
            only_one = (name in self.tables) != (name in other.tables)
            doubts[name] = Doubt(reason, at, only_one).after(doubts.get(name))
            if name not in self.tables:
                self.tables[name] = other.tables[name]
        for name, doubt in other.doubts.items():
            if doubt.presence and not doubts[name].presence:
                doubts[name] = msgspec.structs.replace(doubts[name], presence=True)
        self.functions = {**other.functions, **self.functions}
        self.doubts, self.settled = doubts, self.settled & other.settled
        known = set(self.conflicts)
        self.conflicts += [c for c in other.conflicts if c not in known]

    def doubt(self, reason: str, at: Location, table: str = EVERYTHING, *, there: bool = False) -> None:
        """Something happened to *table* that cannot be told; *there*: that tables are there, or are not, can."""
        presence = not there and table not in self.tables
        self.doubts[table] = Doubt(reason, at, presence).after(self.doubts.get(table))
        if table == EVERYTHING:
            self.settled = frozenset()

    def settle(self, table: str) -> None:
        """A table was made, or made anew: nothing before that matters for it."""
        self.doubts.pop(table, None)
        if EVERYTHING in self.doubts:
            self.settled |= {table}

    def doubt_about(self, table: str) -> Doubt | None:
        """Why *table* may not be as ``tables`` says; None when it surely is."""
        everything = None if table in self.settled else self.doubts.get(EVERYTHING)
        return self.doubts.get(table) or everything

    def is_present(self, table: str) -> bool | None:
        """Whether there is a table of that name; None when that cannot be told."""
        doubts = (self.doubts.get(table), None if table in self.settled else self.doubts.get(EVERYTHING))
        return None if any(d is not None and d.presence for d in doubts) else table in self.tables

    def refuse(self, message: str, subject: str, at: Location, *, absent: bool = False) -> None:
        """Records that the database would refuse an operation – unless what it is about is in doubt anyway."""
        if self.doubt_about(subject) is None:
            self.conflicts.append(Conflict(message, subject, at, absent))

    def refuse_missing(self, message: str, name: str, table: str | None, at: Location) -> None:
        """Records that there is nothing of a name – unless it may be a part of a table that is in doubt."""
        if not self.doubts or table is not None:
            self.refuse(message, table or name, at)


def table_key(schema: object, name: str) -> str:
    """The name a table is known by: with its schema, unless that is the one a database takes where none is written.

    ``public`` is PostgreSQL's (``search_path``), ``main`` SQLite's name for the file it was opened with.
    """
    return f"{schema}.{name}" if isinstance(schema, str) and schema not in _DEFAULT_SCHEMAS else name


def resolve_references(table: Table, tables: Mapping[str, Table]) -> Table:
    """*table* with the types filled in that columns take from the columns they refer to."""
    columns = dict(table.columns)
    for key in table.foreign_keys.values():
        other = table if key.table == table.name else tables.get(key.table)
        if other is None or len(key.columns) != 1 or key.columns[0] not in columns:
            continue
        remote = key.targets or other.primary_key
        column = columns[key.columns[0]]
        if not column.type.known and len(remote) == 1 and remote[0] in other.columns:
            columns[column.name] = msgspec.structs.replace(column, type=other.columns[remote[0]].type)
    return msgspec.structs.replace(table, columns=columns)


def anonymous(kind: str, columns: Iterable[str]) -> str:
    """The key of a constraint without a name."""
    return f"?{kind}:{','.join(columns)}"


def _differ(one: Table | None, other: Table | None) -> bool:
    if one is other:
        return False  # copies share what nothing has happened to
    return one is None or other is None or one.shape != other.shape
