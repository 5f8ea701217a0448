"""Alembic's operations on a schema: what each ``op.…`` call does to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from archwright.model import Location
from archwright.project.storage.declarations import (
    TableBuilder,
    check_text,
    column_text,
    declared_index,
    declared_unique,
)
from archwright.project.storage.literals import Made, Unknown
from archwright.project.storage.schema import (
    EVERYTHING,
    Column,
    ForeignKey,
    Index,
    Schema,
    Table,
    Trigger,
    anonymous,
    resolve_references,
    table_key,
)
from archwright.project.storage.sqltypes import Impl, read_type, type_check

IGNORED = frozenset(
    {
        "bulk_insert",
        "create_table_comment",
        "drop_table_comment",
        "f",
        "get_bind",
        "get_context",
        "implementation_for",
        "inline_literal",
        "register_operation",
        "run_async",
    }
)
"""Operations that leave the schema as it is."""
_WORD = re.compile(r"\w+")
_CONSTRAINT_KINDS = ("uniques", "checks", "foreign_keys")


class Operations:
    """Applies operations to ``schema``."""

    def __init__(self, schema: Schema, dialect: str, impl: Impl) -> None:
        self.schema = schema
        self.dialect = dialect
        self._impl = impl

    def apply(self, name: str, made: Made, at: Location) -> None:
        """Operation *name*; one that is not known, or whose subject cannot be told, puts the schema in doubt."""
        handler = _OPERATIONS.get(name)
        if handler is None:
            self.schema.doubt(f"`op.{name}` is not understood", at)
        else:
            handler(self, made, at)

    # --- tables ---

    def create_table(self, made: Made, at: Location) -> None:
        """``op.create_table(name, *items)``."""
        name = self._table_name(made.argument(0, "table_name"), made, at)
        if name is None:
            return
        builder = TableBuilder(name, self.dialect, self._impl, at)
        for item in made.args[1:]:
            builder.add(item)
        if not made.complete:
            builder.vague("it is created with items that cannot be told")
        self.add_table(builder.build(), at, if_absent=made.kwargs.get("if_not_exists") is True)

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

    def drop_table(self, made: Made, at: Location) -> None:
        """``op.drop_table(name)``."""
        name = self._table_name(made.argument(0, "table_name"), made, at)
        if name is not None:
            self.remove_table(name, at, if_present=made.kwargs.get("if_exists") is True)

    def remove_table(self, name: str, at: Location, *, if_present: bool = False) -> None:
        """A table goes, with its triggers."""
        if self.schema.tables.pop(name, None) is None and not if_present:
            self.schema.refuse(f"there is no table `{name}` to drop", name, at)
        self.schema.doubts.pop(name, None)

    def rename_table(self, made: Made, at: Location) -> None:
        """``op.rename_table(old, new)``."""
        old = self._table_name(made.argument(0, "old_table_name"), made, at)
        new = self._table_name(made.argument(1, "new_table_name"), made, at)
        if old is not None and new is not None:
            self.rename(old, new, at)

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

    # --- columns ---

    def add_column(self, made: Made, at: Location) -> None:
        """``op.add_column(table, Column(...))``."""
        table = self._table(made.argument(0, "table_name"), made, at)
        if table is None:
            return
        builder = TableBuilder(table.name, self.dialect, self._impl, at)
        builder.add(made.argument(1, "column"))
        self.extend(table, builder.build(), at, if_absent=made.kwargs.get("if_not_exists") is True)

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

    def drop_column(self, made: Made, at: Location) -> None:
        """``op.drop_column(table, column)``."""
        table = self._table(made.argument(0, "table_name"), made, at)
        name = made.argument(1, "column_name")
        if isinstance(name, Made) and name.args:
            name = name.args[0]
        if table is None:
            return
        if not isinstance(name, str):
            self.schema.doubt("a column that cannot be told is dropped", at, table.name)
            return
        self.remove_column(table, name, at, if_present=made.kwargs.get("if_exists") is True)

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

    def alter_column(self, made: Made, at: Location) -> None:
        """``op.alter_column(table, column, ...)``."""
        table = self._table(made.argument(0, "table_name"), made, at)
        name = made.argument(1, "column_name")
        if table is None:
            return
        if not isinstance(name, str) or not made.complete:
            self.schema.doubt("a column that cannot be told is altered", at, table.name)
            return
        column = table.columns.get(name)
        if column is None:
            self.schema.refuse(f"`{table.name}` has no column `{name}` to alter", table.name, at)
            return
        changes: dict[str, Any] = {}
        if made.kwargs.get("type_") is not None:
            changes["type"] = read_type(made.kwargs["type_"], self.dialect, self._impl)
        nullable = made.kwargs.get("nullable")
        if nullable is not None:
            changes["nullable"] = nullable if isinstance(nullable, bool) else None
        if "server_default" in made.kwargs and made.kwargs["server_default"] is not False:
            changes["default"] = made.kwargs["server_default"] is not None
        self.change_column(table, msgspec.structs.replace(column, **changes))
        if made.kwargs.get("type_") is not None:
            self._check_type(table, name, made)
        new = made.kwargs.get("new_column_name")
        if isinstance(new, str):
            self.rename_column(self.schema.tables[table.name], name, new, at)

    def _check_type(self, table: Table, column: str, made: Made) -> None:
        """The check that came with the old type of a column goes, that of the new one comes."""
        checks = dict(self.schema.tables[table.name].checks)
        gone = type_check(made.kwargs.get("existing_type"), column, self.dialect)
        if gone is not None:
            checks.pop(gone[0] or anonymous("ck", gone[1:]), None)
        fresh = type_check(made.kwargs["type_"], column, self.dialect)
        if fresh is not None:
            checks[fresh[0] or anonymous("ck", fresh[1:])] = fresh[1]
        self._put(table, checks=checks)

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

    # --- constraints and indexes ---

    def create_index(self, made: Made, at: Location) -> None:
        """``op.create_index(name, table, columns)``."""
        table = self._table(made.argument(1, "table_name"), made, at)
        columns = made.argument(2, "columns")
        if table is None:
            return
        if not isinstance(columns, list | tuple):
            self.schema.doubt("an index over columns that cannot be told", at, table.name)
            return
        name = made.argument(0, "index_name")
        texts = tuple(column_text(c) for c in columns)
        index = declared_index(texts, made, self.dialect)
        if index is None:
            self.schema.doubt("an index of which it cannot be told whether it is unique", at, table.name)
            index = Index(texts, False)
        self.add_index(
            table,
            name if isinstance(name, str) else None,
            index,
            at,
            made.kwargs.get("if_not_exists") is True,
        )

    def add_index(
        self, table: Table, name: str | None, index: Index, at: Location, if_absent: bool = False
    ) -> None:
        """A new index."""
        key = name or anonymous("ix", index.columns)
        owner = self._index_owner(key)
        if owner is not None:
            if not if_absent:
                unsure = self.schema.doubt_about(owner.name) is not None
                self.schema.refuse(f"index `{key}` exists already", owner.name if unsure else table.name, at)
            return
        self._require(table, index.columns, at)
        self._put(table, indexes={**table.indexes, key: index})

    def drop_index(self, made: Made, at: Location) -> None:
        """``op.drop_index(name)``."""
        name = made.argument(0, "index_name")
        if not isinstance(name, str):
            table = made.argument(1, "table_name")
            where = table_key(made.kwargs.get("schema"), table) if isinstance(table, str) else EVERYTHING
            self.schema.doubt("an index that cannot be told is dropped", at, where, there=True)
            return
        table = made.argument(1, "table_name")
        of = table_key(made.kwargs.get("schema"), table) if isinstance(table, str) else None
        self.remove_index(name, at, of, if_present=made.kwargs.get("if_exists") is True)

    def remove_index(
        self, name: str, at: Location, table: str | None = None, *, if_present: bool = False
    ) -> None:
        """An index goes; *table*: where it is said to be."""
        owner = self._index_owner(name)
        if owner is None:
            if not if_present:
                self.schema.refuse_missing(f"there is no index `{name}` to drop", name, table, at)
            return
        self._put(owner, indexes={k: v for k, v in owner.indexes.items() if k != name})

    def rename_index(self, old: str, new: str, at: Location) -> None:
        """An index gets another name, and with it the constraint that is kept by it."""
        owner = self._index_owner(old)
        if owner is not None:
            self._put(owner, indexes={new if k == old else k: v for k, v in owner.indexes.items()})
            return
        constrained = next((t for t in self.schema.tables.values() if old in t.uniques), None)
        if constrained is not None:
            uniques = {new if k == old else k: v for k, v in constrained.uniques.items()}
            self._put(constrained, uniques=uniques)
        elif not _names_primary_key(old):
            self.schema.refuse_missing(f"there is no index `{old}` to rename", old, None, at)

    def create_unique_constraint(self, made: Made, at: Location) -> None:
        """``op.create_unique_constraint(name, table, columns)``."""
        table, columns = self._table(made.argument(1, "table_name"), made, at), made.argument(2, "columns")
        if table is not None and self._told(columns, table, at):
            self._require(table, tuple(columns), at)
            name = made.argument(0, "constraint_name") or anonymous("uq", columns)
            unique = declared_unique(tuple(columns), made, self.dialect)
            self._put(table, uniques={**table.uniques, name: unique})

    def create_check_constraint(self, made: Made, at: Location) -> None:
        """``op.create_check_constraint(name, table, condition)``."""
        table, text = (
            self._table(made.argument(1, "table_name"), made, at),
            check_text(made.argument(2, "condition")),
        )
        if table is None:
            return
        if text is None:
            self.schema.doubt("a check whose text cannot be told", at, table.name)
            text = "?"
        name = made.argument(0, "constraint_name") or anonymous("ck", (text,))
        if name in table.checks:
            self.schema.refuse(f"`{table.name}` has a check `{name}` already", table.name, at)
        self._put(table, checks={**table.checks, name: text})

    def create_primary_key(self, made: Made, at: Location) -> None:
        """``op.create_primary_key(name, table, columns)``."""
        table, columns = self._table(made.argument(1, "table_name"), made, at), made.argument(2, "columns")
        if table is not None and self._told(columns, table, at):
            self._put(table, primary_key=tuple(columns))

    def create_foreign_key(self, made: Made, at: Location) -> None:
        """``op.create_foreign_key(name, source, referent, local, remote)``."""
        table = self._table(made.argument(1, "source_table"), made, at)
        referent, local = made.argument(2, "referent_table"), made.argument(3, "local_cols")
        remote = made.argument(4, "remote_cols")
        self._add_reference(table, made.argument(0, "constraint_name"), referent, local, remote, at)

    def drop_constraint(self, made: Made, at: Location) -> None:
        """``op.drop_constraint(name, table, type_)``."""
        table, name = (
            self._table(made.argument(1, "table_name"), made, at),
            made.argument(0, "constraint_name"),
        )
        if table is None:
            return
        if not isinstance(name, str):
            self.schema.doubt("a constraint that cannot be told is dropped", at, table.name)
            return
        self.remove_constraint(table, name, at, made.argument(2, "type_") == "primary")

    def remove_constraint(
        self, table: Table, name: str, at: Location, primary: bool = False, if_present: bool = False
    ) -> None:
        """A constraint goes."""
        for kind in _CONSTRAINT_KINDS:
            found = getattr(table, kind)
            if name in found:
                self._put(table, **{kind: {k: v for k, v in found.items() if k != name}})
                return
        if primary or _names_primary_key(name):
            self._put(table, primary_key=())
        elif any(k.startswith("?") for kind in _CONSTRAINT_KINDS for k in getattr(table, kind)):
            self.schema.doubt(f"constraint `{name}` may be one that was made without a name", at, table.name)
        elif not if_present:
            self.schema.refuse(f"`{table.name}` has no constraint `{name}` to drop", table.name, at)

    # --- triggers and functions ---

    def add_trigger(self, table_name: str, name: str, trigger: Trigger, at: Location) -> None:
        """A trigger on a table."""
        table = self._existing(table_name, at)
        if table is not None:
            if name in table.triggers:
                self.schema.refuse(f"`{table_name}` has a trigger `{name}` already", table_name, at)
            self._put(table, triggers={**table.triggers, name: trigger})

    def remove_trigger(
        self, trigger: str, table_name: str | None, at: Location, *, if_present: bool = False
    ) -> None:
        """A trigger goes; SQLite does not name its table."""
        for table in list(self.schema.tables.values()):
            if trigger in table.triggers and table_name in (None, table.name):
                self._put(table, triggers={k: v for k, v in table.triggers.items() if k != trigger})
                return
        if not if_present:
            self.schema.refuse_missing(f"there is no trigger `{trigger}` to drop", trigger, table_name, at)

    # --- helpers ---

    def existing(self, name: str, at: Location) -> Table | None:
        """The table called *name*; a conflict when there is none."""
        return self._existing(name, at)

    def _put(self, table: Table, **changes: Any) -> None:
        current = self.schema.tables.get(table.name, table)
        self.schema.tables[table.name] = msgspec.structs.replace(current, **changes)

    def _existing(self, name: str, at: Location) -> Table | None:
        table = self.schema.tables.get(name)
        if table is None:
            self.schema.refuse(f"there is no table `{name}`", name, at, absent=True)
        return table

    def _table(self, value: Any, made: Made, at: Location) -> Table | None:
        name = self._table_name(value, made, at)
        return None if name is None else self._existing(name, at)

    def _table_name(self, value: Any, made: Made, at: Location) -> str | None:
        schema = made.kwargs.get("schema")
        if not isinstance(value, str) or isinstance(schema, Unknown):
            self.schema.doubt("an operation on a table that cannot be told", at)
            return None
        return table_key(schema, value)

    def _told(self, columns: Any, table: Table, at: Location) -> bool:
        if isinstance(columns, list | tuple) and all(isinstance(c, str) for c in columns):
            return True
        self.schema.doubt("a constraint over columns that cannot be told", at, table.name)
        return False

    def _require(self, table: Table, columns: tuple[str, ...], at: Location) -> None:
        for name in columns:
            if name.isidentifier() and name not in table.columns:
                self.schema.refuse(f"`{table.name}` has no column `{name}`", table.name, at)

    def _index_owner(self, name: str) -> Table | None:
        return next((t for t in self.schema.tables.values() if name in t.indexes), None)

    def _add_reference(
        self, table: Table | None, name: Any, referent: Any, local: Any, remote: Any, at: Location
    ) -> None:
        if table is None or not self._told(local, table, at):
            return
        if not isinstance(referent, str) or not self._told(remote, table, at):
            self.schema.doubt("a foreign key whose target cannot be told", at, table.name)
            return
        if referent not in self.schema.tables:
            self.schema.refuse(f"there is no table `{referent}` to refer to", referent, at, absent=True)
        key = ForeignKey(tuple(local), referent, tuple(remote))
        label = name if isinstance(name, str) else anonymous("fk", local)
        self._put(table, foreign_keys={**table.foreign_keys, label: key})


def _renamed(text: str, old: str, new: str) -> str:
    """The condition of an index after a column of it got another name."""
    return _WORD.sub(lambda word: new if word[0] == old else word[0], text)


def _names_primary_key(name: str) -> bool:
    """Whether a constraint is a primary key by its name: names of primary keys are not kept."""
    return name.startswith("pk_") or name.endswith("_pkey")


_OPERATIONS: dict[str, Callable[[Operations, Made, Location], None]] = {
    "add_column": Operations.add_column,
    "alter_column": Operations.alter_column,
    "create_check_constraint": Operations.create_check_constraint,
    "create_foreign_key": Operations.create_foreign_key,
    "create_index": Operations.create_index,
    "create_primary_key": Operations.create_primary_key,
    "create_table": Operations.create_table,
    "create_unique_constraint": Operations.create_unique_constraint,
    "drop_column": Operations.drop_column,
    "drop_constraint": Operations.drop_constraint,
    "drop_index": Operations.drop_index,
    "drop_table": Operations.drop_table,
    "rename_table": Operations.rename_table,
}
