"""What follows for names and objects from a condition that has come out true, or false."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.execution.comparing import may_be_anything
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Entry
from archwright.project.execution.state import State
from archwright.project.execution.truth import truth
from archwright.project.execution.values import (
    NONE,
    Alternative,
    Literal,
    Ref,
    Token,
    Typed,
    Unknown,
    Value,
    literal_of,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

Fits = Callable[[Alternative], bool]


def narrow(machine: Machine, expr: ir.Expr, wanted: bool, state: State, frame: Frame) -> None:
    """Takes into *state* what is known where *expr* comes to *wanted*."""
    if isinstance(expr, ir.Name):
        _keep(machine, expr, lambda one: truth(machine, one, state) is not (not wanted), state, frame)
        if not wanted:
            _imply(machine, state.names.get(expr.id, ()), state)
    elif isinstance(expr, ir.Compare) and len(expr.ops) == 1:
        _narrow_compared(machine, expr, wanted, state, frame)
    elif isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attr) and wanted:
        # With a default, ``get`` may give that.
        is_get = expr.func.name == "get" and len(expr.args) == 1
        if is_get and _is_cheap(expr.func.value) and _is_cheap(expr.args[0].value):
            owner = machine.evaluate(expr.func.value, state, frame)
            _key_there(machine, owner, machine.evaluate(expr.args[0].value, state, frame), True, state)


def _narrow_compared(machine: Machine, expr: ir.Compare, wanted: bool, state: State, frame: Frame) -> None:
    op, right = expr.ops[0], expr.rights[0]
    left = expr.left.target if isinstance(expr.left, ir.Walrus) else expr.left
    positive = wanted == (op in ("==", "is", "in"))
    if not _is_cheap(right):
        return
    if op in ("==", "is", "!=", "is not"):
        other = machine.evaluate(right, state, frame)
        if len(other) == 1 and isinstance(other[0], Literal):
            same = other[0]

            def fits(one: Alternative) -> bool:
                if isinstance(one, Token) and not one.raw and same in NONE:
                    return not positive
                return may_be_anything(machine, one, state) or (one == same) == positive

            _keep(machine, left, fits, state, frame)
    elif op in ("in", "not in") and _is_cheap(left):
        owner = machine.evaluate(right, state, frame)
        _key_there(machine, owner, machine.evaluate(left, state, frame), positive, state)


def _is_cheap(expr: ir.Expr) -> bool:
    """Whether evaluating *expr* again follows no call."""
    return not any(isinstance(part, ir.Call | ir.Walrus) for part in walk(expr))


def _keep(machine: Machine, expr: ir.Expr, fits: Fits, state: State, frame: Frame) -> None:
    """Drops the alternatives that do not fit from a name, or from an item of a dictionary."""
    if isinstance(expr, ir.Name) and expr.id in state.names:
        kept = tuple(one for one in state.names[expr.id] if fits(one))
        if kept and not fits(NONE[0]):
            kept = tuple(
                msgspec.structs.replace(one, there=True) if isinstance(one, Unknown | Typed) else one
                for one in kept
            )
        if kept:
            state.names[expr.id] = kept
    elif isinstance(expr, ir.Subscript) and len(expr.index) == 1 and _is_cheap(expr):
        owner = machine.evaluate(expr.value, state, frame)
        key = literal_of(machine.evaluate(expr.index[0], state, frame))
        if len(owner) == 1 and isinstance(owner[0], Ref) and key is not ...:
            made = machine.object(owner[0], state)
            entry = made.entries.get(key)
            kept = tuple(one for one in entry.value if fits(one)) if entry is not None else ()
            if entry is not None and kept:
                changed = {**made.entries, key: msgspec.structs.replace(entry, value=kept)}
                state.learn(owner[0].loc, made.holding(changed))


def _key_there(machine: Machine, owner: Value, key: Value, there: bool, state: State) -> None:
    name = literal_of(key)
    if len(owner) != 1 or not isinstance(owner[0], Ref) or name is ...:
        return
    made = machine.object(owner[0], state)
    if made.kind != "dict":
        return
    entries = dict(made.entries)
    if there:
        entry = entries.get(name)
        if entry is None:
            entries[name] = Entry(made.beyond or (Unknown(),))
        else:
            value = tuple(v for v in entry.value if v not in NONE) or entry.value
            entries[name] = msgspec.structs.replace(entry, sure=True, value=value)
    else:
        entries.pop(name, None)
    state.learn(owner[0].loc, made.holding(entries))


def _imply(machine: Machine, value: Value, state: State) -> None:
    """A list of what is missing is empty: then what it could have named is there."""
    if len(value) != 1 or not isinstance(value[0], Ref):
        return
    for facts in machine.object(value[0], state).implies.values():
        for loc, key in facts:
            _key_there(machine, (Ref(loc),), (Literal(key, type(key).__name__),), True, state)
