"""Where in a function expressions stand: the steps that make a call, leave a context manager, or evaluate something around it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from archwright.facts import ir
from archwright.facts.walk import children
from archwright.project.control_flow.cfg import Graph, Node


class Places:
    """The steps of one function by what they are about; found once, and again where the graph has grown."""

    def __init__(self, body: tuple[ir.Stmt, ...], graph: Graph) -> None:
        self._body = body
        self._graph = graph
        self._read = 0
        """How many steps have been entered."""
        self._steps: dict[int, list[tuple[int, Node]]] = defaultdict(list)
        """By what they evaluate, with their numbers."""
        self._parents: dict[int, list[Any]] | None = None

    def made_at(self, call: ir.Call) -> list[Node]:
        """The steps that make *call*; ``finally`` blocks have several for one place in the source, dead code none."""
        return [node for _, node in self._of(call) if node.kind == "call"]

    def left_at(self, expr: ir.Expr) -> list[Node]:
        """The steps that leave the context manager *expr*, where no exception is the reason."""
        return [node for _, node in self._of(expr) if node.kind == "leave"]

    def around(self, expr: ir.Expr) -> list[Node]:
        """The steps that evaluate *expr* or something it is a part of."""
        found = {
            number: node
            for one in (expr, *self._above(expr))
            for number, node in self._of(one)
            if node.kind != "drained"
        }
        return [found[number] for number in sorted(found)]

    def is_deferred(self, expr: ir.Expr) -> bool:
        """Whether *expr* stands in a lambda or a generator expression."""
        return any(
            isinstance(one, ir.Lambda) or (isinstance(one, ir.Comp) and one.kind == "generator")
            for one in self._above(expr)
        )

    def _of(self, expr: Any) -> list[tuple[int, Node]]:
        nodes = self._graph.nodes
        for number in range(self._read, len(nodes)):
            if nodes[number].expr is not None:
                self._steps[id(nodes[number].expr)].append((number, nodes[number]))
        self._read = len(nodes)
        return self._steps.get(id(expr), [])

    def _above(self, expr: ir.Expr) -> list[Any]:
        """Everything that *expr* is a part of."""
        if self._parents is None:
            self._parents = _parents(self._body)
        found: list[Any] = []
        seen: set[int] = set()
        pending: list[Any] = [expr]
        while pending:
            for parent in self._parents.get(id(pending.pop()), ()):
                if id(parent) not in seen:
                    seen.add(id(parent))
                    found.append(parent)
                    pending.append(parent)
        return found


def _parents(body: tuple[ir.Stmt, ...]) -> dict[int, list[Any]]:
    """What every part of *body* is directly a part of; bodies of nested functions and classes are not parts of it."""
    found: dict[int, list[Any]] = {}
    pending: list[Any] = list(body)
    while pending:
        node = pending.pop()
        below = list(children(node))
        if isinstance(node, ir.FunctionDef | ir.ClassDef):
            own = {id(statement) for statement in node.body}
            below = [part for part in below if id(part) not in own]
        for part in below:
            found.setdefault(id(part), []).append(node)
            pending.append(part)
    return found
