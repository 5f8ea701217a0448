"""Which column of which table an expression of a query is."""

from __future__ import annotations

from archwright.project.execution.values import Class, Column, Literal, Made, Value
from archwright.project.queries.selects import Level, is_select, unlabelled


def columns_of(values: Value, level: Level, *, named: bool = False) -> set[tuple[str, str]]:
    """The column an expression is, in terms of tables; empty when it is no plain column.

    *named*: it stands in ORDER BY or GROUP BY, where a text is the name of a column.
    """
    if len(values) != 1:
        return set()
    atom = values[0]
    if isinstance(atom, Column):
        return {(atom.table, atom.name)}
    if isinstance(atom, Made) and not atom.called and is_select(atom.name):
        for inner in level.nested:
            output = output_of(inner, atom.last)
            if output is not None:
                return {output}
    if named and isinstance(atom, Literal) and isinstance(atom.value, str):
        output = output_of(level, atom.value)
        return {output} if output is not None else set()
    return set()


def output_of(level: Level, name: str) -> tuple[str, str] | None:
    """The column a query gives under *name*."""
    for atom in level.outputs:
        value, label = unlabelled((atom,))
        column = value[0] if len(value) == 1 else None
        if isinstance(column, Column) and (label or column.name) == name:
            return column.table, column.name
        if isinstance(atom, Class) and len(level.tables) == 1:
            return level.tables[0], name
    return None
