"""Operators on containers and texts."""

from __future__ import annotations

from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING

import msgspec

from archwright.project.execution.arguments import Arguments
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import FURTHER, Entry, Object, sequence
from archwright.project.execution.items import Item, Items, extended, items_of, iterated, opened
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    NOT_TOLD,
    Alternative,
    Literal,
    Made,
    Operation,
    Ref,
    Unknown,
    Value,
    constant,
    parameters_of,
    union,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

MAX_WAYS = 8
"""How many ways to put several alternatives together are told apart."""
_MAX_ITEMS = 64


def combined(machine: Machine, op: str, left: Value, right: Value, state: State, frame: Frame) -> Value:
    """``left op right``."""
    kinds = {machine.object(one, state).kind for one in (*left, *right) if isinstance(one, Ref)}
    if op == "|" and "dict" in kinds:
        return merged(machine, [left, right], state)
    if op == "+" and kinds & {"list", "tuple"}:
        return (machine.new(_chained(machine, left, right, sorted(kinds)[0], state, frame), state),)
    if op in ("|", "-", "&") and kinds == {"set"}:
        return (machine.new(_of_sets(machine, op, left, right, state), state),)
    if op == "+" and (_textual(left) or _textual(right)):
        parts = [left, right]
        if not machine.policy.terms or all(_is_literal(part) for part in parts):
            return join_texts(parts)
    if op == "%" and _textual(left) and (not machine.policy.terms or _is_literal(left)):
        items = items_of(machine, right, state)
        given = [item.value for item in items] if items is not None else [right]
        if not machine.policy.terms or all(_is_literal(part) for part in given):
            return formatted_percent(left, given)
    if machine.policy.terms:
        return (Operation(op, (left, right), frame.function[0], machine.at),)
    return NOT_TOLD


def _is_literal(value: Value) -> bool:
    return bool(value) and all(isinstance(one, Literal) for one in value)


def _chained(machine: Machine, left: Value, right: Value, kind: str, state: State, frame: Frame) -> Object:
    made = Object(kind)
    for side in (left, right):
        known = _items_of_any(machine, side, state)
        made = extended(made, iterated(machine, side, state, frame) if known is None else Items(tuple(known)))
    if not machine.policy.terms and made.open:
        return Object(kind, {}, FURTHER)
    return made


def _items_of_any(machine: Machine, value: Value, state: State) -> list[Item] | None:
    """The items of a sequence; of several it may be, all of them, and none for sure."""
    if len(value) == 1:
        return items_of(machine, value, state)
    rows = [items_of(machine, (one,), state) for one in value]
    if any(row is None for row in rows) or sum(len(row) for row in rows if row) > _MAX_ITEMS:
        return None
    return [Item(one.value, False) for row in rows if row for one in row]


def _of_sets(machine: Machine, op: str, left: Value, right: Value, state: State) -> Object:
    a, b = items_of(machine, left, state), items_of(machine, right, state)
    if a is None or b is None or not all(item.sure for item in (*a, *b)):
        return Object("set", {}, FURTHER)
    first, second = [item.value for item in a], [item.value for item in b]
    chosen = {
        "|": first + [v for v in second if v not in first],
        "-": [v for v in first if v not in second],
        "&": [v for v in first if v in second],
    }[op]
    return sequence("set", chosen)


# --- dictionaries -----------------------------------------------------------------------------------------------


def merged(machine: Machine, parts: list[Value], state: State) -> Value:
    """The dictionary that has the entries of all *parts*, later ones winning: ``{**a, **b}``, ``a | b``."""
    choices = [[p] for p in parts]
    if all(p for p in parts):
        choices = [[(one,) for one in p] for p in parts]
    if prod(map(len, choices)) > MAX_WAYS:
        return (machine.new(_any_of(machine, parts, state), state),)
    found: list[Value] = []
    for chosen in product(*choices):
        made = Object("dict", {})
        for choice in chosen:
            one = choice[0] if choice else Unknown()
            made = _over(made, _entries_of(machine, one, state), one, terms=machine.policy.terms)
        found.append((machine.new(made, state),))
    return union(*found)


