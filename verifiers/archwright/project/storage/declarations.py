"""What SQLAlchemy's columns and constraints say, as parts of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from archwright.model import Location
from archwright.project.storage.constrainttexts import (
    Rename,
    check_text,
    column_text,
    declared_index,
    declared_unique,
    is_sqlalchemy,
)
from archwright.project.storage.literals import Made, Placed, truth
from archwright.project.storage.schema import (
    Column,
    ForeignKey,
    Index,
    Table,
    Unique,
    anonymous,
    table_key,
)
from archwright.project.storage.sqltypes import UNTOLD, Impl, SqlType, read_type, type_check

_CONSTRAINTS = frozenset(
    {"CheckConstraint", "ForeignKeyConstraint", "Index", "PrimaryKeyConstraint", "UniqueConstraint"}
)
_NOT_TYPES = frozenset({"Computed", "FetchedValue", "ForeignKey", "Identity", "Sequence"})


class TableBuilder:
    """Collects the parts of one table."""

    def __init__(
        self, name: str, dialect: str, impl: Impl, at: Location | None, rename: Rename | None = None
    ) -> None:
        self.name = name
        self.columns: dict[str, Column] = {}
        self._dialect = dialect
        self._impl = impl
        self._at = at
        self._rename = rename
        self._primary: list[str] = []
        self._uniques: dict[str, Unique] = {}
        self._checks: dict[str, str] = {}
        self._foreign: dict[str, ForeignKey] = {}
        self._indexes: dict[str, Index] = {}
        self._vague: list[str] = []

    def add(self, item: Any) -> None:
        """A column or a constraint; what is neither is remembered as not understood."""
        if isinstance(item, Made) and item.name == ".ddl_if":
            meant = item.argument(0, "dialect")
            if isinstance(meant, str) and meant != self._dialect:
                return
            item = (
                item.receiver if isinstance(meant, str) and len(item.args) + len(item.kwargs) == 1 else item
            )
        if isinstance(item, Made) and is_sqlalchemy(item, "Column"):
            self.column(item)
        elif isinstance(item, Made) and is_sqlalchemy(item, *_CONSTRAINTS):
            self.constraint(item)
        elif isinstance(item, Made) and item.last.endswith("ExcludeConstraint"):
            pass
        else:
            self.vague("an item that is neither a column nor a constraint")

    def vague(self, reason: str) -> None:
        """Something about the table cannot be told."""
        if reason not in self._vague:
            self._vague.append(reason)

    def column(
        self, made: Made, name: str | None = None, type_: SqlType | None = None, optional: bool | None = True
    ) -> str | None:
        """A column as a call says it; *name*, *type_* and *optional* stand in for what the call leaves out."""
        args = list(made.args)
        if args and isinstance(args[0], str):
            name = args.pop(0)
        name = made.kwargs.get("name", name)
        if not isinstance(name, str):
            self.vague("a column whose name cannot be told")
            return None
        if not made.complete:
            self.vague(f"column `{name}` is declared with arguments that cannot be told")
        found = made.kwargs.get("type_")
        if found is None and args and not (isinstance(args[0], Made) and args[0].last in _NOT_TYPES):
            found = args.pop(0)
        sql_type = type_ if found is None else read_type(found, self._dialect, self._impl)
        primary = self._says(made, "primary_key", name)
        nullable = made.kwargs.get("nullable", False if primary else optional)
        column = Column(
            name,
            sql_type or UNTOLD,
            nullable if isinstance(nullable, bool) else None,
            made.kwargs.get("server_default") is not None
            or any(_is(a, "Identity", "Computed") for a in args),
            made.at,
            any(_is(a, "Computed") for a in args),
        )
        self.columns[name] = column
        check = type_check(found, name, self._dialect)
        if check is not None:
            self._add_check(*check)
        if primary:
            self._primary.append(name)
        unique, looked_up = self._says(made, "unique", name), self._says(made, "index", name)
        if looked_up:
            self._add_index(None, Index((name,), unique))
        elif unique:
            self._add_unique(None, Unique((name,)))
        for arg in args:
            if isinstance(arg, Made) and is_sqlalchemy(arg, "ForeignKey"):
                self._reference((name,), (arg.argument(0, "column"),), arg.kwargs.get("name"))
            elif isinstance(arg, Made) and is_sqlalchemy(arg, "CheckConstraint"):
                self.constraint(arg)
        return name

    def constraint(self, made: Made) -> None:
        """A constraint or index."""
        kind, name = made.last, made.kwargs.get("name")
        name = name if isinstance(name, str) else None
        if kind == "CheckConstraint":
            text = made.argument(0, "sqltext")
            if name is None and len(made.args) > 1 and isinstance(made.args[1], str):
                name = made.args[1]
            self._add_check(name, check_text(text))
        elif kind == "Index":
            name = made.argument(0, "name")
            index = declared_index(tuple(column_text(a) for a in made.args[1:]), made, self._dialect)
            if index is None:
                self.vague("an index of which it cannot be told whether it is unique")
            else:
                self._add_index(name if isinstance(name, str) else None, index)
        elif kind == "ForeignKeyConstraint":
            local, remote = _names(made.argument(0, "columns")), _names(made.argument(1, "refcolumns"))
            if local and remote:
                self._reference(local, remote, name)
            else:
                self.vague("a foreign key that cannot be told")
        else:
            columns = tuple(column_text(a) for a in made.args)
            if not made.complete or "?" in columns:
                self.vague(f"a {kind} over columns that cannot be told")
            elif kind == "PrimaryKeyConstraint":
                self._primary += [c for c in columns if c not in self._primary]
            else:
                self._add_unique(name, declared_unique(columns, made, self._dialect))

    def build(self) -> Table:
        """The table."""
        columns = {
            name: (msgspec.structs.replace(c, nullable=False) if name in self._primary and c.nullable else c)
            for name, c in self.columns.items()
        }
        return Table(
            self.name,
            columns,
            tuple(self._primary),
            self._uniques,
            self._checks,
            self._foreign,
            self._indexes,
            {},
            tuple(self._vague),
            self._at,
        )

    # --- helpers ---

    def _named(self, kind: str, columns: tuple[str, ...], name: str | None) -> str:
        given = self._rename(kind, self.name, columns, name) if self._rename is not None else name
        return given or anonymous(kind, columns)

    def _says(self, made: Made, word: str, column: str) -> bool:
        """Whether a column is declared with a flag; SQLAlchemy takes any value for one, ``unique=1`` as well."""
        said = truth(made.kwargs.get(word, False))
        if said is None:
            self.vague(f"whether column `{column}` has `{word}` cannot be told")
        return said is True

    def _add_unique(self, name: str | None, unique: Unique) -> None:
        self._uniques[self._named("uq", unique.columns, name)] = unique

    def _add_index(self, name: str | None, index: Index) -> None:
        self._indexes[self._named("ix", index.columns, name)] = index

    def _add_check(self, name: str | None, text: str | None) -> None:
        if text is None:
            self.vague("a check whose text cannot be told")
            text = "?"
        self._checks[self._named("ck", (text,), name)] = text

    def _reference(self, local: tuple[str, ...], remote: Iterable[Any], name: Any) -> None:
        pairs = [target(item) for item in remote]
        if any(pair is None for pair in pairs):
            self.vague("a foreign key whose target cannot be told")
            return
        known = [pair for pair in pairs if pair is not None]
        key = ForeignKey(local, known[0][0], tuple(column for _, column in known if column))
        self._foreign[self._named("fk", local, name if isinstance(name, str) else None)] = key


def target(item: Any) -> tuple[str, str] | None:
    """Table and column of ``"table.column"`` or of a column attribute; None when it cannot be told."""
    if isinstance(item, str):
        table, _, column = item.rpartition(".")
        schema, _, name = table.rpartition(".")
        return (table_key(schema, name), column) if table else (column, "")
    if isinstance(item, Made) and isinstance(item.receiver, Placed):
        return item.receiver.table, item.receiver.column
    return None


def _names(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _is(value: Any, *names: str) -> bool:
    return isinstance(value, Made) and value.last in names
