"""Displays: ``[a, *b]``, ``{a, b}``, ``{"a": 1, **b}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Object
from archwright.project.execution.items import Item, Items, extended, items_of, iterated
from archwright.project.execution.operators import merged
from archwright.project.execution.state import State
from archwright.project.execution.targets import with_item
from archwright.project.execution.values import Value

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


def display(machine: Machine, expr: ir.Seq, state: State, frame: Frame) -> Value:
    """A list, tuple or set as it is written."""
    made = Object(expr.kind)
    single: list[Item] = []
    for item in expr.items:
        value = machine.evaluate(item, state, frame)
        if isinstance(item, ir.Star):
            made = extended(made, Items(tuple(single)))
            single = []
            known = items_of(machine, value, state)
            more = iterated(machine, value, state, frame) if known is None else Items(tuple(known))
            made = extended(made, more)
        else:
            single.append(Item(value))
    return (machine.new(extended(made, Items(tuple(single))), state),)


def mapping(machine: Machine, expr: ir.Dict, state: State, frame: Frame) -> Value:
    """A dictionary as it is written."""
    parts: list[Value] = []
    made = Object("dict")
    for key, value in zip(expr.keys, expr.values, strict=True):
        if key is None:
            if made.entries or made.open:
                parts.append((machine.new(made, state),))
                made = Object("dict")
            parts.append(machine.evaluate(value, state, frame))
            continue
        name = machine.evaluate(key, state, frame)
        found = machine.evaluate(value, state, frame)
        made = with_item(made, name, found, surely=True, at=getattr(value, "at", None))
    if not parts:
        return (machine.new(made, state),)
    if made.entries or made.open:
        parts.append((machine.new(made, state),))
    return merged(machine, parts, state)
