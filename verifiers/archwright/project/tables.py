"""Whether what a literal list or dictionary holds is all that is ever put into it."""

from __future__ import annotations

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.code import Scope

_READING = frozenset({"copy", "count", "get", "index", "items", "keys", "values"})
"""Methods of lists and dictionaries that change nothing."""


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
