"""One function under one list of events: what questions about the order of its steps share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.control_flow.cfg import Graph, Node, Part
from archwright.project.flow.completion import Completions
from archwright.project.flow.demands import Event
from archwright.project.flow.formulas import FALSE, Formula, atoms
from archwright.project.flow.search import in_order
from archwright.project.flow.touching import target_paths
from archwright.project.types.values import UNKNOWN, ClassValue, FunctionValue, Value

if TYPE_CHECKING:
    from archwright.project.flow.engine import FlowEngine

MAX_DEPTH = 5
"""How many helpers deep effects are followed."""


class Body:
    """A function's steps with what they test, assign, complete and enter.

    *optimistic*: whatever may be an event is taken for one.
    """

    def __init__(
        self, scope: Scope, events: tuple[Event, ...], engine: FlowEngine, *, optimistic: bool
    ) -> None:
        self.scope = scope
        self.events = events
        self.engine = engine
        self.optimistic = optimistic
        self.depth = 0
        """How many helpers deep it was come to."""
        self.terms = engine.terms(scope)
        self.completions = Completions(scope, events, engine, optimistic=optimistic)
        self._formulas: dict[int, Formula] = {}
        self._answers: dict[int, str] = {}
        self._written: dict[int, frozenset[str]] = {}
        self._entries: dict[int, tuple[tuple[ir.Call, ir.Call, tuple[FunctionValue, ...]], ...]] = {}
        self._order: tuple[int, dict[Node, int]] = (0, {})

    def at(self, depth: int) -> Body:
        """The same function, come to *depth* helpers deep."""
        if depth == self.depth:
            return self
        found = copy(self)
        found.depth = depth
        return found

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

    def written(self, node: Node) -> frozenset[str]:
        """The paths that an assignment writes."""
        found = self._written.get(id(node))
        if found is None:
            paths = (path for target in node.targets for path in target_paths(target, self.terms))
            found = self._written[id(node)] = frozenset(paths)
        return found

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

    def _constructor(self, value: Value) -> Value:
        """The ``__init__`` that making an instance of a class of this code base runs; *value* itself where there is none."""
        if not isinstance(value, ClassValue):
            return value
        found = self.engine.inference.member(value, "__init__")
        init = next(iter(found)) if len(found) == 1 else None
        return (
            FunctionValue(init.module, init.qualname, bound=True)
            if isinstance(init, FunctionValue)
            else value
        )

    def helpers(
        self, node: Node, words: frozenset[str], only: ir.Call | None = None
    ) -> Iterator[tuple[ir.Call, tuple[FunctionValue, ...]]]:
        """Calls over at *node* of functions of this code base, each with all it may be; none where one is unknown.

        *words*: functions that are given none of these, and mention neither them nor an event, need not be entered. *only*: of
        this call.
        """
        if self.depth >= MAX_DEPTH:
            return
        for made, call, functions in self._entered(node):
            if (only is None or made is only) and self._matters(call, functions, words):
                yield call, functions

    def _entered(self, node: Node) -> tuple[tuple[ir.Call, ir.Call, tuple[FunctionValue, ...]], ...]:
        """The calls over at *node* whose functions have run, whatever they do: as made, as told to the function, of what."""
        found = self._entries.get(id(node))
        if found is None:
            found = self._entries[id(node)] = tuple(self._find_entered(node))
        return found

    def _find_entered(self, node: Node) -> Iterator[tuple[ir.Call, ir.Call, tuple[FunctionValue, ...]]]:
        for call, how in self.completions.finished(node):
            told = call
            values = [self._constructor(v) for v in self.completions.callees(call)]
            functions = tuple(v for v in values if isinstance(v, FunctionValue))
            if not functions or len(functions) != len(values):
                continue
            if any(v.qualname.endswith(".__init__") for v in functions):
                # What stands before the dot is not the new object.
                told = replace(call, func=ir.Name("__new__"))
            if all(self.engine.enters(v, how, optimistic=self.optimistic) for v in functions):
                yield call, told, _in_order(functions)

    def managers(
        self, node: Node, words: frozenset[str]
    ) -> Iterator[tuple[ir.Call, tuple[FunctionValue, ...], Part]]:
        """What a context manager runs as it is entered or left at *node*: its function as far as ``yield``, or its methods."""
        if node.kind not in ("enter", "leave") or node.expr is None or self.depth >= MAX_DEPTH:
            return
        part: Part = "entered" if node.kind == "enter" else "left"
        call, engine = node.expr, self.engine
        if isinstance(call, ir.Call):
            values = self.completions.callees(call)
            functions = tuple(v for v in values if isinstance(v, FunctionValue) and engine.makes_manager(v))
            if functions and len(functions) == len(values) and self._matters(call, functions, words):
                yield call, _in_order(functions), part
                return
        names = ("__enter__", "__aenter__") if part == "entered" else ("__exit__", "__aexit__")
        methods = self._methods(node.expr, names)
        made = ir.Call(ir.Attr(node.expr, names[0]), (), node.at)
        if (
            methods
            and all(engine.enters(m, "awaited", optimistic=self.optimistic) for m in methods)
            and self._matters(made, methods, words)
        ):
            yield made, methods, "whole"

    def _methods(self, expr: ir.Expr, names: tuple[str, ...]) -> tuple[FunctionValue, ...]:
        """The methods that one of *names* may be on what *expr* is; none where it is anything unknown."""
        inference = self.engine.inference
        found: set[FunctionValue] = set()
        made = self.completions.callees(expr) if isinstance(expr, ir.Call) else frozenset()
        exact = made if all(isinstance(v, ClassValue) for v in made) else frozenset()
        for value in exact or inference.evaluate(expr, self.scope):
            members = [member for name in names if UNKNOWN not in (member := inference.member(value, name))]
            methods = {m for member in members for m in member if isinstance(m, FunctionValue)}
            if not methods:
                return ()
            found |= {FunctionValue(m.module, m.qualname, bound=True) for m in methods}
        return _in_order(found)

    def _matters(self, call: ir.Call, functions: Iterable[FunctionValue], words: frozenset[str]) -> bool:
        return _is_given(call, words) or any(self.engine.relevant(v, self.events, words) for v in functions)


def _in_order(functions: Iterable[FunctionValue]) -> tuple[FunctionValue, ...]:
    return tuple(sorted(functions, key=lambda v: (v.module, v.qualname)))


def _is_given(call: ir.Call, words: frozenset[str]) -> bool:
    """Whether a variable called one of *words* is an argument, which has another name inside."""
    return any(isinstance(arg.value, ir.Name) and arg.value.id in words for arg in call.args)
