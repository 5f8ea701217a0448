"""What is in containers: going through them, asking for one item, cutting out a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from archwright.facts import ir
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.frame import Frame, PathEndsError
from archwright.project.execution.heap import FURTHER, Entry, Object
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    NOT_TOLD,
    Alternative,
    Literal,
    Made,
    Ref,
    Unknown,
    Value,
    constant,
    parameters_of,
    union,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_MAX_ITEMS = 64


class Item(NamedTuple):
    """A value of a sequence."""

    value: Value
    sure: bool = True
    """Whether it is surely there."""
    implies: tuple[tuple[int, Any], ...] = ()
    """The keys of objects that are there if it is not."""


class Items(NamedTuple):
    """What going through a value gives."""

    items: tuple[Item, ...]
    """Those known one by one, in their order."""
    rest: Value = ()
    """What further ones may be; empty when there are none."""
    order_of: Value = ()
    """What is not of this code base and gives them their order."""

    @property
    def known(self) -> list[Value] | None:
        """Each in its place; None where that is not known."""
        return None if self.rest or not all(i.sure for i in self.items) else [i.value for i in self.items]

    @property
    def element(self) -> Value:
        """What any of them may be."""
        return union(*(i.value for i in self.items), self.rest)


def iterated(machine: Machine, value: Value, state: State, frame: Frame) -> Items:
    """What iterating over *value* gives."""
    parts = [_iterated(machine, one, state, frame) for one in value]
    if len(parts) == 1:
        return parts[0]
    return Items((), union(*(p.element for p in parts)) or NOT_TOLD, union(*(p.order_of for p in parts)))


def _iterated(machine: Machine, one: Alternative, state: State, frame: Frame) -> Items:
    if isinstance(one, Ref):
        made = machine.object(one, state)
        if made.kind == "instance":
            return _by_protocol(machine, one, made, state, frame)
        if made.kind == "dict":
            keys = tuple(Item(constant(key), entry.sure) for key, entry in made.entries.items())
            return Items(keys, (Unknown(made.open, made.parameter),) if made.open else ())
        if len(made.entries) > _MAX_ITEMS:
            return Items((), made.any_item, made.order_of)
        items = tuple(
            Item(machine.look(e), e.sure, tuple(made.implies.get(k, ()))) for k, e in made.entries.items()
        )
        return Items(items, made.beyond, made.order_of)
    if isinstance(one, Literal) and isinstance(one.value, str):
        return Items((), (Unknown("a character"),))
    if machine.policy.terms:
        name = one.name if isinstance(one, Made) else "?"
        rest: Value = (Made(f"{name}.__iter__", (one,), None, True, frame.function[0], machine.at),)
        return Items((), rest, (one,))
    return Items((), (Unknown(parameter=getattr(one, "parameter", "")),))


def _by_protocol(machine: Machine, ref: Ref, made: Object, state: State, frame: Frame) -> Items:
    from archwright.project.execution.calls import call_value

    found: list[Value] = []
    for name in ("__iter__", "__aiter__"):
        if machine.members.member(made.cls, name) is not None:
            given = call_value(machine, (ref,), name, Arguments(), state, frame)
            if given != (ref,):
                found.append(iterated(machine, given, state, frame).element)
    return Items((), union(*found) or NOT_TOLD)


def items_of(machine: Machine, value: Value, state: State) -> list[Item] | None:
    """What iterating over *value* gives, in order; None when that cannot be told one by one."""
    if len(value) != 1 or not isinstance(value[0], Ref):
        return None
    made = machine.object(value[0], state)
    if made.open or made.kind == "instance" or len(made.entries) > _MAX_ITEMS:
        return None
    if made.kind == "dict":
        return [Item(constant(key), entry.sure) for key, entry in made.entries.items()]
    return [Item(machine.look(e), e.sure, tuple(made.implies.get(k, ()))) for k, e in made.entries.items()]


def items_alike(machine: Machine, value: Value, state: State) -> list[Value] | None:
    """The items of a sequence that may be one of several of the same length, place by place; None for anything else."""
    rows = [items_of(machine, (one,), state) for one in value]
    known = [row for row in rows if row is not None]
    if not known or len(known) != len(rows) or len({len(row) for row in known}) != 1:
        return None
    return [union(*(item.value for item in column)) for column in zip(*known, strict=True)]


def open_parameter(machine: Machine, value: Value, state: State) -> str:
    """The parameter whose callers may know what *value* contains."""
    for one in value:
        if isinstance(one, Ref) and machine.object(one, state).parameter:
            return machine.object(one, state).parameter
    return next(iter(sorted(parameters_of(value))), "")


def item(machine: Machine, ref: Ref, key: Value, state: State, frame: Frame, *, raising: bool) -> Value:
    """The values *key* may have in an object; empty where it is surely not there."""
    made = machine.object(ref, state)
    if made.kind == "instance" and made.cls and machine.members.member(made.cls, "__getitem__") is not None:
        from archwright.project.execution.calls import call_value

        return call_value(machine, (ref,), "__getitem__", Arguments([key]), state, frame)
    known = [k.value for k in key if isinstance(k, Literal) and _hashable(k.value)]
    vague = len(known) < len(key) or not key
    if made.kind != "dict" and made.kind != "instance":
        known = [
            len(made.entries) + k if isinstance(k, int) and k < 0 and not made.open else k for k in known
        ]
        # Which one is where depends on the ones that may be missing.
        placed = all(e.sure for e in made.entries.values()) and (not made.open or _is_placed(made, known))
        vague, known = vague or not placed, known if placed else []
    found: list[Value] = [machine.look(e) for e in made.entries.values()] if vague else []
    there = [made.entries[k] for k in known if k in made.entries]
    found += [machine.look(entry) for entry in there]
    if vague or len(there) < len(known):
        found.append(made.beyond)
    if raising and made.kind == "dict":
        machine.note_keys(ref, [k for k in known if isinstance(k, str)], made)
        if not any(found) and known:
            raise PathEndsError
    if vague and not any(found):
        return (Unknown(made.open, made.parameter),)
    return union(*found)


def _is_placed(made: Object, keys: list[Any]) -> bool:
    """Whether a sequence with further items has those at *keys* in their place: they are before the others."""
    return bool(keys) and all(isinstance(k, int) and 0 <= k < len(made.entries) for k in keys)


def _hashable(key: Any) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True


def sliced(machine: Machine, one: Any, part: ir.Slice, state: State, frame: Frame) -> Value:
    """``x[1:]``: the items between constant bounds; any of them where the bounds or the items cannot be told."""
    made = machine.object(one, state) if isinstance(one, Ref) else None
    if made is None or made.kind not in ("list", "tuple"):
        if machine.policy.terms:
            key = machine.evaluate(part, state, frame)
            name = f"{one.name if isinstance(one, Made) else '?'}.__getitem__"
            return (Made(name, (one,), Arguments([key]), True, frame.function[0], machine.at),)
        return (Unknown(parameter=getattr(one, "parameter", "")),)
    bounds = [_bound(edge) for edge in (part.lower, part.upper, part.step)]
    entries = list(made.entries.values())
    if ... in bounds or bounds[2] == 0 or made.open or not all(e.sure for e in entries):
        entries = [msgspec.structs.replace(e, sure=False) for e in entries]
    else:
        entries = entries[slice(*bounds)]
    whole = msgspec.structs.replace(made, entries=dict(enumerate(entries)), implies={})
    return (machine.new(whole, state),)


def _bound(edge: ir.Expr | None) -> Any:
    """A constant bound of a slice; None where there is none, Ellipsis where it cannot be told."""
    if edge is None:
        return None
    negative = isinstance(edge, ir.Unary) and edge.op == "-"
    number = edge.operand if isinstance(edge, ir.Unary) and negative else edge
    if not isinstance(number, ir.Num) or not number.text.isdecimal():
        return ...
    return -int(number.text) if negative else int(number.text)


def opened(made: Object, why: str = FURTHER, rest: Value = (), parameter: str = "") -> Object:
    """The object with further entries, of which *rest* says what they may be."""
    more = union(made.beyond, rest) if rest and (made.rest or not made.open) else ()
    return msgspec.structs.replace(
        made, open=made.open or why, parameter=made.parameter or parameter, rest=more
    )


def extended(made: Object, more: Items) -> Object:
    """A sequence with further items at its end."""
    parameter = next(iter(sorted(parameters_of(more.rest))), "")
    order = union(made.order_of, more.order_of)
    if made.open:
        # Those at the end come behind an unknown number of others.
        return msgspec.structs.replace(opened(made, rest=more.element, parameter=parameter), order_of=order)
    entries, implies, first = dict(made.entries), dict(made.implies), len(made.entries)
    for place, one in enumerate(more.items, first):
        entries[place] = Entry(one.value, one.sure)
        if one.implies:
            implies[place] = one.implies
    result = msgspec.structs.replace(made, entries=entries, implies=implies, order_of=order)
    return opened(result, rest=more.rest, parameter=parameter) if more.rest else result
