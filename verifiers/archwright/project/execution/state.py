"""One path of following code: what names hold, and the objects they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from archwright.facts import ir
from archwright.project.execution.heap import Object, joined_heaps
from archwright.project.execution.values import Value, union


class Condition(msgspec.Struct, frozen=True):
    """What a name stands for that a condition was assigned to: testing the name tests that."""

    expr: ir.Expr
    reads: frozenset[str]
    """The names in it."""
    objects: Mapping[int, Object | None]
    """What it can depend on, as it was; None for one that was as its module left it."""


class State:
    """Names of the running body and the heap. Paths copy it; objects themselves never change, they are replaced."""

    __slots__ = ("conditions", "heap", "names")

    def __init__(
        self,
        names: dict[str, Value] | None = None,
        heap: dict[int, Object] | None = None,
        conditions: dict[str, Condition] | None = None,
    ) -> None:
        self.names: dict[str, Value] = {} if names is None else names
        self.heap: dict[int, Object] = {} if heap is None else heap
        self.conditions: dict[str, Condition] = {} if conditions is None else conditions

    def copy(self) -> State:
        """The same state, for another path."""
        return State(dict(self.names), dict(self.heap), dict(self.conditions))

    def bind(self, name: str, value: Value) -> None:
        """Gives *name* another value; conditions about the one it had are forgotten."""
        self.names[name] = value
        if self.conditions:
            self.forget(name)

    def forget(self, name: str) -> None:
        """Drops the condition *name* stands for, and those that read it."""
        self.conditions = {n: c for n, c in self.conditions.items() if n != name and name not in c.reads}

    def learn(self, loc: int, made: Object) -> None:
        """More is known of an object, which has not changed: what was said of it before still holds."""
        before = self.heap.get(loc)
        for name, condition in self.conditions.items():
            if loc in condition.objects and condition.objects[loc] is before:
                known = {**condition.objects, loc: made}
                self.conditions[name] = msgspec.structs.replace(condition, objects=known)
        self.heap[loc] = made

    def condition(self, name: str) -> ir.Expr | None:
        """The condition *name* stands for, unless something it depends on has changed since."""
        found = self.conditions.get(name)
        if found is None or any(self.heap.get(loc) is not made for loc, made in found.objects.items()):
            return None
        return found.expr


def joined(states: Iterable[State]) -> State:
    """What holds on all of the paths: names and objects with the possibilities of each. There must be one."""
    first, *others = states
    if not others:
        return first
    names = dict(first.names)
    for other in others:
        for name, value in other.names.items():
            known = names.get(name)
            if known is None:
                names[name] = value
            elif known is not value:
                names[name] = union(known, value)
    conditions = {
        name: condition
        for name, condition in first.conditions.items()
        if all(_is_same(condition, s.conditions.get(name)) for s in others)
    }
    return State(names, joined_heaps([s.heap for s in (first, *others)]), conditions)


def _is_same(left: Condition, right: Condition | None) -> bool:
    return right is not None and left.expr is right.expr and left.objects == right.objects
