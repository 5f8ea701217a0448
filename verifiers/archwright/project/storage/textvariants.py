"""Texts that code puts together: once for each way the choices in them can go, and what they look like where not all is told."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.facts.walk import NODE_FIELDS, walk

_MAX_VARIANTS = 16
_LEFTMOST = re.compile(r"\s*(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WITH)\b", re.IGNORECASE)
FRAGMENT = re.compile(
    r"(?<![:'\w])[A-Za-z_]\w*(?!\w*\s*\()(?=\s*(?:=|<|>|!|\bIS\b|\bIN\b|\bLIKE\b|\bASC\b|\bDESC\b))",
    re.IGNORECASE,
)
"""A name that is compared or ordered by: a column, in a piece of SQL that is no whole statement."""


def variants(expr: ir.Expr) -> list[ir.Expr]:
    """An expression once for each way the choices in it can go: ``f"… {'ASC' if up else 'DESC'}"`` is two texts."""
    done: list[ir.Expr] = []
    pending = [expr]
    while pending and len(pending) + len(done) < _MAX_VARIANTS:
        current = pending.pop()
        choice = next((n for n in walk(current) if isinstance(n, ir.IfExp)), None)
        if choice is None:
            done.append(current)
        else:
            pending += [_replaced(current, choice, choice.orelse), _replaced(current, choice, choice.body)]
    return done + pending


def _replaced(node: Any, old: ir.Expr, new: ir.Expr) -> Any:
    if node is old:
        return new
    if not isinstance(node, msgspec.Struct):
        return node
    changes: dict[str, Any] = {}
    for name in NODE_FIELDS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, tuple):
            items = tuple(_replaced(item, old, new) for item in value)
            if any(a is not b for a, b in zip(items, value, strict=True)):
                changes[name] = items
        elif value is not None:
            changed = _replaced(value, old, new)
            if changed is not value:
                changes[name] = changed
    return msgspec.structs.replace(node, **changes) if changes else node


def begins_as_sql(expr: ir.Expr) -> bool:
    """Whether the leftmost literal part of a text that is put together begins as a statement does."""
    while True:
        if isinstance(expr, ir.BinOp):
            expr = expr.left
        elif isinstance(expr, ir.FString) and expr.parts:
            expr = expr.parts[0]
        elif isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attr):
            expr = expr.func.value
        else:
            return isinstance(expr, ir.Str) and _LEFTMOST.match(expr.value) is not None
