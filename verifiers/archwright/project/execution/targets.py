"""Assignment: names, attributes, items and sequences of them as targets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.attributes import set_attribute
from archwright.project.execution.conditions import is_condition, remember
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Entry, Object, sequence
from archwright.project.execution.items import items_alike, iterated, open_parameter, opened
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    NOT_TOLD,
    Literal,
    Ref,
    Unknown,
    Value,
    parameters_of,
    union,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


def assign(machine: Machine, targets: Iterable[ir.Expr], expr: ir.Expr, state: State, frame: Frame) -> Value:
    """Evaluates *expr* and binds it to *targets*; names remember which condition they stand for."""
    before = dict(state.heap) if is_condition(expr) else None
    value = machine.evaluate(expr, state, frame)
    is_pure = before is not None and all(state.heap.get(loc) is made for loc, made in before.items())
    for target in targets:
        bind_target(machine, target, value, state, frame)
    for target in targets:
        if is_pure and isinstance(target, ir.Name):
            remember(machine, target.id, expr, state, frame)
    return value


def bind_target(machine: Machine, target: ir.Expr, value: Value, state: State, frame: Frame) -> None:
    """Binds *value* to an assignment target."""
    if isinstance(target, ir.Name):
        state.bind(target.id, value)
    elif isinstance(target, ir.Seq):
        _unpack(machine, target, value, state, frame)
    elif isinstance(target, ir.Star):
        bind_target(machine, target.value, value, state, frame)
    elif isinstance(target, ir.Attr):
        set_attribute(machine, machine.evaluate(target.value, state, frame), target.name, value, state)
    elif isinstance(target, ir.Subscript) and len(target.index) == 1:
        key = machine.evaluate(target.index[0], state, frame)
        set_item(machine, machine.evaluate(target.value, state, frame), key, value, state, frame)


def _unpack(machine: Machine, target: ir.Seq, value: Value, state: State, frame: Frame) -> None:
    items = items_alike(machine, value, state)
    starred = [i for i, part in enumerate(target.items) if isinstance(part, ir.Star)]
    if items is not None and not starred and len(items) == len(target.items):
        for part, one in zip(target.items, items, strict=True):
            bind_target(machine, part, one, state, frame)
        return
    if items is not None and len(starred) == 1 and len(items) >= len(target.items) - 1:
        first, behind = starred[0], len(target.items) - starred[0] - 1
        middle = sequence("list", items[first : len(items) - behind])
        spread = [*items[:first], (machine.new(middle, state),), *items[len(items) - behind :]]
        for part, one in zip(target.items, spread, strict=True):
            bind_target(machine, part, one, state, frame)
        return
    if machine.policy.terms:
        element = iterated(machine, value, state, frame).element or NOT_TOLD
    else:
        element = (Unknown(parameter=open_parameter(machine, value, state)),)
    for part in target.items:
        if isinstance(part, ir.Star):
            rest = machine.new(sequence("list", (), element), state)
            bind_target(machine, part.value, (rest,), state, frame)
        else:
            bind_target(machine, part, element, state, frame)


def set_item(machine: Machine, owner: Value, key: Value, value: Value, state: State, frame: Frame) -> None:
    """``owner[key] = value``."""
    for one in owner:
        if not isinstance(one, Ref):
            continue
        made = machine.object(one, state)
        if made.kind == "instance" and machine.members.member(made.cls, "__setitem__") is not None:
            from archwright.project.execution.calls import call_value

            call_value(machine, (one,), "__setitem__", Arguments([key, value]), state, frame)
        else:
            state.heap[one.loc] = with_item(made, key, value, surely=len(owner) == 1)


def with_item(made: Object, key: Value, value: Value, *, surely: bool, at: ir.Span | None = None) -> Object:
    """The object with *value* under *key*, for sure or perhaps."""
    keys: list[Any] = [k.value for k in key if isinstance(k, Literal)]
    entries = dict(made.entries)
    if keys and len(keys) == len(key):
        strong = surely and len(keys) == 1
        for one in keys:
            before = entries.get(one)
            if strong:
                entries[one] = Entry(value, True, "", at)
            elif before is None:
                entries[one] = Entry(union(value, made.rest), False, "", at)
            else:
                entries[one] = Entry(union(before.value, value), before.sure, before.origin, before.at)
        return made.holding(entries)
    entries = {k: msgspec.structs.replace(e, value=union(e.value, value)) for k, e in entries.items()}
    parameter = next(iter(sorted(parameters_of(key))), "")
    if made.kind != "dict":
        return made.holding(entries)
    return opened(made.holding(entries), "a key that cannot be told", value, parameter)
