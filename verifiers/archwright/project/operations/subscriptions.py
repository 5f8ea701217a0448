"""Subscriptions: which event types code asks to be told of, at every call that subscribes and on every way to it."""

from __future__ import annotations

import msgspec

from archwright.contracts.language import Selector
from archwright.model import Location
from archwright.project.calls.calls import CallFinder, Site
from archwright.project.code import Scope
from archwright.project.execution.heap import Object
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Hit
from archwright.project.execution.values import Ref, Value, parameters_of, texts
from archwright.project.operations.reaching import Reacher, span_of


class Subscription(msgspec.Struct, frozen=True):
    """One call that subscribes, on one way to it."""

    types: tuple[str, ...]
    """The types it asks for; empty when they cannot be told."""
    scope: Scope
    """The function that subscribes."""
    root: Scope
    """The function execution began with: it says for what."""
    at: Location


class SubscriptionReader:
    """Finds what is subscribed to through some calls."""

    def __init__(self, calls: CallFinder, machine: Machine) -> None:
        self._calls = calls
        self._machine = machine
        self._reacher = Reacher(calls, machine)

    def read(self, calls: Selector, parameter: str) -> list[Subscription]:
        """What comes to *calls* as the argument called *parameter*: a type, or a sequence of types."""
        found: list[Subscription] = []
        sites = [site for site in self._calls.selected(calls) if site.is_call]
        self._reacher.watch(sites)
        for site in sites:
            at = self._at(site)
            ways = self._reacher.reach(
                site, lambda hit: bool(parameters_of(self._given(hit, parameter)))
            ).ways
            told = [Subscription(self._types(way.hit, parameter), site.scope, way.root, at) for way in ways]
            for one in told or [Subscription((), site.scope, site.scope, at)]:
                if one not in found:
                    found.append(one)
        return found

    def _given(self, hit: Hit, parameter: str) -> Value:
        """The argument; where the callee is not of this code base, the one of that name or the first."""
        if hit.bound is not None:
            return hit.bound.names.get(parameter) or ()
        if parameter in hit.args.keywords:
            return hit.args.keywords[parameter].value
        return hit.args.positional[0] if hit.args.positional else ()

    def _types(self, hit: Hit, parameter: str) -> tuple[str, ...]:
        value = self._given(hit, parameter)
        made = [self._machine.object(one, hit.state) for one in value if isinstance(one, Ref)]
        if made and len(made) == len(value):
            listed = [_items(one) for one in made]
            return tuple(dict.fromkeys(t for types in listed for t in types)) if all(listed) else ()
        return tuple(texts(value) or ())

    def _at(self, site: Site) -> Location:
        return self._machine.inference.project.at(site.scope.module, span_of(site))


def _items(made: Object) -> list[str]:
    """The texts in a sequence; empty when it holds something else, or more than is known."""
    found = [texts(entry.value) for entry in made.entries.values()]
    if made.open or made.kind not in ("list", "tuple", "set") or not all(found):
        return []
    return [text for one in found for text in one or ()]