def _entries_of(machine: Machine, one: Alternative, state: State) -> Object | None:
    return machine.object(one, state) if isinstance(one, Ref) else None


def _any_of(machine: Machine, parts: list[Value], state: State) -> Object:
    """Some of the entries of the *parts*: what is left of too many ways to merge them."""
    entries: dict[object, Entry] = {}
    for ref in (one for part in parts for one in part if isinstance(one, Ref)):
        for key, entry in machine.object(ref, state).entries.items():
            under = entries.get(key)
            value = entry.value if under is None else union(under.value, entry.value)
            entries[key] = Entry(value, False, entry.origin, entry.at)
    return Object("dict", entries, "too many possibilities")


def _over(below: Object, above: Object | None, one: Alternative, *, terms: bool) -> Object:
    """*below* with the entries of *above* put over its own; *one* is what *above* is, where that is no object."""
    if above is None:
        if isinstance(one, Literal) and one.value is None:
            return below
        reason = one.reason if isinstance(one, Unknown) else ""
        why = f"`**` of {reason}" if reason else "a part that cannot be told"
        parameter = one.parameter if isinstance(one, Unknown) else ""
        rest: Value = (Unknown(why, parameter),)
        if terms:
            rest = (Made("builtins.dict.values", (one,), None, False),)
        return opened(_perhaps(below, rest), why, rest, parameter)
    entries = dict(_perhaps(below, above.beyond).entries)
    for key, entry in above.entries.items():
        under = entries.get(key)
        if entry.sure:
            entries[key] = entry
        elif under is not None:
            entries[key] = Entry(union(under.value, entry.value), under.sure, entry.origin, entry.at)
        else:
            entries[key] = msgspec.structs.replace(entry, value=union(entry.value, below.rest))
    sources = below.sources | above.sources | ({one.loc} if isinstance(one, Ref) else set())
    return Object(
        "dict",
        entries,
        below.open or above.open,
        below.parameter or above.parameter,
        sources=frozenset(sources),
        rest=union(below.beyond, above.beyond) if below.rest or above.rest else (),
    )


def _perhaps(made: Object, other: Value) -> Object:
    """The object when something may have been put over any of its entries."""
    if not other:
        return made
    return made.holding(
        {k: msgspec.structs.replace(e, value=union(e.value, other)) for k, e in made.entries.items()}
    )


# --- texts ------------------------------------------------------------------------------------------------------


def formatted(machine: Machine, parts: list[Value], frame: Frame) -> Value:
    """An f-string of *parts*."""
    if machine.policy.terms and not all(_is_literal(part) for part in parts):
        return (Made("builtins.str", (), Arguments(parts), True, frame.function[0], machine.at),)
    return join_texts(parts)


def join_texts(parts: list[Value], separator: str = "") -> Value:
    """All texts the parts joined can be; unknown where one of them is."""
    for part in parts:
        if not part or not all(isinstance(p, Literal) for p in part):
            parameter = next(iter(sorted(parameters_of(part))), "")
            return (Unknown("a text with a part that cannot be told", parameter, "builtins.str"),)
    combinations = islice(product(*parts), MAX_WAYS + 1)
    found = [
        constant(separator.join(str(p.value) for p in chosen if isinstance(p, Literal)))
        for chosen in combinations
    ]
    return union(*found) if len(found) <= MAX_WAYS else (Unknown("too many texts", type="builtins.str"),)


def formatted_percent(template: Value, given: list[Value]) -> Value:
    """``template % given`` for ``%s``."""
    text = template[0].value if len(template) == 1 and isinstance(template[0], Literal) else None
    if not isinstance(text, str) or text.count("%") != text.count("%s") or text.count("%s") != len(given):
        return (Unknown("a text that cannot be told", type="builtins.str"),)
    pieces = text.split("%s")
    parts: list[Value] = [constant(pieces[0])]
    for value, piece in zip(given, pieces[1:], strict=True):
        parts += [value, constant(piece)]
    return join_texts(parts)


def _textual(value: Value) -> bool:
    return any(
        (isinstance(v, Literal) and isinstance(v.value, str))
        or (isinstance(v, Unknown) and v.type == "builtins.str")
        for v in value
    )
