"""Loops: item by item where the items are known, otherwise so often that what one round leaves is seen by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archwright.facts import ir
from archwright.project.execution.conditions import branch, few
from archwright.project.execution.frame import Frame
from archwright.project.execution.items import Items, iterated
from archwright.project.execution.state import State, joined
from archwright.project.execution.targets import bind_target
from archwright.project.execution.values import Literal, Unknown, Value, union

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine
    from archwright.project.execution.statements import Outcome

_ROUNDS = 2
_UNROLLED = 64


def follow_for(machine: Machine, node: ir.For, state: State, frame: Frame) -> list[Outcome]:
    """``for target in items``."""
    items = iterated(machine, machine.evaluate(node.iter, state, frame), state, frame)
    machine.loops.append(items.order_of)
    try:
        return _rounds(machine, node, items, state, frame)
    finally:
        machine.loops.pop()


def _rounds(machine: Machine, node: ir.For, items: Items, state: State, frame: Frame) -> list[Outcome]:
    from archwright.project.execution.statements import execute

    done: list[Outcome] = []
    listed = not items.rest and len(items.items) <= _UNROLLED
    # Not at all, once, and again where it cannot be told: a second round sees what the first one left.
    rounds = [(one.value, one.sure) for one in items.items] if listed else [(items.element, False)] * _ROUNDS
    going, left = [state], []
    before = earlier = state.copy()
    for value, sure in rounds:
        begin = [s.copy() for s in going]
        for s in begin:
            bind_target(machine, node.target, value, s, frame)
        going = [] if sure else list(going)
        for kind, after, returned in execute(machine, node.body, begin, frame):
            if kind in ("next", "continue"):
                going.append(after)
            elif kind == "break":
                left.append(after)
            else:
                done.append((kind, after, returned))
        going = few(machine, going)
        if not going:
            break
        if not listed:
            before, earlier = joined([s.copy() for s in going]), before
    if not listed:
        going = [_widened(s, earlier) for s in going]
    done += execute(machine, node.orelse, going, frame) if going else []
    return done + [("next", s, ()) for s in left]


def follow_while(machine: Machine, node: ir.While, state: State, frame: Frame) -> list[Outcome]:
    """``while test``."""
    from archwright.project.execution.statements import execute

    done: list[Outcome] = []
    going, left, ended = [state], [], []
    before = state.copy()
    for _ in range(_ROUNDS):
        before = joined([before, *(s.copy() for s in going)])
        begin: list[State] = []
        for s in going:
            when_true, when_false = branch(machine, node.test, s, frame)
            begin += when_true
            ended += when_false
        going = []
        for kind, after, returned in execute(machine, node.body, begin, frame) if begin else ():
            if kind in ("next", "continue"):
                going.append(after)
            elif kind == "break":
                left.append(after)
            else:
                done.append((kind, after, returned))
        going = [joined(going)] if going else []
    ended += [_widened(s, before) for s in going]
    done += execute(machine, node.orelse, few(machine, ended), frame) if ended else []
    return done + [("next", s, ()) for s in left]


def _widened(state: State, before: State) -> State:
    """A path after some rounds of a loop that may have more: what the last one has still added may come once more."""
    for loc, made in state.heap.items():
        known = before.heap.get(loc)
        if known is not None and known is not made and made.kind != "instance":
            values = union(*(e.value for e in known.entries.values()))
            entries = {
                key: msgspec.structs.replace(
                    entry, value=_further(entry.value, values), sure=entry.sure and key in known.entries
                )
                for key, entry in made.entries.items()
            }
            state.heap[loc] = made.holding(entries)
    for name, value in state.names.items():
        if name in before.names and value is not before.names[name]:
            state.names[name] = _further(value, before.names[name])
    return state


def _further(value: Value, before: Value) -> Value:
    """*value*, and what cannot be told where it has a text that was not there *before*: the next round makes another one."""
    is_new = any(isinstance(v, Literal) and isinstance(v.value, str) and v not in before for v in value)
    return union(value, (Unknown("what a loop makes"),)) if is_new else value
