"""Comparisons: what they come to, as far as that can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.project.execution.frame import Frame
from archwright.project.execution.state import State
from archwright.project.execution.truth import is_unseen
from archwright.project.execution.values import (
    NONE,
    Alternative,
    Class,
    Column,
    External,
    Function,
    LambdaFunction,
    Literal,
    Module,
    Operation,
    Partial,
    Ref,
    Token,
    Typed,
    Unknown,
    Value,
    constant,
    literal_of,
    union,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_TELLABLE = Function | LambdaFunction | Partial | Class | Module
"""What is never None and is the same only as itself."""


def compared(machine: Machine, expr: ir.Compare, state: State, frame: Frame) -> tuple[bool | None, Value]:
    """Whether a comparison holds, None when that depends; and its value."""
    left = machine.evaluate(expr.left, state, frame)
    answers: list[bool | None] = []
    values: list[Value] = []
    for op, right_expr in zip(expr.ops, expr.rights, strict=True):
        right = machine.evaluate(right_expr, state, frame)
        known = _compare(machine, op, left, right, state)
        answers.append(known)
        if known is not None:
            values.append(constant(known))
        elif machine.policy.terms:
            machine.observer.compared(op, left, right, frame, machine.at)
            values.append((Operation(op, (left, right), frame.function[0], machine.at),))
        left = right
    if False in answers:
        return False, constant(False)
    if None not in answers:
        return True, constant(True)
    return None, union(*values) if machine.policy.terms else (Unknown(type="builtins.bool"),)


def _compare(machine: Machine, op: str, left: Value, right: Value, state: State) -> bool | None:
    if op in ("!=", "is not", "not in"):
        positive = _compare(machine, {"!=": "==", "is not": "is", "not in": "in"}[op], left, right, state)
        return None if positive is None else not positive
    if op == "in":
        return _contained(machine, left, right, state)
    if op in ("==", "is"):
        return _equal(machine, left, right, state)
    a, b = literal_of(left), literal_of(right)
    if isinstance(a, int | float) and isinstance(b, int | float):
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}.get(op)
    return None


def _equal(machine: Machine, left: Value, right: Value, state: State) -> bool | None:
    if not left or not right:
        return None
    if left == NONE:
        left, right = right, left
    if right == NONE and all(_is_there(machine, one, state) for one in left):
        return False
    if any(may_be_anything(machine, v, state) for v in (*left, *right)):
        return None
    if not set(left) & set(right):
        both = any(isinstance(v, Ref) for v in left) and any(isinstance(v, Ref) for v in right)
        return None if both else False
    return True if len(left) == len(right) == 1 and not isinstance(left[0], Ref) else None


def may_be_anything(machine: Machine, one: Alternative, state: State) -> bool:
    """Whether an alternative may be the same as one that looks different; a constant of another package may."""
    if isinstance(one, Literal):
        return one.kind == "number"
    if isinstance(one, Ref):
        return machine.policy.terms and is_unseen(machine.object(one, state))
    if isinstance(one, External):
        return not (one.name.startswith("builtins.") and one.of is None)
    return not isinstance(one, _TELLABLE)


def _is_there(machine: Machine, one: Alternative, state: State) -> bool:
    """Whether an alternative is surely not None."""
    if isinstance(one, Unknown | Typed):
        return one.there
    if isinstance(one, Token):
        return not one.raw
    if isinstance(one, Column):
        return True
    return not may_be_anything(machine, one, state) and one not in NONE


def _contained(machine: Machine, left: Value, right: Value, state: State) -> bool | None:
    needle = _told(left)
    if needle is ... or len(right) != 1:
        return None
    if isinstance(right[0], Literal):
        return (
            needle in right[0].value if isinstance(needle, str) and isinstance(right[0].value, str) else None
        )
    if not isinstance(right[0], Ref):
        return None
    made = machine.object(right[0], state)
    if made.kind == "dict":
        entry = made.entries.get(needle)
        if entry is None:
            return None if made.open else False
        return True if entry.sure else None
    if made.kind in ("list", "tuple", "set"):
        hits = [e.sure for e in made.entries.values() if _told(e.value) == needle]
        if True in hits:
            return True
        vague = made.open or hits or any(_told(e.value) is ... for e in made.entries.values())
        return None if vague else False
    return None


def _told(value: Value) -> Any:
    """The constant, class or function *value* surely is; Ellipsis when it may be anything else."""
    if len(value) == 1 and isinstance(value[0], Class | Function):
        return value[0]
    return literal_of(value)
