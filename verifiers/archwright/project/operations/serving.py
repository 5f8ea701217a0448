"""A dispatch followed into its handler: which parameters bind, which are looked at, what runs."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.facts import ir
from archwright.model import Location
from archwright.project.code import Scope
from archwright.project.execution.attributes import attribute
from archwright.project.execution.carrying import apart
from archwright.project.execution.frame import root_frame
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Hit, Watching
from archwright.project.execution.state import State
from archwright.project.execution.values import Class, Function, Literal, Ref, Typed, Value
from archwright.project.operations.registry import Dispatch, Operations, Registration, copied_with_origins


class Mismatch(msgspec.Struct, frozen=True):
    """A parameter that does not arrive."""

    kind: str
    """``missing``: the callee needs it. ``unknown``: the callee does not take it. ``surplus``: more than it takes by position.
    ``ignored``: nobody looks at it. ``refused``: the handler can only fail."""
    key: str
    callee: str
    """Qualified name of what it is for."""
    sure: bool
    at: Location
    chain: tuple[tuple[str, Location], ...] = ()
    """The calls on the way, outermost first."""


class Service(msgspec.Struct, frozen=True):
    """What becomes of one dispatch in one handler."""

    handler: str
    """Qualified name of the handler's class."""
    scope: Scope | None
    """The handler's method; None when there is none."""
    mismatches: tuple[Mismatch, ...]
    functions: tuple[tuple[str, str], ...]
    """Functions of the code base that are called for it: (module, qualified name within it)."""
    exhausted: bool


class Server:
    """Runs handlers on what is dispatched to them."""

    def __init__(self, operations: Operations, success: str) -> None:
        """*success*: the attribute of a result that is false when the operation failed."""
        self._operations = operations
        self.machine: Machine = operations.machine
        self._success = success

    def serve(self, dispatch: Dispatch, registration: Registration) -> tuple[Service, ...]:
        """The services of one dispatch, one for every class the handler may be of; found once."""
        # The ways, unlike what is told of them, are carried over to changed code.
        key = (id(dispatch.way.hit), id(registration.way.hit))
        found: tuple[Service, ...] | None = self._operations.served.get(key)
        if found is None:
            found = self.machine.inference.project.reads.made(
                self._operations.served, key, lambda: tuple(self._serve(dispatch, registration))
            )
        return found

    def _serve(self, dispatch: Dispatch, registration: Registration) -> Iterator[Service]:
        for one in registration.handler:
            method = self.method(one, registration.way.hit.state)
            name = self._class_of(one, registration.way.hit.state)
            if method is None:
                yield Service(name, None, (), (), False)
            else:
                yield self._run(dispatch, registration, one, method, name)

    def method(self, handler: object, state: State) -> Scope | None:
        """The method of a handler that serves calls."""
        if not isinstance(handler, Ref | Typed | Class):
            return None
        root = root_frame(self.machine.inference.index(self._module_of(handler, state)).root)
        name = self._operations.names.handler_method
        for found in attribute(self.machine, (handler,), name, state, root):
            if isinstance(found, Function):
                return self.machine.inference.index(found.module).scopes.get(found.qualname)
        return None

    def _module_of(self, handler: Ref | Typed | Class, state: State) -> str:
        if isinstance(handler, Ref):
            cls = self.machine.object(handler, state).cls
            classes = self.machine.inference.classes
            return (
                classes.locate(cls)[0]
                if classes.known(cls)
                else next(iter(self.machine.inference.project.modules))
            )
        return handler.module

    def _class_of(self, handler: object, state: State) -> str:
        if isinstance(handler, Ref):
            return self.machine.object(handler, state).cls
        return handler.qualified if isinstance(handler, Typed | Class) else ""

    def _run(
        self, dispatch: Dispatch, registration: Registration, handler: object, method: Scope, name: str
    ) -> Service:
        machine, hit = self.machine, dispatch.way.hit
        heap = registration.way.hit.state.heap | hit.state.heap
        heap = copied_with_origins(machine, dispatch.params, heap)
        names: dict[str, Value] = {}
        params = list(method.params)
        if len(params) > 1:
            names = {params[0].name: (handler,), params[1].name: dispatch.context}  # type: ignore[dict-item]
        machine.seen, machine.absent = set(), []
        found: list[Mismatch] = []
        functions: dict[tuple[str, str], None] = {}

        def observe(inner: Hit) -> None:
            found.extend(self._misfits(inner))
            if isinstance(inner.callee, Function):
                functions[inner.callee.module, inner.callee.qualname] = None

        ends = machine.run(method, Watching(observe), apart(tracing=True), names=names, heap=heap)
        found += self._absent(dispatch, method)
        found += self._refused(ends, method)
        if not machine.exhausted and not any(m.kind == "refused" for m in found):
            found += self._ignored(dispatch, method)
        return Service(name, method, tuple(dict.fromkeys(found)), tuple(functions), machine.exhausted)

    def _misfits(self, hit: Hit) -> Iterator[Mismatch]:
        bound = hit.bound
        if bound is None or not isinstance(hit.callee, Function | Class):
            return
        callee = min(hit.names, key=len)
        about_parameters = any(entry.origin for entry in hit.args.keywords.values())
        for misfit in bound.misfits:
            if not misfit.sure and not about_parameters:
                continue
            project = self.machine.inference.project
            at = project.at(hit.frame.scope.module, hit.call.at)
            chain = tuple(
                (".".join(hop.caller.function), project.at(hop.caller.function[0], hop.at))
                for hop in hit.frame.hops()
                if hop.caller is not None
            )
            yield Mismatch(misfit.kind, misfit.name, callee, misfit.sure and hit.alone, at, chain)

    def _absent(self, dispatch: Dispatch, method: Scope) -> Iterator[Mismatch]:
        locs = {one.loc for one in dispatch.params if isinstance(one, Ref)}
        at = self.machine.inference.project.at(method.module, _at(method))
        for loc, key, sure in self.machine.absent:
            if loc in locs:
                yield Mismatch("missing", key, method.qualified, sure and len(locs) == 1, at)

    def _refused(self, ends: list[tuple[Value, State]], method: Scope) -> Iterator[Mismatch]:
        """Every path ends in a result that says it failed."""
        at = self.machine.inference.project.at(method.module, _at(method))
        answers: set[object] = set()
        for value, state in ends:
            for one in value:
                made = self.machine.object(one, state) if isinstance(one, Ref) else None
                entry = made.entries.get(self._success) if made is not None else None
                known = entry.value[0] if entry is not None and len(entry.value) == 1 else None
                answers.add(known.value if isinstance(known, Literal) else None)
        if not self.machine.exhausted and (answers == {False} or not ends):
            yield Mismatch("refused", "", method.qualified, True, at)

    def _ignored(self, dispatch: Dispatch, method: Scope) -> Iterator[Mismatch]:
        at = self.machine.inference.project.at(method.module, _at(method))
        for one in dispatch.params:
            if isinstance(one, Ref):
                for key in self.machine.object(one, dispatch.way.hit.state).entries:
                    if f"key:{key}" not in self.machine.seen:
                        yield Mismatch("ignored", str(key), method.qualified, True, at)


def _at(scope: Scope) -> ir.Span:
    return scope.node.at if scope.node is not None else (1, 1, 1, 1)
