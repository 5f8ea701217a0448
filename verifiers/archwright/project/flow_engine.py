"""The flows of a project, with what is kept between them: formulas, helper summaries, which helpers matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.cfg_builder import GraphBuilder
from archwright.project.code import Scope
from archwright.project.demands import Event
from archwright.project.exceptions import catches, exception_type
from archwright.project.flow import MAX_DEPTH, Flow
from archwright.project.inference import Inference
from archwright.project.render import render
from archwright.project.suppression import suppresses
from archwright.project.terms import SELF
from archwright.project.values import ExternalValue, FunctionValue

T = TypeVar("T")


class TooManyPathsError(Exception):
    """A search has gone on for longer than it may."""


class FlowEngine:
    """Flows and helper summaries of a project, kept."""

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self._builders: dict[int, GraphBuilder] = {}
        self._summaries: dict[object, dict[int, frozenset[int]] | None] = {}
        self._busy: set[object] = set()
        self._words: dict[int, frozenset[str]] = {}
        self._relevant: dict[object, bool] = {}
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
        return Flow(scope, events, self, optimistic)

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

    def enters(self, value: FunctionValue, awaited: bool) -> bool:
        """Whether a call of *value*, awaited or not, runs its body to the end."""
        scope = self.inference.scope(value)
        if scope is None or (scope.is_async and not awaited):
            return False
        return not any(isinstance(node, ir.Yield) for node in _body_nodes(scope))

    def relevant(self, value: FunctionValue, events: tuple[Event, ...], names: frozenset[str]) -> bool:
        """Whether the helper, or anything it calls, mentions an event or a tracked condition; the rest need not be entered."""
        wanted = names.union(*(event.words for event in events)) - {SELF}
        return self._mentions(value, wanted, MAX_DEPTH)

    def summary(
        self,
        scope: Scope,
        conditions: tuple[ir.Expr | None, ...],
        events: tuple[Event, ...],
        optimistic: bool,
        depth: int,
    ) -> dict[int, frozenset[int]] | None:
        """States on normal return by state at entry; None inside a recursion, whose effect is taken as none."""
        kept = tuple(c for c in conditions if c is not None)
        key = (scope.module, scope.qualname, tuple(render(c) for c in kept), events, optimistic)
        if key in self._summaries:
            return self._summaries[key]
        if key in self._busy:
            return None
        self._busy.add(key)
        try:
            found = Flow(scope, events, self, optimistic, depth).exits(kept)
        finally:
            self._busy.discard(key)
        self._summaries[key] = found
        return found

    def _mentions(self, value: FunctionValue, wanted: frozenset[str], depth: int) -> bool:
        key = (value.module, value.qualname, wanted)
        known = self._relevant.get(key)
        if known is not None:
            return known
        self._relevant[key] = False
        scope = self.inference.scope(value)
        result = False
        if scope is not None:
            result = bool(self._scope_words(scope) & wanted)
            if not result and depth:
                for node in _body_nodes(scope):
                    if isinstance(node, ir.Call):
                        for callee in self.inference.callees(node, scope):
                            if isinstance(callee, FunctionValue) and self._mentions(
                                callee, wanted, depth - 1
                            ):
                                result = True
                                break
                    if result:
                        break
        self._relevant[key] = result
        return result

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
