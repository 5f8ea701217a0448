"""The nodes that run as part of a body, with what lambdas around them bind and whose thread they run on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archwright.facts import ir
from archwright.facts.walk import children, walk_own
from archwright.project.effects.catalogue import HAND_OFF, HAND_OFF_MEMBERS
from archwright.project.types.values import UNKNOWN, ExternalInstance, Values

Running = tuple[Any, Mapping[str, Values], bool]
"""A node, the parameters of lambdas around it, and whether it runs on another thread."""

_ANYTHING: Values = frozenset({UNKNOWN})
_BRIDGED: Values = frozenset({ExternalInstance("sqlalchemy.orm.Session")})
_BRIDGES = frozenset({"run_sync"})
_ELSEWHERE = HAND_OFF_MEMBERS | _BRIDGES | {name.rpartition(".")[2] for name in HAND_OFF}


def running_nodes(body: tuple[ir.Stmt, ...]) -> Iterator[Running]:
    """Every node that runs as part of *body*; the bodies of lambdas count as run by who makes them."""
    given: set[int] = set()
    for node in walk_own(body):
        yield node, {}, False
        if isinstance(node, ir.Call):
            last = _last_word(node.func)
            first = _BRIDGED if last in _BRIDGES else _ANYTHING
            for arg in node.args:
                if isinstance(arg.value, ir.Lambda):
                    given.add(id(arg.value))
                    yield from _lambda(arg.value, {}, first, last in _ELSEWHERE)
        elif isinstance(node, ir.Lambda) and id(node) not in given:
            yield from _lambda(node, {}, _ANYTHING, False)


def _lambda(
    node: ir.Lambda, outer: Mapping[str, Values], first: Values, handed_off: bool
) -> Iterator[Running]:
    local = {**outer, **{p.name: _ANYTHING for p in node.params}}
    if node.params:
        local[node.params[0].name] = first
    stack: list[Any] = [node.body]
    while stack:
        current = stack.pop()
        if isinstance(current, ir.Lambda):
            yield from _lambda(current, local, _ANYTHING, handed_off)
            continue
        yield current, local, handed_off
        stack.extend(children(current))


def _last_word(func: ir.Expr) -> str:
    if isinstance(func, ir.Attr):
        return func.name
    return func.id if isinstance(func, ir.Name) else ""
