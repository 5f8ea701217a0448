"""Which moment a value is: the one that is followed, the clock's, or one of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from archwright.project.effects import catalogue
from archwright.project.execution.heap import Heap
from archwright.project.execution.reach import reachable
from archwright.project.execution.values import (
    Alternative,
    Column,
    Literal,
    Made,
    Token,
    Unknown,
    Value,
    is_none,
    only_text,
)
from archwright.project.queries.selects import is_select


class Moment(Enum):
    """What one alternative of a value is, as a moment."""

    FOLLOWED = "followed"
    RAW = "raw"
    """Followed, but as the client sent it."""
    CLOCK = "clock"
    UNKNOWN = "unknown"
    NONE = "none"
    OTHER = "other"
    """A constant, a column: no moment that was handed in."""


def moments(values: Value, store: Heap, names: Iterable[str] = ()) -> frozenset[Moment]:
    """What the alternatives of a value are; parameters of a root called one of *names* count as followed."""
    wanted = frozenset(names)
    return frozenset(_moment(atom, store, wanted) for atom in values)


def clock_calls(values: Value, store: Heap) -> list[Made]:
    """The clock readings a value depends on."""
    return [a for a in reachable(values, store, _derives) if isinstance(a, Made) and is_clock(a)]


def is_clock(made: Made) -> bool:
    """Whether a value was read from a clock."""
    effect = catalogue.called_effect(made.name) if made.called else None
    return effect is not None and effect.name == "clock"


def parameters(values: Value, store: Heap) -> list[str]:
    """The parameters of the root that a value depends on."""
    found = [
        a.parameter for a in reachable(values, store, _derives) if isinstance(a, Unknown) and a.parameter
    ]
    return list(dict.fromkeys(found))


def names_field(values: Value, store: Heap, fields: Iterable[str]) -> str:
    """Which of *fields* a value is read from, as a column, an attribute or a key; empty when from none."""
    wanted = frozenset(fields)
    for atom in reachable(values, store, _derives):
        if isinstance(atom, Column) and atom.name in wanted:
            return atom.name
        if isinstance(atom, Made) and _named(atom) in wanted:
            return _named(atom)
    return ""


def _named(made: Made) -> str:
    """The attribute or the key that was read; empty when neither was."""
    if not made.called:
        return made.field or made.last
    if made.last in ("__getitem__", "get") and made.given is not None:
        return only_text(made.given.get(0)) or ""
    return ""


def _moment(atom: Alternative, store: Heap, names: frozenset[str]) -> Moment:
    if is_none(atom):
        return Moment.NONE
    unknown = False
    clock = False
    raw = False
    followed = False
    for part in reachable((atom,), store, _derives):
        if isinstance(part, Token):
            raw, followed = raw or part.raw, followed or not part.raw
        elif isinstance(part, Unknown) and not part.type:
            named = part.parameter in names
            followed, unknown = followed or named, unknown or not named
        elif isinstance(part, Made) and is_clock(part):
            clock = True
        elif isinstance(part, Made) and _named(part) in names:
            followed = True
    if raw:
        return Moment.RAW
    if followed:
        return Moment.FOLLOWED
    if clock:
        return Moment.CLOCK
    if isinstance(atom, Literal | Column):
        return Moment.OTHER
    return Moment.UNKNOWN if unknown else Moment.OTHER


def _derives(atom: Alternative) -> bool:
    """Whether what is inside an alternative makes it what it is: rows of a query are no moments, whatever bounded it."""
    if isinstance(atom, Made):
        return not (is_select(atom.name) or catalogue.member(atom.name) in catalogue.STATEMENTS)
    return True
