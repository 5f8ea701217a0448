"""Which events are completed once a step is over: calls made, coroutines awaited, tasks gathered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archwright.facts import ir
from archwright.project.cfg import Node
from archwright.project.code import Scope
from archwright.project.demands import Event
from archwright.project.inference import Inference
from archwright.project.values import UNKNOWN, FunctionValue, Values, external_names

_WAITERS = frozenset({"asyncio.gather", "asyncio.wait_for", "asyncio.shield", "asyncio.tasks.gather"})
_RUNNERS = frozenset({"asyncio.run", "asyncio.runners.run", "anyio.run"})
_SPAWNERS = frozenset({"asyncio.create_task", "asyncio.ensure_future"})


class Completions:
    """The events of one function; *optimistic*: whatever may be an event is taken for one."""

    def __init__(
        self, scope: Scope, events: tuple[Event, ...], inference: Inference, *, optimistic: bool
    ) -> None:
        self._scope = scope
        self._events = events
        self._inference = inference
        self._optimistic = optimistic
        self._bits: dict[int, int] = {}
        self._callees: dict[int, Values] = {}

    def bits(self, node: Node) -> int:
        """The events that are completed once *node* is."""
        known = self._bits.get(id(node))
        if known is None:
            known = self._bits[id(node)] = self._completed(self.finished(node))
        return known

    def bits_of(self, node: Node, call: ir.Call) -> int:
        """The events among them that *call* is."""
        return self._completed((one, awaited) for one, awaited in self.finished(node) if one is call)

    def callees(self, call: ir.Call) -> Values:
        """What *call* may call."""
        known = self._callees.get(id(call))
        if known is None:
            known = self._callees[id(call)] = self._inference.callees(call, self._scope)
        return known

    def _completed(self, finished: Iterable[tuple[ir.Call, bool]]) -> int:
        found = 0
        for call, awaited in finished:
            for index, event in enumerate(self._events):
                if not found >> index & 1 and self._is_event(call, awaited, event):
                    found |= 1 << index
        return found

    def finished(self, node: Node) -> Iterator[tuple[ir.Call, bool]]:
        """The calls that are over once *node* is: (call, whether a coroutine it made has been awaited)."""
        expr = node.expr
        if node.kind == "await":
            for call in self._pending(expr):
                yield call, True
            return
        if not isinstance(expr, ir.Call):
            return
        yield expr, node.awaited
        names = external_names(self.callees(expr))
        waits = (node.awaited and names & _WAITERS) or names & _RUNNERS
        if waits and not any(arg.keyword == "return_exceptions" for arg in expr.args):
            for arg in expr.args:
                for item in _spread(arg):
                    for call in self._pending(item):
                        yield call, True

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

    def _is_event(self, call: ir.Call, awaited: bool, event: Event) -> bool:
        values = self.callees(call)
        every, some = event.matches(values)
        if (every and UNKNOWN not in values) or (some and self._optimistic):
            return awaited or not any(isinstance(v, FunctionValue) and self._is_coroutine(v) for v in values)
        return (
            self._optimistic
            and UNKNOWN in values
            and isinstance(call.func, ir.Attr)
            and event.may_be_called(call.func.name)
        )

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
