"""Tables of functions written as literals: ``{"a": f, "b": g}[key]``."""

from __future__ import annotations

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.code import Scope

_READING = frozenset({"copy", "count", "get", "index", "items", "keys", "values"})
"""Methods of lists and dictionaries that change nothing."""


def literal_table(expr: ir.Expr, scope: Scope) -> tuple[ir.Dict | ir.Seq, Scope] | None:
    """The literal that *expr* is, or names and is bound to once, with the scope it stands in."""
    if isinstance(expr, ir.Dict | ir.Seq):
        return expr, scope
    if isinstance(expr, ir.Name):
        current: Scope | None = scope
        while current is not None:
            if expr.id in current.names.bound:
                value = current.names.only(expr.id)
                return (value, current) if isinstance(value, ir.Dict | ir.Seq) else None
            current = current.parent
    return None


def is_filled(table: str, scope: Scope) -> bool:
    """Whether code in or below *scope* puts something into the table bound to that name there, or may."""
    return any(_changes(node, table) for statement in scope.body for node in walk(statement))


def _changes(node: object, table: str) -> bool:
    if isinstance(node, ir.Call):
        func = node.func
        return isinstance(func, ir.Attr) and func.value == ir.Name(table) and func.name not in _READING
    targets: tuple[ir.Expr, ...] = ()
    if isinstance(node, ir.Assign | ir.Delete):
        targets = node.targets
    elif isinstance(node, ir.AugAssign | ir.AnnAssign):
        targets = (node.target,)
    return any(isinstance(t, ir.Subscript) and t.value == ir.Name(table) for t in targets)
