"""Alembic's operations on constraints and indexes: what each ``op.…`` call does to a schema."""

from __future__ import annotations

from typing import Any

from archwright.model import Location
from archwright.project.storage.constrainttexts import (
    check_text,
    column_text,
    declared_index,
    declared_unique,
)
from archwright.project.storage.literals import Made, Unknown
from archwright.project.storage.partchanges import PartChanges
from archwright.project.storage.schema import EVERYTHING, ForeignKey, Index, Table, anonymous, table_key


class ConstraintOperations(PartChanges):
    """Applies operations on what is over columns."""

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

    def _table(self, value: Any, made: Made, at: Location) -> Table | None:
        name = self._table_name(value, made, at)
        return None if name is None else self.existing(name, at)

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
