"""Which events are completed once a step is over: calls made, coroutines awaited, tasks gathered, generators gone through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.control_flow.cfg import Node
from archwright.project.flow.demands import Event
from archwright.project.flow.handed_on import handed_on, may_be_handed_on
from archwright.project.flow.task_groups import TaskGroups
from archwright.project.types.inference import Inference
from archwright.project.types.values import UNKNOWN, FunctionValue, Values, external_names

if TYPE_CHECKING:
    from archwright.project.flow.engine import FlowEngine

How = Literal["made", "awaited", "drained"]
"""What has become of a call: it was made; what it made was waited for; what it made was gone through to the end."""

_WAITERS = frozenset({"asyncio.gather", "asyncio.wait_for", "asyncio.shield", "asyncio.tasks.gather"})
_RUNNERS = frozenset({"asyncio.run", "asyncio.runners.run", "anyio.run"})
_SPAWNERS = frozenset({"asyncio.create_task", "asyncio.ensure_future"})
_DRAINERS = frozenset(
    "builtins." + name
    for name in ("list", "tuple", "set", "frozenset", "sorted", "sum", "max", "min", "dict", "str.join")
) | {"collections.deque", "collections.Counter"}
"""What goes through the first argument to its end."""
_WRAPPERS = frozenset({"builtins.enumerate", "builtins.iter"})
"""What goes through the first argument as far as somebody goes through it."""


class Completions:
    """The events of one function; *optimistic*: whatever may be an event is taken for one."""

    def __init__(
        self, scope: Scope, events: tuple[Event, ...], engine: FlowEngine, *, optimistic: bool
    ) -> None:
        self._scope = scope
        self._events = events
        self._engine = engine
        self._inference: Inference = engine.inference
        self._optimistic = optimistic
        self._bits: dict[int, int] = {}
        self._callees: dict[int, Values] = {}
        self._handed_on: dict[int, tuple[ir.Call, ...]] = {}
        self._groups = TaskGroups(scope, engine.builder(scope).graph, engine.inference)

    def bits(self, node: Node) -> int:
        """The events that are completed once *node* is."""
        known = self._bits.get(id(node))
        if known is None:
            known = self._bits[id(node)] = self._completed(self.finished(node))
        return known

    def bits_of(self, node: Node, call: ir.Call) -> int:
        """The events among them that *call* is."""
        return self._completed((one, how) for one, how in self.finished(node) if one is call)

    def callees(self, call: ir.Call) -> Values:
        """What *call* may call."""
        known = self._callees.get(id(call))
        if known is None:
            known = self._callees[id(call)] = self._inference.callees(call, self._scope)
        return known

    def _completed(self, finished: Iterable[tuple[ir.Call, How]]) -> int:
        found = 0
        for call, how in finished:
            for index, event in enumerate(self._events):
                if not found >> index & 1 and self._is_event(call, how, event):
                    found |= 1 << index
        return found

    def finished(self, node: Node) -> Iterator[tuple[ir.Call, How]]:
        """The calls that are over once *node* is, with what has become of them."""
        expr = node.expr
        if node.kind == "await":
            for call in self._pending(expr):
                yield call, "awaited"
        elif node.kind == "leave":
            for call in self._groups.ended(node):
                yield call, "awaited"
        elif node.kind == "drained":
            for call in self._gone_through(expr):
                yield call, "drained"
        elif node.kind == "call" and isinstance(expr, ir.Call):
            yield expr, "awaited" if node.awaited else "made"
            yield from self._run_by(expr, awaited=node.awaited)

    def _run_by(self, call: ir.Call, *, awaited: bool) -> Iterator[tuple[ir.Call, How]]:
        """The calls that are over because *call* is."""
        names = external_names(self.callees(call))
        if ((awaited and names & _WAITERS) or names & _RUNNERS) and not any(
            arg.keyword == "return_exceptions" for arg in call.args
        ):
            for arg in call.args:
                for item in _spread(arg):
                    for one in self._pending(item):
                        yield one, "awaited"
        if names and names <= _DRAINERS and call.args:
            for one in self._gone_through(call.args[0].value):
                yield one, "drained"
        if awaited:
            for one in self._handed(call, names):
                yield one, "made"

    def _handed(self, call: ir.Call, names: set[str]) -> tuple[ir.Call, ...]:
        """The calls that *call* has made of what it is given once it is awaited."""
        known = self._handed_on.get(id(call))
        if known is None:
            certain = UNKNOWN not in self.callees(call)
            known = handed_on(call, names) if certain else may_be_handed_on(call) if self._optimistic else ()
            self._handed_on[id(call)] = known
        return known

    def _gone_through(self, expr: ir.Expr | None) -> Iterator[ir.Call]:
        """The calls that made the generator *expr*."""
        while isinstance(expr, ir.Call):
            yield expr
            names = external_names(self.callees(expr))
            expr = expr.args[0].value if names and names <= _WRAPPERS and expr.args else None

    def _pending(self, expr: ir.Expr | None) -> Iterator[ir.Call]:
        """The calls whose coroutine or task *expr* is."""
        if isinstance(expr, ir.Call):
            yield expr
            names = external_names(self.callees(expr))
            if names & (_SPAWNERS | _WAITERS) or any(n.endswith(".create_task") for n in names):
                for arg in expr.args[:1] if not names & _WAITERS else expr.args:
                    for item in _spread(arg):
                        yield from self._pending(item)
        elif isinstance(expr, ir.Name):
            bindings = self._scope.names.bound.get(expr.id, [])
            if len(bindings) == 1 and isinstance(bindings[0].value, ir.Call) and bindings[0].kind == "assign":
                yield from self._pending(bindings[0].value)

    def _is_event(self, call: ir.Call, how: How, event: Event) -> bool:
        values = self.callees(call)
        every, some = event.matches(values)
        if (every and UNKNOWN not in values) or (some and self._optimistic):
            return all(self._has_run(v, how) for v in values if isinstance(v, FunctionValue))
        return (
            self._optimistic
            and UNKNOWN in values
            and isinstance(call.func, ir.Attr)
            and event.may_be_called(call.func.name)
        )

    def _has_run(self, value: FunctionValue, how: How) -> bool:
        """Whether the function has run to its end: a coroutine and a generator only begin where they are made."""
        scope = self._inference.scope(value)
        if scope is None:
            return True
        if self._engine.yields(scope):
            return how == "drained" or self._engine.makes_manager(value)
        return how == "awaited" or not scope.is_async

    def _is_coroutine(self, value: FunctionValue) -> bool:
        scope = self._inference.scope(value)
        return scope is not None and scope.is_async

    def is_unawaited(self, node: Node) -> bool:
        """Whether *node* makes the coroutine of an event without waiting for it."""
        call = node.expr
        if not isinstance(call, ir.Call):
            return False
        values = self.callees(call)
        coroutine = any(isinstance(v, FunctionValue) and self._is_coroutine(v) for v in values)
        return coroutine and any(event.matches(values)[1] for event in self._events)


def _spread(arg: ir.Arg) -> tuple[ir.Expr, ...]:
    """The values an argument gives: those of a literal list where it is spread."""
    if arg.star == 1 and isinstance(arg.value, ir.Seq):
        return arg.value.items
    return (arg.value,) if not arg.star else ()
