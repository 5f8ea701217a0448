"""What happens to the tables of a schema and to their columns, whoever says it: Alembic's calls or SQL text."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from archwright.model import Location
from archwright.project.storage.literals import Made
from archwright.project.storage.schema import Column, Schema, Table, resolve_references
from archwright.project.storage.sqltypes import Impl

_WORD = re.compile(r"\w+")


class TableChanges:
    """Changes tables and columns of ``schema``."""

    def __init__(self, schema: Schema, dialect: str, impl: Impl) -> None:
        self.schema = schema
        self.dialect = dialect
        self._impl = impl

    def existing(self, name: str, at: Location) -> Table | None:
        """The table called *name*; a conflict when there is none."""
        table = self.schema.tables.get(name)
        if table is None:
            self.schema.refuse(f"there is no table `{name}`", name, at, absent=True)
        return table

    def add_table(self, table: Table, at: Location, *, if_absent: bool = False) -> None:
        """A new table."""
        if table.name in self.schema.tables:
            if not if_absent:
                self.schema.refuse(f"table `{table.name}` exists already", table.name, at)
            return
        self.schema.tables[table.name] = resolve_references(table, self.schema.tables)
        self.schema.settle(table.name)
        if table.vague:
            self.schema.doubt(table.vague[0], at, table.name)

    def remove_table(self, name: str, at: Location, *, if_present: bool = False) -> None:
        """A table goes, with its triggers."""
        if self.schema.tables.pop(name, None) is None and not if_present:
            self.schema.refuse(f"there is no table `{name}` to drop", name, at)
        self.schema.doubts.pop(name, None)

    def rename(self, old: str, new: str, at: Location) -> None:
        """A table gets another name; foreign keys follow it."""
        table = self.schema.tables.pop(old, None)
        if table is None:
            self.schema.refuse(f"there is no table `{old}` to rename", old, at)
            return
        if new in self.schema.tables:
            self.schema.refuse(f"table `{new}` exists already", new, at)
        if old in self.schema.settled:
            self.schema.settle(new)
        self.schema.tables[new] = msgspec.structs.replace(table, name=new)
        if old in self.schema.doubts:
            self.schema.doubts[new] = self.schema.doubts.pop(old)
        for name, other in list(self.schema.tables.items()):
            if any(key.table == old for key in other.foreign_keys.values()):
                keys = {
                    k: msgspec.structs.replace(v, table=new) if v.table == old else v
                    for k, v in other.foreign_keys.items()
                }
                self.schema.tables[name] = msgspec.structs.replace(other, foreign_keys=keys)

    def extend(self, table: Table, part: Table, at: Location, *, if_absent: bool = False) -> None:
        """The columns and constraints of *part* are added to *table*."""
        if part.vague:
            self.schema.doubt(part.vague[0], at, table.name)
        for name in part.columns:
            if name in table.columns and not if_absent:
                self.schema.refuse(f"`{table.name}` has a column `{name}` already", table.name, at)
        self._put(
            table,
            columns={**table.columns, **{n: c for n, c in part.columns.items() if n not in table.columns}},
            primary_key=table.primary_key + part.primary_key,
            uniques={**table.uniques, **part.uniques},
            checks={**table.checks, **part.checks},
            foreign_keys={**table.foreign_keys, **part.foreign_keys},
            indexes={**table.indexes, **part.indexes},
        )
        self.schema.tables[table.name] = resolve_references(
            self.schema.tables[table.name], self.schema.tables
        )

    def remove_column(self, table: Table, name: str, at: Location, *, if_present: bool = False) -> None:
        """A column goes, with the constraints and indexes over it."""
        if name not in table.columns:
            if not if_present:
                self.schema.refuse(f"`{table.name}` has no column `{name}` to drop", table.name, at)
            return
        self._put(
            table,
            columns={n: c for n, c in table.columns.items() if n != name},
            primary_key=tuple(c for c in table.primary_key if c != name),
            uniques={k: v for k, v in table.uniques.items() if name not in v.columns},
            checks={k: v for k, v in table.checks.items() if name not in _WORD.findall(v)},
            foreign_keys={k: v for k, v in table.foreign_keys.items() if name not in v.columns},
            indexes={
                k: v
                for k, v in table.indexes.items()
                if name not in v.columns and name not in _WORD.findall(v.where)
            },
        )

    def change_column(self, table: Table, column: Column) -> None:
        """A column is replaced by *column*, of the same name."""
        self._put(table, columns={**table.columns, column.name: column})

    def rename_column(self, table: Table, old: str, new: str, at: Location) -> None:
        """A column gets another name, everywhere."""
        if old not in table.columns:
            self.schema.refuse(f"`{table.name}` has no column `{old}` to rename", table.name, at)
            return
        if new in table.columns:
            self.schema.refuse(f"`{table.name}` has a column `{new}` already", table.name, at)
            return

        def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(new if n == old else n for n in names)

        self._put(
            table,
            columns={
                new if n == old else n: msgspec.structs.replace(c, name=new) if n == old else c
                for n, c in table.columns.items()
            },
            primary_key=renamed(table.primary_key),
            uniques={
                k: msgspec.structs.replace(v, columns=renamed(v.columns)) for k, v in table.uniques.items()
            },
            foreign_keys={
                k: msgspec.structs.replace(v, columns=renamed(v.columns))
                for k, v in table.foreign_keys.items()
            },
            indexes={
                k: msgspec.structs.replace(v, columns=renamed(v.columns), where=_renamed(v.where, old, new))
                for k, v in table.indexes.items()
            },
        )

    def restore(self, before: Table, column: Any) -> None:
        """A column of a batch on SQLite that went comes back: what was over it is made anew with the table."""
        table, name = (
            self.schema.tables.get(before.name),
            column.argument(0, "name") if isinstance(column, Made) else None,
        )
        if table is None or name not in before.columns or name not in table.columns:
            return
        parts = {
            kind: {
                **getattr(table, kind),
                **{k: v for k, v in getattr(before, kind).items() if name in v.columns},
            }
            for kind in ("uniques", "foreign_keys", "indexes")
        }
        self._put(table, **parts)

    def _put(self, table: Table, **changes: Any) -> None:
        current = self.schema.tables.get(table.name, table)
        self.schema.tables[table.name] = msgspec.structs.replace(current, **changes)

    def _require(self, table: Table, columns: tuple[str, ...], at: Location) -> None:
        for name in columns:
            if name.isidentifier() and name not in table.columns:
                self.schema.refuse(f"`{table.name}` has no column `{name}`", table.name, at)


def _renamed(text: str, old: str, new: str) -> str:
    """The condition of an index after a column of it got another name."""
    return _WORD.sub(lambda word: new if word[0] == old else word[0], text)
