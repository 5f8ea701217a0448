"""Expressions with names put in place of others: what a parameter means to the caller, what an alias stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.facts.walk import NODE_FIELDS, walk
from archwright.project.code import Scope
from archwright.project.types.values import FunctionValue

SELF = "self"
GLOBAL = "::"
"""Marks a name that is a full dotted name: it means the same in every scope."""


def substitute(expr: ir.Expr, replace: Callable[[str], ir.Expr | None]) -> ir.Expr:
    """*expr* with names replaced; names for which *replace* gives None stay."""
    if isinstance(expr, ir.Name):
        return replace(expr.id) or expr
    changed: ir.Expr = map_parts(expr, lambda part: substitute(part, replace))
    return changed


def map_parts(expr: Any, change: Callable[[Any], Any]) -> Any:
    """*expr* with each of its direct parts changed; *expr* itself where none is."""
    changes: dict[str, Any] = {}
    for field in NODE_FIELDS[type(expr)]:
        value = getattr(expr, field)
        if isinstance(value, tuple):
            new: Any = tuple(None if item is None else change(item) for item in value)
            same = all(one is other for one, other in zip(new, value, strict=True))
        else:
            new = None if value is None else change(value)
            same = new is value
        if not same:
            changes[field] = new
    return msgspec.structs.replace(expr, **changes) if changes else expr


def bind_arguments(call: ir.Call, callee: Scope, value: FunctionValue) -> dict[str, ir.Expr | None]:
    """For every parameter of *callee* the argument *call* gives it: an expression of the caller, None where it cannot be told."""
    params = [p for p in callee.params if p.kind in ("posonly", "arg", "kwonly")]
    mapping: dict[str, ir.Expr | None] = {
        p.name: p.default if isinstance(p.default, ir.Const | ir.Num | ir.Str) else None for p in params
    }
    positional = [p for p in params if p.kind != "kwonly"]
    if value.bound and positional:
        mapping[positional[0].name] = call.func.value if isinstance(call.func, ir.Attr) else None
        positional = positional[1:]
    for arg in call.args:
        if arg.star:
            # What a spread gives is open for every parameter not given by name.
            for param in positional if arg.star == 1 else params:
                mapping[param.name] = None
            positional = []
        elif arg.keyword:
            mapping[arg.keyword] = arg.value
        elif positional:
            mapping[positional.pop(0).name] = arg.value
    return mapping


def free_names(expr: ir.Expr) -> set[str]:
    """The names *expr* reads; things given by their full name are not among them."""
    names = (node.id for node in walk(expr) if isinstance(node, ir.Name))
    return {name for name in names if not name.startswith(GLOBAL)}
