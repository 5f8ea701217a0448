"""The flows of a project, with what is kept between them: formulas, helper summaries, which helpers matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.calls.wrappers import Wrapper, may_not_run, wrappers_of
from archwright.project.code import Scope
from archwright.project.control_flow.builder import GraphBuilder
from archwright.project.control_flow.cfg import Part
from archwright.project.control_flow.exceptions import catches, exception_type
from archwright.project.control_flow.suppression import suppresses
from archwright.project.flow.body import MAX_DEPTH, Body
from archwright.project.flow.completion import How
from archwright.project.flow.demands import Event, among
from archwright.project.flow.flow import Flow
from archwright.project.flow.places import Places
from archwright.project.flow.summaries import Summary, summarise
from archwright.project.flow.terms import Terms
from archwright.project.render import render
from archwright.project.substitution import SELF
from archwright.project.types.inference import Inference
from archwright.project.types.values import ExternalValue, FunctionValue

T = TypeVar("T")


class TooManyPathsError(Exception):
    """A search has gone on for longer than it may."""


class FlowEngine:
    """Flows and helper summaries of a project, kept."""

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self._builders: dict[int, GraphBuilder] = {}
        self._places: dict[int, Places] = {}
        self._terms: dict[int, Terms] = {}
        self._yields: dict[int, bool] = {}
        self._summaries: dict[object, Summary] = {}
        self._bodies: dict[object, Body] = {}
        self._busy: set[object] = set()
        self._wrappers: dict[int, tuple[Wrapper, ...]] = {}
        self._words: dict[int, frozenset[str]] = {}
        self._mentions: dict[object, bool] = {}
        self._called: dict[int, tuple[FunctionValue, ...]] = {}
        self._left: int | None = None

    def bounded(self, steps: int, search: Callable[[], T]) -> tuple[T | None, int]:
        """What *search* finds and the steps that took; None when *steps* were not enough. Searches are unbounded otherwise."""
        outer, self._left = self._left, steps
        try:
            return search(), steps - self._left
        except TooManyPathsError:
            return None, steps
        finally:
            self._left = outer

    def spend(self, steps: int) -> None:
        """Counts what a search does."""
        if self._left is not None:
            self._left -= steps
            if self._left < 0:
                raise TooManyPathsError

    def flow(self, scope: Scope, events: tuple[Event, ...], *, optimistic: bool = False) -> Flow:
        """The flow of one function."""
        return Flow(scope, events, self, optimistic=optimistic)

    def builder(self, scope: Scope) -> GraphBuilder:
        """The control-flow graph of a function with its builder; one for all flows of the function."""
        found = self._builders.get(id(scope))
        if found is None:
            inference = self.inference
            found = self._builders[id(scope)] = GraphBuilder(
                scope.body,
                lambda types, raised: catches(types, raised, scope, inference),
                lambda item: suppresses(item, scope, inference),
                lambda expr: exception_type(expr, scope, inference),
                lambda expr: _is_type_checking(expr, scope, inference),
            )
        return found

    def places(self, scope: Scope) -> Places:
        """Where in a function its expressions stand."""
        found = self._places.get(id(scope))
        if found is None:
            found = self._places[id(scope)] = Places(scope.body, self.builder(scope).graph)
        return found

    def terms(self, scope: Scope) -> Terms:
        """The terms of a function: what its names stand for is found out once."""
        found = self._terms.get(id(scope))
        if found is None:
            found = self._terms[id(scope)] = Terms(scope, self.inference)
        return found

    def yields(self, scope: Scope) -> bool:
        """Whether a function is a generator."""
        found = self._yields.get(id(scope))
        if found is None:
            found = any(isinstance(node, ir.Yield) for node in _body_nodes(scope))
            self._yields[id(scope)] = found
        return found

    def enters(self, value: FunctionValue, how: How, *, optimistic: bool) -> bool:
        """Whether a call of *value* of which *how* is true runs its body to the end; *optimistic*: whether it may."""
        scope = self.inference.scope(value)
        if scope is None or (self.yields(scope) and how != "drained") or (scope.is_async and how == "made"):
            return False
        return optimistic or self._runs(scope)

    def makes_manager(self, value: FunctionValue) -> bool:
        """Whether the function is a generator whose ``yield`` is where the body of a ``with`` runs."""
        scope = self.inference.scope(value)
        return scope is not None and any(map(scope.decorated, ("contextmanager", "asynccontextmanager")))

    def wrappers(self, scope: Scope) -> tuple[Wrapper, ...]:
        """What runs in place of the function, put there by its decorators, the innermost first."""
        known = self._wrappers.get(id(scope))
        if known is None:
            known = self._wrappers[id(scope)] = tuple(wrappers_of(scope, self.inference))
        return known

    def _runs(self, scope: Scope) -> bool:
        """Whether a call that returns has run the function: no decorator goes on without it, or whatever it raises."""
        if scope.node is None or not scope.node.decorators:
            return True
        return not may_not_run(scope, self.inference) and not any(
            self._goes_on_without(wrapper) for wrapper in self.wrappers(scope)
        )

    def _goes_on_without(self, wrapper: Wrapper) -> bool:
        graph = self.builder(wrapper.scope).graph
        calls = {id(call) for call in wrapper.calls}
        pending, seen = [graph.entry], {graph.entry}
        while pending:
            node = pending.pop()
            done = node.kind == "call" and id(node.expr) in calls
            for edge in node.out:
                if edge.to not in seen and not (done and edge.label != "error"):
                    seen.add(edge.to)
                    pending.append(edge.to)
        return graph.exit in seen

    def relevant(self, value: FunctionValue, events: tuple[Event, ...], words: frozenset[str]) -> bool:
        """Whether the helper, or anything it calls, mentions an event or one of *words*; the rest need not be entered."""
        return self.mentions(value, frozenset().union(*(event.words for event in events))) or self.mentions(
            value, words
        )

    def mentions(self, value: FunctionValue, words: frozenset[str]) -> bool:
        """Whether the function, or anything it calls as deep as effects are followed, mentions one of *words*."""
        wanted = words - {SELF}
        key = (value.module, value.qualname, wanted)
        known = self._mentions.get(key)
        if known is None:
            known = self._mentions[key] = self._mentions_any(value, wanted)
        return known

    def summary(
        self,
        scope: Scope,
        conditions: tuple[ir.Expr, ...],
        events: tuple[Event, ...],
        optimistic: bool,
        depth: int,
        *,
        answered: bool,
        part: Part = "whole",
    ) -> Summary | None:
        """States on normal return by state at entry; None inside a recursion, whose effect is taken as none."""
        key = (
            scope.module,
            scope.qualname,
            tuple(map(render, conditions)),
            events,
            optimistic,
            answered,
            part,
        )
        if key in self._summaries:
            return self._summaries[key]
        if key in self._busy:
            return None
        self._busy.add(key)
        try:
            body = self.body(scope, events, optimistic=optimistic, depth=depth)
            found = self._summaries[key] = summarise(body, conditions, answered=answered, part=part)
        finally:
            self._busy.discard(key)
        return found

    def body(self, scope: Scope, events: tuple[Event, ...], *, optimistic: bool, depth: int = 0) -> Body:
        """A function under some events, come to *depth* helpers deep; what is found out about it is shared between depths."""
        key = (id(scope), events, optimistic)
        found = self._bodies.get(key)
        if found is None:
            found = self._bodies[key] = Body(scope, events, self, optimistic=optimistic)
        return found.at(depth)

    def _mentions_any(self, value: FunctionValue, wanted: frozenset[str]) -> bool:
        is_wanted = among(wanted)
        seen = {(value.module, value.qualname)}
        level = [value]
        for _ in range(MAX_DEPTH + 1):
            below: list[FunctionValue] = []
            for one in level:
                scope = self.inference.scope(one)
                if scope is None:
                    continue
                if any(map(is_wanted, self._scope_words(scope))):
                    return True
                below += self._called_by(scope)
            level = []
            for one in below:
                if (one.module, one.qualname) not in seen:
                    seen.add((one.module, one.qualname))
                    level.append(one)
        return False

    def _called_by(self, scope: Scope) -> tuple[FunctionValue, ...]:
        """The functions of this code base that *scope* may call."""
        known = self._called.get(id(scope))
        if known is None:
            calls = (node for node in _body_nodes(scope) if isinstance(node, ir.Call))
            found = {v for call in calls for v in self.inference.callees(call, scope)}
            known = self._called[id(scope)] = tuple(
                sorted((v for v in found if isinstance(v, FunctionValue)), key=repr)
            )
        return known

    def _scope_words(self, scope: Scope) -> frozenset[str]:
        known = self._words.get(id(scope))
        if known is None:
            found: set[str] = set()
            for node in _body_nodes(scope):
                if isinstance(node, ir.Attr):
                    found.add(node.name)
                elif isinstance(node, ir.Name):
                    found.add(node.id)
                    found.add(scope.imported(node.id) or node.id)  # it may go by another name here
            known = self._words[id(scope)] = frozenset(found)
        return known


def _is_type_checking(expr: ir.Expr, scope: Scope, inference: Inference) -> bool:
    """Whether *expr* is typing's own TYPE_CHECKING, or a name like it that the module sets to False once."""
    name = ir.dotted(expr)
    if name is None or not name.endswith("TYPE_CHECKING"):
        return False
    values = inference.evaluate(expr, scope)
    if values and values <= _TYPE_CHECKING:
        return True
    value = inference.index(scope.module).root.names.only(name)
    return isinstance(value, ir.Const) and value.text == "False"


_TYPE_CHECKING = frozenset(
    {ExternalValue("typing.TYPE_CHECKING"), ExternalValue("typing_extensions.TYPE_CHECKING")}
)


def _body_nodes(scope: Scope) -> Iterator[object]:
    yield from walk_own(scope.body)
