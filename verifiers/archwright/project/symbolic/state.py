"""One path of a symbolic execution: what names hold, and the objects they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.project.symbolic.values import NOT_TOLD, Entry, Object, Ref, Value, union


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

    def calling(self, names: dict[str, Value]) -> State:
        """The state in which a called function begins: its own names, the same objects."""
        return State(names, dict(self.heap))


def joined(states: Iterable[State]) -> State:
    """What holds on all of the paths: names and objects with the possibilities of each."""
    first, *others = states
    if not others:
        return first
    names: dict[str, Value] = {}
    for state in (first, *others):
        for name in state.names:
            if name not in names:
                names[name] = union(s.names.get(name, NOT_TOLD) for s in (first, *others) if name in s.names)
    conditions = {
        name: condition
        for name, condition in first.conditions.items()
        if all(_is_same(condition, s.conditions.get(name)) for s in others)
    }
    return State(names, joined_heaps([s.heap for s in (first, *others)]), conditions)


def _is_same(left: Condition, right: Condition | None) -> bool:
    return right is not None and left.expr is right.expr and left.objects == right.objects


def joined_heaps(heaps: list[dict[int, Object]]) -> dict[int, Object]:
    """The objects of all *heaps*; one that several have is what it may be in any of them."""
    if len(heaps) == 1:
        return heaps[0]
    result: dict[int, Object] = dict(heaps[0])
    for heap in heaps[1:]:
        for loc, found in heap.items():
            known = result.get(loc)
            result[loc] = found if known is None or known is found else either(known, found)
    return result


def either(left: Object, right: Object) -> Object:
    """What is known of an object that is *left* on one path and *right* on another."""
    if left == right:
        return left
    entries: dict[Any, Entry] = {}
    for key in (*left.entries, *(k for k in right.entries if k not in left.entries)):
        a, b = left.entries.get(key), right.entries.get(key)
        if a is not None and b is not None:
            entries[key] = Entry(
                union([a.value, b.value]), a.sure and b.sure, a.origin or b.origin, a.at or b.at
            )
        else:
            one = a if a is not None else b
            if one is not None:
                entries[key] = msgspec.structs.replace(one, sure=False)
    kind = left.kind if left.kind == right.kind else "dict"
    return Object(
        kind,
        entries,
        left.open or right.open,
        left.parameter or right.parameter,
        left.cls if left.cls == right.cls else "",
        left.made_at if left.made_at == right.made_at else None,
        left.sources | right.sources,
    )


def reachable(value: Value, heap: Mapping[int, Object]) -> set[int]:
    """The objects that can be come to from *value*."""
    seen: set[int] = set()
    pending = [a.loc for a in value if isinstance(a, Ref)]
    while pending:
        loc = pending.pop()
        if loc not in seen and loc in heap:
            seen.add(loc)
            for entry in heap[loc].entries.values():
                pending.extend(a.loc for a in entry.value if isinstance(a, Ref))
    return seen
