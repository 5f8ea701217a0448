"""One function under one list of events: what questions about the order of its steps share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.cfg import Graph, Node
from archwright.project.code import Scope
from archwright.project.completion import Completions
from archwright.project.demands import Event
from archwright.project.flow_search import in_order
from archwright.project.formulas import FALSE, Formula, atoms
from archwright.project.terms import Terms
from archwright.project.values import FunctionValue

if TYPE_CHECKING:
    from archwright.project.flow_engine import FlowEngine

MAX_DEPTH = 5
"""How many helpers deep effects are followed."""


class Body:
    """A function's steps with what they test, assign, complete and enter.

    *optimistic*: whatever may be an event is taken for one. *depth*: how many helpers deep it was come to.
    """

    def __init__(
        self, scope: Scope, events: tuple[Event, ...], engine: FlowEngine, *, optimistic: bool, depth: int
    ) -> None:
        self.scope = scope
        self.events = events
        self.engine = engine
        self.optimistic = optimistic
        self.depth = depth
        self.terms = Terms(scope, engine.inference)
        self.completions = Completions(scope, events, engine.inference, optimistic=optimistic)
        self._formulas: dict[int, Formula] = {}
        self._answers: dict[int, str] = {}
        self._order: tuple[int, dict[Node, int]] = (0, {})

    @property
    def graph(self) -> Graph:
        """The function's control flow."""
        return self.engine.builder(self.scope).graph

    @property
    def order(self) -> dict[Node, int]:
        """The steps in the order in which they can be come to; the graph may have grown since it was last asked for."""
        size = len(self.graph.nodes)
        if self._order[0] != size:
            self._order = (size, in_order(self.graph))
        return self._order[1]

    def formula(self, node: Node) -> Formula:
        """What a test asks, what an assignment assigns, as a condition."""
        if node.expr is None:
            return FALSE
        found = self._formulas.get(id(node.expr))
        if found is None:
            found = self._formulas[id(node.expr)] = self.terms.formula(node.expr)
        return found

    def target(self, node: Node) -> str | None:
        """What the one thing an assignment gives a value to is called among the atoms."""
        if len(node.targets) != 1 or isinstance(node.targets[0], ir.Seq | ir.Star):
            return None
        target = node.targets[0]
        return self.terms.assigned(target.id) if isinstance(target, ir.Name) else self.terms.key(target)

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The atoms that tests ask about, in order."""
        found: dict[str, None] = {}
        for node in self.graph.nodes:
            if node.kind == "test":
                found.update(dict.fromkeys(atoms(self.formula(node))))
        return tuple(found)

    @cached_property
    def assigned(self) -> tuple[tuple[str, Node], ...]:
        """The assignments of values that tell something, with what they give a value to, in order."""
        found: list[tuple[str, Node]] = []
        for node in self.graph.nodes:
            if node.kind == "assign" and node.expr is not None:
                target = self.target(node)
                if target is not None:
                    found.append((target, node))
        return tuple(found)

    def answer(self, node: Node) -> str:
        """The atom that what the call at *node* answers is; empty where there is none."""
        if node.kind != "call" or not isinstance(node.expr, ir.Call):
            return ""
        found = self._answers.get(id(node))
        if found is None:
            found = self._answers[id(node)] = self.terms.answer(node.expr, awaited=node.awaited)
        return found

    def helpers(
        self, node: Node, words: frozenset[str], only: ir.Call | None = None
    ) -> Iterator[tuple[ir.Call, tuple[FunctionValue, ...]]]:
        """Calls over at *node* of functions of this code base, each with all it may be; none where one is unknown.

        *words*: functions that neither mention these nor an event need not be entered. *only*: of this call.
        """
        if self.depth >= MAX_DEPTH:
            return
        for call, awaited in self.completions.finished(node):
            if only is not None and call is not only:
                continue
            values = self.completions.callees(call)
            functions = tuple(v for v in values if isinstance(v, FunctionValue))
            if not functions or len(functions) != len(values):
                continue
            if all(self.engine.enters(v, awaited) for v in functions) and any(
                self.engine.relevant(v, self.events, words) for v in functions
            ):
                yield call, tuple(sorted(functions, key=lambda v: (v.module, v.qualname)))
