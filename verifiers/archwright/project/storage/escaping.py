"""Which values leave the hands of the code that makes them: are passed on, returned, yielded or stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.code import Scope, own_nodes
from archwright.project.storage.statementnames import external_names
from archwright.project.types.inference import Inference

_KEEPING = frozenset(
    {"builtins.list", "builtins.tuple", "builtins.set", "builtins.dict", "builtins.list.append"}
)


def escaping_calls(body: tuple[ir.Stmt, ...], inference: Inference, scope: Scope) -> Iterator[int]:
    """Calls whose value is passed on, returned, yielded, or stored; through local names."""
    kept: set[str] = set()
    nodes = list(own_nodes(body))
    for node in nodes:
        for part in _handed_on(node, inference, scope):
            for inner in walk(part):
                if isinstance(inner, ir.Name):
                    kept.add(inner.id)
                elif isinstance(inner, ir.Call):
                    yield id(inner)
    for node in nodes:
        if isinstance(node, ir.Assign | ir.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
            if any(not isinstance(t, ir.Name) or t.id in kept for t in targets):
                yield from (id(n) for n in walk(node.value) if isinstance(n, ir.Call))
        elif isinstance(node, ir.Walrus) and isinstance(node.target, ir.Name) and node.target.id in kept:
            yield from (id(n) for n in walk(node.value) if isinstance(n, ir.Call))


def _handed_on(node: Any, inference: Inference, scope: Scope) -> Iterator[ir.Expr]:
    if isinstance(node, ir.Call):
        names = external_names(inference.callees(node, scope))
        if not names or not all(n.startswith("builtins.") for n in names) or names <= _KEEPING:
            yield from (arg.value for arg in node.args)
    elif isinstance(node, ir.Return | ir.Yield) and node.value is not None:
        yield node.value
    elif isinstance(node, ir.Lambda):
        yield node.body
