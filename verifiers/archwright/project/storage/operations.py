"""Alembic's operations on a schema: what each ``op.…`` call does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from archwright.model import Location
from archwright.project.storage.constraintoperations import ConstraintOperations
from archwright.project.storage.declarations import TableBuilder
from archwright.project.storage.literals import Made
from archwright.project.storage.schema import (
    Table,
    anonymous,
)
from archwright.project.storage.sqltypes import read_type, type_check

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


class Operations(ConstraintOperations):
    """Applies operations to ``schema``."""

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

    def drop_table(self, made: Made, at: Location) -> None:
        """``op.drop_table(name)``."""
        name = self._table_name(made.argument(0, "table_name"), made, at)
        if name is not None:
            self.remove_table(name, at, if_present=made.kwargs.get("if_exists") is True)

    def rename_table(self, made: Made, at: Location) -> None:
        """``op.rename_table(old, new)``."""
        old = self._table_name(made.argument(0, "old_table_name"), made, at)
        new = self._table_name(made.argument(1, "new_table_name"), made, at)
        if old is not None and new is not None:
            self.rename(old, new, at)

    # --- columns ---

    def add_column(self, made: Made, at: Location) -> None:
        """``op.add_column(table, Column(...))``."""
        table = self._table(made.argument(0, "table_name"), made, at)
        if table is None:
            return
        builder = TableBuilder(table.name, self.dialect, self._impl, at)
        builder.add(made.argument(1, "column"))
        self.extend(table, builder.build(), at, if_absent=made.kwargs.get("if_not_exists") is True)

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
