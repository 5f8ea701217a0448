"""The words code is written in: names, attributes, imports and texts it works with, but not what is only said about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archwright.facts import ir
from archwright.facts.walk import children

_WORD = re.compile(r"\w+")


def spoken(body: tuple[ir.Stmt, ...]) -> Iterator[str]:
    """Every word in *body*, functions and classes in it included; docstrings and other texts that stand alone say nothing."""
    pending: list[Any] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ir.ExprStmt) and isinstance(node.value, ir.Str):
            continue
        if isinstance(node, ir.Name):
            yield node.id
        elif isinstance(node, ir.Attr):
            yield node.name
        elif isinstance(node, ir.Str):
            yield from _WORD.findall(node.value)
        elif isinstance(node, ir.ImportFrom):
            yield from node.module.split(".")
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ir.Import):
            for alias in node.names:
                yield from alias.name.split(".")
        pending.extend(children(node))
