"""Emitted events: which type, with which keys, at every place that emits, on every way to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from archwright.contracts.language import Selector
from archwright.model import Location
from archwright.project.calls.calls import CallFinder, Site
from archwright.project.code import Scope
from archwright.project.execution.carrying import apart
from archwright.project.execution.heap import Entry, Object
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Hit, Watching
from archwright.project.execution.state import State
from archwright.project.execution.values import NONE, External, Ref, Value, parameters_of, texts
from archwright.project.operations.reaching import Reacher, span_of


class Emission(msgspec.Struct, frozen=True):
    """One event as it may come to a place that emits."""

    types: tuple[str, ...]
    """The types it may be of; empty when that cannot be told."""
    entries: Mapping[str, Entry]
    open: str
    """Why it may have further keys; empty when it has none."""
    known: bool
    """False when nothing can be told about it."""
    scope: Scope
    """The function that emits."""
    root: Scope
    """The function execution began with."""
    at: Location


class VagueEmission(msgspec.Struct, frozen=True):
    """A place that may emit, about which nothing can be told."""

    what: str
    """``handed-on``, ``unknown-receiver``, ``unreached`` or ``too-large``."""
    scope: Scope
    at: Location


class EmissionReader:
    """Finds what is emitted through some calls."""

    def __init__(
        self, calls: CallFinder, machine: Machine, validators: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        """*validators* are not entered: an event they would refuse is to be seen."""
        self._calls = calls
        self._machine = machine
        self._reacher = Reacher(calls, machine, validators)

    def read(
        self, sinks: Selector, payload: str, type_key: str
    ) -> tuple[list[Emission], list[VagueEmission]]:
        """What comes to calls of *sinks* as the argument called *payload*."""
        found: list[Emission] = []
        vague: list[VagueEmission] = []
        sites = self._calls.selected(sinks)
        self._reacher.watch(sites)
        inside = {f"{s.value.module}.{s.value.qualname}" for s in sites if s.value is not None}
        for site in sites:
            if site.scope.qualified in inside:
                continue  # one sink that is built on another
            at = self._at(site)
            if not site.is_call or not site.certain:
                vague.append(
                    VagueEmission("unknown-receiver" if site.is_call else "handed-on", site.scope, at)
                )
                continue
            reach = self._reacher.reach(site, lambda hit: self._is_open(hit, payload, type_key))
            vague += [VagueEmission("handed-on", r.scope, self._at(r)) for r in reach.handed_on]
            if reach.exhausted:
                vague.append(VagueEmission("too-large", site.scope, at))
            if not reach.ways and not reach.exhausted:
                vague.append(VagueEmission("unreached", site.scope, at))
            here: list[Emission] = []
            for way in reach.ways:
                for emission in self._emissions(way.hit, payload, type_key, site.scope, way.root, at):
                    if emission not in here:
                        here.append(emission)
            found += here
        return found, vague

    def _emissions(
        self, hit: Hit, payload: str, type_key: str, scope: Scope, root: Scope, at: Location
    ) -> Iterator[Emission]:
        value = self.payload(hit, payload) or ()
        if len(value) > 1:
            value = tuple(one for one in value if one not in NONE)  # None cannot be emitted
        for one in value:
            made = self._machine.object(one, hit.state) if isinstance(one, Ref) else None
            if made is None or made.kind not in ("dict", "instance"):
                yield Emission((), {}, "", False, scope, root, at)
                continue
            kind = made.entries.get(type_key)
            types = texts(kind.value) if kind is not None else None
            entries = {k: e for k, e in made.entries.items() if isinstance(k, str)}
            yield Emission(tuple(types or ()), entries, made.open, True, scope, root, at)
        if not value:
            yield Emission((), {}, "", False, scope, root, at)

    def payload(self, hit: Hit, name: str) -> Value | None:
        """The argument called *name* of a call; its last positional one where the callee is not of this code base."""
        if hit.bound is not None:
            return hit.bound.names.get(name)
        if name in hit.args.keywords:
            return hit.args.keywords[name].value
        return hit.args.positional[-1] if hit.args.positional else None

    def _is_open(self, hit: Hit, payload: str, type_key: str) -> bool:
        value = self.payload(hit, payload) or ()
        if parameters_of(value):
            return True
        for one in value:
            made = self._machine.object(one, hit.state) if isinstance(one, Ref) else None
            if made is not None:
                kind = made.entries.get(type_key)
                if made.parameter or (kind is not None and parameters_of(kind.value)):
                    return True
        return False

    def _at(self, site: Site) -> Location:
        return self._machine.inference.project.at(site.scope.module, span_of(site))


def table_of(machine: Machine, symbol: str) -> dict[str, Value] | None:
    """The constant dictionary a symbol holds: its keys and their values; None when it holds none that can be told."""
    value = machine.names.resolved(machine.inference.project.names.resolve(symbol))
    made = machine.object(value[0], State()) if len(value) == 1 and isinstance(value[0], Ref) else None
    if made is None or made.open or made.kind == "instance":
        return None
    if made.kind != "dict":
        names = [texts(e.value) for e in made.entries.values()]
        return {n[0]: () for n in names if n} if all(names) else None
    return {str(key): entry.value for key, entry in made.entries.items()}


def names_in(machine: Machine, value: Value) -> list[str] | None:
    """The texts in a constant sequence or the keys of a constant dictionary; None when that cannot be told."""
    made = machine.object(value[0], State()) if len(value) == 1 and isinstance(value[0], Ref) else None
    if made is None or made.open:
        return None
    if made.kind == "dict":
        return [str(key) for key in made.entries]
    found = [texts(e.value) for e in made.entries.values()]
    return [n[0] for n in found if n] if all(found) else None


def type_names(value: Value) -> set[str]:
    """The builtin types a value names, without their module."""
    return {v.name.removeprefix("builtins.") for v in value if isinstance(v, External)}


def refuses(machine: Machine, validator: Scope, payload: Mapping[str, Value]) -> bool | None:
    """Whether a validator returns for no event of this kind; None when it hands the event to something that cannot be seen.

    What assertions refuse is not refused: they are compiled away under ``-O``.
    """
    state = State({}, {})
    entries = {name: Entry(value) for name, value in payload.items()}
    event = machine.new(Object("dict", entries), state)
    handed_out = False

    def observe(hit: Hit) -> None:
        nonlocal handed_out
        if isinstance(hit.callee, External) and not hit.callee.name.startswith(("builtins.", "logging.")):
            given = [*hit.args.positional, *(e.value for e in hit.args.keywords.values())]
            handed_out = handed_out or any(event in value for value in given)

    params = [p for p in validator.params if p.kind in ("posonly", "arg", "kwonly")]
    if validator.owner is not None and not validator.decorated("staticmethod"):
        params = params[1:]
    if not params:
        return None
    policy = apart(thorough=True, asserts=False)
    given = {params[0].name: (event,)}
    ends = machine.run(validator, Watching(observe), policy, names=given, heap=state.heap)
    if not ends and not machine.exhausted:
        return True
    return None if handed_out or machine.exhausted else False
