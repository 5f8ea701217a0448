"""Objects on the heap: dictionaries, sequences and instances, as far as they are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import compress
from operator import is_not
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.project.execution.values import Ref, Unknown, Value, union


class Entry(msgspec.Struct, frozen=True):
    """One key of an object."""

    value: Value
    sure: bool = True
    """Whether the key is there on every path."""
    origin: str = ""
    """Where it was first put, for who asks what becomes of it; kept when it is copied."""
    at: ir.Span | None = None
    """Where that is written."""


class Object(msgspec.Struct, frozen=True):
    """A dictionary, sequence or instance as far as it is known."""

    kind: str
    """``dict``, ``list``, ``tuple``, ``set``, ``generator`` or ``instance``."""
    entries: Mapping[Any, Entry] = {}
    """By key, index or attribute, in order."""
    open: str = ""
    """Why there may be further entries; empty when there are none."""
    parameter: str = ""
    """The parameter whose callers may know them."""
    cls: str = ""
    """For an instance: the qualified name of its class."""
    made_at: tuple[str, ir.Span] | None = None
    """For an instance that was seen being made: module and place of the call that made it. It is of no subclass of ``cls``."""
    sources: frozenset[int] = frozenset()
    """The objects it was copied or spread from."""
    implies: Mapping[Any, tuple[tuple[int, Any], ...]] = {}
    """For a list of what is missing: entries and the keys of objects that are there if the entry is not."""
    rest: Value = ()
    """What the further entries may be, where that can be told."""
    order_of: Value = ()
    """For a sequence: what was gone through to make it, whose order its items are in."""
    sent: bool = False
    """Whether it came from outside with the request that is being followed."""

    @property
    def beyond(self) -> Value:
        """What an entry may be that is not among those known; empty when there is none."""
        if not self.open:
            return ()
        return self.rest or (Unknown(self.open, self.parameter),)

    @property
    def exact(self) -> bool:
        """Whether the entries are all there are, each surely there."""
        return not self.open and all(entry.sure for entry in self.entries.values())

    @property
    def any_item(self) -> Value:
        """What any entry may hold."""
        return union(*(entry.value for entry in self.entries.values()), self.beyond)

    def holding(self, entries: Mapping[Any, Entry]) -> Object:
        """The same object with other entries."""
        return msgspec.structs.replace(self, entries=entries)


Heap = Mapping[int, Object]
"""Objects by their place."""
FURTHER = "items that cannot be told"


def sequence(kind: str, values: Iterable[Value], rest: Value = (), order_of: Value = ()) -> Object:
    """A list, tuple or set of known items, and of those *rest* may be."""
    entries = {i: Entry(v) for i, v in enumerate(values)}
    return Object(kind, entries, FURTHER if rest else "", rest=rest, order_of=order_of)


class WatchedHeap(dict[int, Object]):
    """A copy of a heap that knows whether something has been put into it since."""

    __slots__ = ("changed",)

    def __init__(self, objects: Heap) -> None:
        super().__init__(objects)
        self.changed = False

    def __setitem__(self, loc: int, made: Object) -> None:
        self.changed = True
        super().__setitem__(loc, made)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """As of any dictionary."""
        self.changed = True
        super().update(*args, **kwargs)


def joined_heaps(heaps: list[dict[int, Object]]) -> dict[int, Object]:
    """The objects of all *heaps*; one that several have is what it may be in any of them."""
    if len(heaps) == 1:
        return heaps[0]
    result: dict[int, Object] = dict(heaps[0])
    for heap in heaps[1:]:
        for loc in changed(result, heap):
            known = result.get(loc)
            result[loc] = heap[loc] if known is None else either(known, heap[loc])
    return result


def changed(before: Heap, after: Heap) -> list[int]:
    """The places where *after* has another object than *before*, or a new one."""
    # Most objects are the same in both, and there are thousands: which are not is found without a loop of our own.
    return list(compress(after, map(is_not, map(before.get, after), after.values())))


def either(left: Object, right: Object) -> Object:
    """What is known of an object that is *left* on one path and *right* on another."""
    if left == right:
        return left
    entries: dict[Any, Entry] = {}
    for key in (*left.entries, *(k for k in right.entries if k not in left.entries)):
        a, b = left.entries.get(key), right.entries.get(key)
        if a is not None and b is not None:
            entries[key] = a if a is b else _either_entry(a, b)
            continue
        one = a if a is not None else b
        if one is not None:
            other = right if a is not None else left
            value = union(one.value, other.rest) if left.kind == "dict" else one.value
            entries[key] = Entry(value, False, one.origin, one.at)
    return Object(
        left.kind if left.kind == right.kind else "dict",
        entries,
        left.open or right.open,
        left.parameter or right.parameter,
        left.cls if left.cls == right.cls else "",
        left.made_at if left.made_at == right.made_at else None,
        left.sources | right.sources,
        rest=union(left.beyond, right.beyond) if left.rest or right.rest else (),
        order_of=union(left.order_of, right.order_of),
        sent=left.sent or right.sent,
    )


def _either_entry(a: Entry, b: Entry) -> Entry:
    value = a.value if a.value == b.value else union(a.value, b.value)
    return Entry(value, a.sure and b.sure, a.origin or b.origin, a.at or b.at)


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
            pending.extend(a.loc for a in heap[loc].rest if isinstance(a, Ref))
    return seen
