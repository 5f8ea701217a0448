"""Whether what a literal list or dictionary holds is all that is ever put into it."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.code import Scope

_READING = frozenset({"copy", "count", "get", "index", "items", "keys", "values"})
"""Methods of lists and dictionaries that change nothing."""


def filled_in(scope: Scope) -> frozenset[str]:
    """The names of tables that code in or below *scope* puts something into, or may."""
    return frozenset(name for statement in scope.body for node in walk(statement) for name in _changed(node))


def _changed(node: object) -> Iterator[str]:
    """The names whose table *node* changes."""
    if isinstance(node, ir.Call):
        func = node.func
        if isinstance(func, ir.Attr) and isinstance(func.value, ir.Name) and func.name not in _READING:
            yield func.value.id
        return
    targets: tuple[ir.Expr, ...] = ()
    if isinstance(node, ir.Assign | ir.Delete):
        targets = node.targets
    elif isinstance(node, ir.AugAssign | ir.AnnAssign):
        targets = (node.target,)
    for target in targets:
        if isinstance(target, ir.Subscript) and isinstance(target.value, ir.Name):
            yield target.value.id
