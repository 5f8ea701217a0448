"""The places in a body of code where a function may be called, or handed on as a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from archwright.facts import ir
from archwright.facts.walk import children, walk
from archwright.project.code import Scope, own_nodes


class Place(NamedTuple):
    """A call, or a name or attribute used as a value."""

    position: int
    """Its place in the order of the module's scopes and their source."""
    scope: Scope
    node: Any
    is_call: bool

    @property
    def expr(self) -> ir.Expr:
        """What is called or named."""
        found: ir.Expr = self.node.func if self.is_call else self.node
        return found


def places_in(scope: Scope) -> Iterator[tuple[bool, Any]]:
    """Calls (True), and names or attributes used as values (False), in the scope's own code.

    What only gives something another name, or picks it from a table or completes it to call it at once, is followed where it
    is called.
    """
    nodes = list(own_nodes(scope.body))
    skip: set[int] = _table_entries(scope, nodes)
    for node in nodes:
        if isinstance(node, ir.Call):
            skip.add(id(node.func))
            if isinstance(node.func, ir.Subscript) and isinstance(node.func.value, ir.Dict | ir.Seq):
                skip.update(id(n) for n in children(node.func.value))
            elif isinstance(node.func, ir.Call) and is_partial(node.func):
                skip.add(id(node.func.args[0].value))
            yield True, node
        elif isinstance(node, ir.Assign | ir.AnnAssign):
            targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
            if all(isinstance(t, ir.Name | ir.Attr) for t in targets):
                skip.update(_renamed_by(node.value))
            skip.update(id(target) for target in targets)
            if isinstance(node, ir.AnnAssign):
                skip.update(id(n) for n in walk(node.annotation))
        elif isinstance(node, ir.Name | ir.Attr):
            if isinstance(node, ir.Attr):
                skip.add(id(node.value))
            if id(node) not in skip:
                yield False, node


def last_word(expr: Any) -> str | None:
    """The last word of what is called or named; None where it has none, as in ``table[key]()``."""
    if isinstance(expr, ir.Name):
        return expr.id
    return expr.name if isinstance(expr, ir.Attr) else None


def is_partial(call: ir.Call) -> bool:
    """Whether *call* stands for its first argument with some of its parameters given."""
    return bool(call.args) and (last_word(call.func) or "").startswith("partial")


def _table_entries(scope: Scope, nodes: Sequence[Any]) -> set[int]:
    """The entries of local tables that serve only to pick one and call it at once: ``table[key](…)``, ``table.get(key)(…)``."""
    uses: dict[str, int] = {}
    picks: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ir.Name):
            uses[node.id] = uses.get(node.id, 0) + 1
        elif isinstance(node, ir.Call):
            picked = node.func
            if isinstance(picked, ir.Call) and isinstance(picked.func, ir.Attr) and picked.func.name == "get":
                picked = ir.Subscript(picked.func.value, ())
            if isinstance(picked, ir.Subscript) and isinstance(picked.value, ir.Name):
                picks[picked.value.id] = picks.get(picked.value.id, 0) + 1
    entries: set[int] = set()
    for name in picks:
        table = scope.names.only(name)
        # One use is the assignment itself.
        if scope.kind == "function" and isinstance(table, ir.Dict | ir.Seq) and uses[name] == picks[name] + 1:
            entries.update(id(entry) for entry in children(table))
    return entries


def _renamed_by(value: Any) -> Iterator[int]:
    """The parts of an assigned value that the assignment only gives another name."""
    if isinstance(value, ir.Name | ir.Attr):
        yield id(value)
    elif isinstance(value, ir.Call) and is_partial(value):
        yield id(value.args[0].value)
