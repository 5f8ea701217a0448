"""libcst's import statements to IR."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from archwright.facts import ir
from archwright.facts.positions import Positions


def lower_import(*, lazy: bool) -> Callable[[Any, Positions], ir.Stmt]:
    """Lowers ``import a.b as c``."""

    def lower(node: Any, at: Positions) -> ir.Stmt:
        return ir.Import(tuple(_alias(alias, at) for alias in node.names), lazy, at.span(node))

    return lower


def lower_import_from(*, lazy: bool) -> Callable[[Any, Positions], ir.Stmt]:
    """Lowers ``from m import name as c``."""

    def lower(node: Any, at: Positions) -> ir.Stmt:
        span = at.span(node)
        if isinstance(node.names, cst.ImportStar):
            names: tuple[ir.Alias, ...] = (ir.Alias("*", None, span),)
        else:
            names = tuple(_alias(alias, at) for alias in node.names)
        module = "" if node.module is None else _dotted(node.module)
        return ir.ImportFrom(module, len(node.relative), names, lazy, span)

    return lower


def _dotted(node: Any) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    parts.append(node.value)
    return ".".join(reversed(parts))


def _alias(node: cst.ImportAlias, at: Positions) -> ir.Alias:
    asname = None
    if node.asname is not None and isinstance(node.asname.name, cst.Name):
        asname = node.asname.name.value
    return ir.Alias(_dotted(node.name), asname, at.span(node))
