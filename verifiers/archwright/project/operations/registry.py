"""The operation registry as it is used: what is registered with which handler, and what is dispatched with which parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from archwright.contracts.language import Selector
from archwright.facts import ir
from archwright.model import Location
from archwright.project.calls.calls import CallFinder, Site
from archwright.project.code import Scope, enclosing_class
from archwright.project.execution.heap import Object, reachable
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Hit
from archwright.project.execution.values import (
    Function,
    Ref,
    Typed,
    Unknown,
    Value,
    parameters_of,
    texts,
)
from archwright.project.operations.reaching import Reached, Reacher, span_of

_OPERATION = re.compile(r"[\w-]+(\.[\w-]+)*")


class RegistryNames(msgspec.Struct, frozen=True):
    """How a code base calls its registry."""

    register: Selector
    execute: Selector
    params: str
    """The attribute of the context that holds the parameters."""
    handler_method: str

    @property
    def key(self) -> tuple[str, ...]:
        """The same for the same calls, wherever they are written."""
        calls = [sorted(str(p) for p in s.call) for s in (self.register, self.execute)]
        return (*(" ".join(c) for c in calls), self.params, self.handler_method)


class Registration(msgspec.Struct, frozen=True):
    """One registered operation, or what is given for one."""

    operations: tuple[str, ...]
    """The names it may be; empty when that cannot be told."""
    handler: Value
    classes: tuple[str, ...]
    """Qualified names of the classes the handler may be an instance of."""
    way: Reached
    scope: Scope
    """The body the call stands in."""
    at: Location


class Dispatch(msgspec.Struct, frozen=True):
    """One place that dispatches, on one way to it."""

    operations: tuple[str, ...]
    """The names it may be; empty when that cannot be told."""
    context: Value
    params: Value
    """The dictionaries the parameters may be; empty when they cannot be told."""
    way: Reached
    scope: Scope
    """The body the call stands in."""
    at: Location


class Vague(msgspec.Struct, frozen=True):
    """A place that may register or dispatch, about which nothing can be told."""

    what: str
    """``handed-on``, ``unknown-receiver``, ``unreached`` or ``too-large``."""
    scope: Scope
    at: Location


class Operations:
    """Registrations and dispatches of one registry; found once."""

    def __init__(self, names: RegistryNames, calls: CallFinder, machine: Machine) -> None:
        self.names = names
        self.machine = machine
        self._calls = calls
        self._reads = machine.inference.project.reads
        self._reacher = Reacher(calls, machine, kept_as=("reached", *names.key))
        self._registrations: tuple[Registration, ...] | None = None
        self._dispatches: tuple[Dispatch, ...] | None = None
        self.served: dict[tuple[int, int], Any] = self._reads.table(("served", *names.key))
        """What ``Server`` found out, by the ways to dispatch and registration."""
        self.vague_registrations: list[Vague] = []
        self.vague_dispatches: list[Vague] = []

    def registrations(self) -> tuple[Registration, ...]:
        """What is registered, in the order of modules and source."""
        if self._registrations is None:
            found: list[Registration] = []
            for site, way in self._ways(self.names.register, self.vague_registrations, 1):
                hit = way.hit
                handler = argument(self.machine, hit, 1) or ()
                operations = texts(argument(self.machine, hit, 0) or ())
                classes = tuple(sorted(self._classes(handler, hit)))
                found.append(
                    Registration(tuple(operations or ()), handler, classes, way, site.scope, self._at(site))
                )
            self._registrations = tuple(found)
        return self._registrations

    def dispatches(self) -> tuple[Dispatch, ...]:
        """What is dispatched, in the order of modules and source."""
        if self._dispatches is None:
            found: list[Dispatch] = []
            for site, way in self._ways(self.names.execute, self.vague_dispatches, 2):
                hit = way.hit
                operations = texts(argument(self.machine, hit, 0) or ())
                context = argument(self.machine, hit, 1) or ()
                params = self._params(context, hit)
                found.append(
                    Dispatch(tuple(operations or ()), context, params, way, site.scope, self._at(site))
                )
            self._dispatches = tuple(found)
        return self._dispatches

    def handlers(self) -> dict[str, list[Registration]]:
        """Registrations by operation."""
        table: dict[str, list[Registration]] = {}
        for registration in self.registrations():
            for operation in registration.operations:
                table.setdefault(operation, []).append(registration)
        return table

    def _ways(self, selector: Selector, vague: list[Vague], arguments: int) -> Iterator[tuple[Site, Reached]]:
        vague.clear()
        sites = self._calls.selected(selector)
        self._reacher.watch(sites)
        for site in sites:
            if _is_method_of_called(site.scope, site):
                continue
            if not site.is_call:
                vague.append(Vague("handed-on", site.scope, self._at(site)))
                continue
            if not site.certain:
                if self._may_be_meant(site):
                    vague.append(Vague("unknown-receiver", site.scope, self._at(site)))
                continue
            found = self._reacher.reach(site, lambda hit: self._is_open(hit, arguments))
            if not found.ways and not found.exhausted:
                vague.append(Vague("unreached", site.scope, self._at(site)))
            if found.exhausted:
                vague.append(Vague("too-large", site.scope, self._at(site)))
            for reference in found.handed_on:
                vague.append(Vague("handed-on", reference.scope, self._at(reference)))
            for way in found.ways:
                if not _is_method_of_called(
                    way.root, site
                ):  # it takes whatever has an ``execute`` for a handler
                    yield site, way

    def _is_open(self, hit: Hit, arguments: int) -> bool:
        """Whether the operation, the handler or the parameters come from a parameter of the function it began with."""
        operation = argument(self.machine, hit, 0) or ()
        if texts(operation) is None and parameters_of(operation):
            return True
        second = argument(self.machine, hit, 1) or ()
        if arguments == 1:
            return bool(parameters_of(second)) and not any(isinstance(v, Ref | Typed) for v in second)
        if parameters_of(second):
            return True
        params = self._params(second, hit)
        return any(
            isinstance(one, Ref) and bool(self.machine.object(one, hit.state).parameter) for one in params
        ) or bool(parameters_of(params))

    def _may_be_meant(self, site: Site) -> bool:
        """Whether a call on something unknown looks like one of the registry: a name, and what goes with it."""
        args = site.node.args
        if len(args) != 2 and not any(arg.star for arg in args):
            return False
        first = args[0].value
        if isinstance(first, ir.Str):
            return bool(_OPERATION.fullmatch(first.value))
        return isinstance(first, ir.Name | ir.Attr | ir.FString)

    def _params(self, context: Value, hit: Hit) -> Value:
        found: dict[object, None] = {}
        for one in context:
            if isinstance(one, Ref):
                made = self.machine.object(one, hit.state)
                entry = made.entries.get(self.names.params)
                if made.kind == "dict" and entry is None:
                    found[one] = None
                elif entry is not None:
                    found.update(dict.fromkeys(entry.value))
            elif isinstance(one, Unknown):
                found[one] = None
        return tuple(found)  # type: ignore[arg-type]  # alternatives, kept in order by a dictionary

    def _classes(self, handler: Value, hit: Hit) -> Iterator[str]:
        for one in handler:
            if isinstance(one, Ref):
                cls = self.machine.object(one, hit.state).cls
                if cls:
                    yield cls
            elif isinstance(one, Typed):
                yield one.qualified

    def _at(self, site: Site) -> Location:
        return self.machine.inference.project.at(site.scope.module, span_of(site))


def _is_method_of_called(scope: Scope, site: Site) -> bool:
    """Whether *scope* belongs to the class whose method is called at *site*: the registry itself."""
    owner = enclosing_class(scope)
    return (
        owner is not None
        and site.value is not None
        and site.value.qualified.startswith(f"{owner.qualified}.")
    )


def argument(machine: Machine, hit: Hit, position: int) -> Value | None:
    """The argument for the parameter at *position* of what is called (a method's receiver does not count)."""
    if hit.bound is not None:
        names = list(_parameter_names(machine, hit))
        if position < len(names):
            return hit.bound.names.get(names[position])
        return None
    return hit.args.positional[position] if position < len(hit.args.positional) else None


def copied_with_origins(machine: Machine, params: Value, heap: dict[int, Object]) -> dict[int, Object]:
    """*heap* with every key of the parameters marked, so that it can be told whether somebody looks at it."""
    changed = dict(heap)
    for loc in {one.loc for one in params if isinstance(one, Ref)} & reachable(params, machine.base | heap):
        made = machine.base.get(loc) if loc not in heap else heap[loc]
        if made is not None:
            entries = {k: msgspec.structs.replace(e, origin=f"key:{k}") for k, e in made.entries.items()}
            changed[loc] = msgspec.structs.replace(made, entries=entries)
    return changed


def _parameter_names(machine: Machine, hit: Hit) -> Iterator[str]:
    if isinstance(hit.callee, Function):
        scope = machine.inference.index(hit.callee.module).scopes.get(hit.callee.qualname)
        params = scope.params if scope is not None else ()
        # ``Registry.register(registry, name, handler)`` gives the receiver like any other argument.
        is_method = scope is not None and scope.owner is not None and not scope.decorated("staticmethod")
        skip = 1 if hit.callee.receiver is not None or is_method else 0
        yield from (p.name for p in params[skip:] if p.kind in ("posonly", "arg", "kwonly"))
