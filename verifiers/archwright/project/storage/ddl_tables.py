"""Tables as the text of a CREATE or ALTER TABLE declares them: columns, keys and constraints of a parsed statement."""

from __future__ import annotations

from typing import Any

import msgspec

from archwright.model import Location
from archwright.project.storage.constrainttexts import indexed, normal
from archwright.project.storage.parsing import table_name
from archwright.project.storage.schema import Column, ForeignKey, Table, Unique, anonymous
from archwright.project.storage.sqltypes import UNTOLD, read_ddl_type


def declared_table(name: str, items: list[Any], at: Location) -> Table:
    """The table that parsed column definitions and constraints declare."""
    from sqlglot import exp

    columns: dict[str, Column] = {}
    parts = _Parts()
    for item in items:
        if isinstance(item, exp.ColumnDef):
            columns[item.name] = _column(item, parts, at)
        else:
            label = item.name if isinstance(item, exp.Constraint) else None
            for inner in item.expressions if isinstance(item, exp.Constraint) else [item]:
                parts.constraint(inner, label)
    for key in parts.primary:
        if key in columns:
            columns[key] = msgspec.structs.replace(columns[key], nullable=False)
    return Table(
        name,
        columns,
        tuple(parts.primary),
        parts.uniques,
        parts.checks,
        parts.foreign,
        {},
        {},
        tuple(parts.vague),
        at,
    )


def indexed_part(node: Any) -> str:
    """A column's name, or an expression's text, in a key or index."""
    from sqlglot import exp

    while isinstance(node, exp.Ordered):
        node = node.this
    return str(node.name) if isinstance(node, exp.Column | exp.Identifier) else indexed(normal(node.sql()))


class _Parts:
    """Constraints of a table as they are met."""

    def __init__(self) -> None:
        self.primary: list[str] = []
        self.uniques: dict[str, Unique] = {}
        self.checks: dict[str, str] = {}
        self.foreign: dict[str, ForeignKey] = {}
        self.vague: list[str] = []

    def constraint(self, node: Any, label: str | None) -> None:
        from sqlglot import exp

        if isinstance(node, exp.PrimaryKey):
            self.primary += [indexed_part(c) for c in node.expressions]
        elif isinstance(node, exp.UniqueColumnConstraint):
            columns = tuple(c.name for c in (node.this.expressions if node.this else ()))
            self.unique(Unique(columns, bool(node.args.get("nulls"))), label)
        elif isinstance(node, exp.CheckColumnConstraint | exp.Check):
            self.check(node, label)
        elif isinstance(node, exp.ForeignKey):
            self.reference(tuple(c.name for c in node.expressions), node.args.get("reference"), label)
        else:
            self.vague.append(f"a {type(node).__name__} that cannot be read")

    def unique(self, unique: Unique, label: str | None) -> None:
        self.uniques[label or anonymous("uq", unique.columns)] = unique

    def check(self, node: Any, label: str | None) -> None:
        text = normal(node.this.sql())
        self.checks[label or anonymous("ck", (text,))] = text

    def reference(self, local: tuple[str, ...], node: Any, label: str | None) -> None:
        from sqlglot import exp

        if node is None:
            self.vague.append("a foreign key that cannot be read")
            return
        into = node.this
        remote = tuple(c.name for c in into.expressions) if isinstance(into, exp.Schema) else ()
        table = table_name(into.this if isinstance(into, exp.Schema) else into)
        self.foreign[label or anonymous("fk", local)] = ForeignKey(local, table, remote)


def _column(node: Any, parts: _Parts, at: Location) -> Column:
    from sqlglot import exp

    nullable, default, computed = True, False, False
    kind = node.args.get("kind")
    serial = kind is not None and "SERIAL" in getattr(kind.this, "name", "")
    for constraint in node.args.get("constraints") or ():
        inner, label = constraint.kind, constraint.args.get("this")
        name = label.name if label is not None else None
        if isinstance(inner, exp.NotNullColumnConstraint):
            nullable = bool(inner.args.get("allow_null"))
        elif isinstance(inner, exp.PrimaryKeyColumnConstraint):
            nullable = False
            parts.primary.append(node.name)
        elif isinstance(inner, exp.UniqueColumnConstraint):
            parts.unique(Unique((node.name,), bool(inner.args.get("nulls"))), name)
        elif isinstance(inner, exp.DefaultColumnConstraint | exp.GeneratedAsIdentityColumnConstraint):
            default = True
        elif isinstance(inner, exp.CheckColumnConstraint):
            parts.check(inner, name)
        elif isinstance(inner, exp.ComputedColumnConstraint):
            computed = True
        elif isinstance(inner, exp.Reference):
            parts.reference((node.name,), inner, name)
    sql_type = read_ddl_type(kind) if kind is not None else UNTOLD
    return Column(node.name, sql_type, nullable and not serial, default or serial, at, computed)
