"""The state code is followed in: what names stand for, and what is in the cells they reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from itertools import compress
from operator import is_not
from typing import Any

from archwright.project.dataflow.values import Cell, Const, Object, Sequence, Table, Values, union


class WatchedStore(dict[int, Cell]):
    """A copy of a store that knows whether something has been put into it since."""

    __slots__ = ("changed",)

    def __init__(self, cells: Mapping[int, Cell]) -> None:
        super().__init__(cells)
        self.changed = False

    def __setitem__(self, key: int, cell: Cell) -> None:
        self.changed = True
        super().__setitem__(key, cell)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """As of any dictionary."""
        self.changed = True
        super().update(*args, **kwargs)


class State:
    """Names of one function, and the store all functions share. Copies are independent; contents are never changed in place."""

    __slots__ = ("names", "store")

    def __init__(self, names: dict[str, Values], store: dict[int, Cell]) -> None:
        self.names = names
        self.store = store

    def copy(self) -> State:
        """An independent copy."""
        return State(dict(self.names), dict(self.store))


def joined(states: Iterable[State | None]) -> State | None:
    """The state that may be any of *states*; None when there is none."""
    alive = [state for state in states if state is not None]
    if not alive:
        return None
    first = alive[0]
    if len(alive) == 1:
        return first
    result = first.copy()
    for other in alive[1:]:
        _join_names(result.names, other.names)
        join_stores(result.store, other.store)
    return result


def join_stores(into: MutableMapping[int, Cell], other: Mapping[int, Cell]) -> None:
    """Takes in that cells may also be as *other* has them."""
    if not into:
        into.update(other)
    # Most cells are the same in both, and there are thousands: which are not is found without a loop of our own.
    for key in list(compress(other, map(is_not, map(into.get, other), other.values()))):
        own = into.get(key)
        into[key] = other[key] if own is None else join_cells(own, other[key])


def join_cells(a: Cell, b: Cell) -> Cell:
    """A cell that may be either."""
    if isinstance(a, Object) and isinstance(b, Object):
        fields = {
            name: union(a.fields.get(name, ()), b.fields.get(name, ())) for name in {**a.fields, **b.fields}
        }
        return Object(a.cls, fields, a.exact and b.exact, a.source or b.source)
    if isinstance(a, Table) and isinstance(b, Table):
        keys: dict[Const, None] = dict.fromkeys((*a.entries, *b.entries))
        entries = {k: union(a.entries.get(k, a.rest), b.entries.get(k, b.rest)) for k in keys}
        missing = {k for k in keys if (k in a.entries) != (k in b.entries)}
        return Table(entries, union(a.rest, b.rest), a.maybe | b.maybe | missing)
    if isinstance(a, Sequence) and isinstance(b, Sequence):
        return _join_sequences(a, b)
    return a


def elements(cell: Sequence) -> Values:
    """What any element of a sequence may be."""
    return union(*cell.items, cell.element)


def _join_names(into: dict[str, Values], other: Mapping[str, Values]) -> None:
    for name, values in other.items():
        own = into.get(name)
        if own is None:
            into[name] = values
        elif own is not values:
            into[name] = union(own, values)


def _join_sequences(a: Sequence, b: Sequence) -> Sequence:
    """What both begin with stays in its place; what only one has may be missing."""
    common = min(len(a.items), len(b.items))
    rest = (*a.items[common:], *b.items[common:])
    items = (*map(union, a.items[:common], b.items[:common]), *rest)
    missing = {p for p in a.maybe | b.maybe if p < common} | set(range(common, len(items)))
    return Sequence(
        a.kind, items, union(a.element, b.element), frozenset(missing), union(a.order_of, b.order_of)
    )
