"""``and``, ``or``, ``not``, comparisons and ``a if b else c`` as values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from archwright.facts import ir
from archwright.project.execution.comparing import compared
from archwright.project.execution.conditions import branch, may_change, test
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Object, changed, either
from archwright.project.execution.state import State, joined
from archwright.project.execution.truth import truth, value_truth
from archwright.project.execution.values import NOT_TOLD, Operation, Unknown, Value, constant, union

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


class _Way(NamedTuple):
    """One way through an expression."""

    heap: Mapping[int, Object]
    """The objects as they were when it was known to be taken."""
    names: Mapping[str, Value]
    after: State


def comparison(machine: Machine, expr: ir.Compare, state: State, frame: Frame) -> Value:
    """``a == b``."""
    return compared(machine, expr, state, frame)[1]


def negated(machine: Machine, expr: ir.Unary, state: State, frame: Frame) -> Value:
    """``not a``."""
    value: Value = ()
    if may_change(expr.operand):
        value = machine.evaluate(expr.operand, state, frame)
        known = value_truth(machine, value, state)
    else:
        known = test(machine, expr.operand, state, frame)
    if known is not None:
        return constant(not known)
    if machine.policy.terms:
        operand = value or machine.evaluate(expr.operand, state, frame)
        return (Operation("not", (operand,), frame.function[0], machine.at),)
    return (Unknown(type="builtins.bool"),)


def boolean(machine: Machine, expr: ir.BoolOp, state: State, frame: Frame) -> Value:
    """``a and b``, ``a or b``: the left side where it decides, otherwise the right one."""
    decides = expr.op == "or"
    left = machine.evaluate(expr.left, state, frame)
    answers = [truth(machine, one, state) for one in left]
    if left and all(answer is decides for answer in answers):
        return left
    kept = tuple(one for one, answer in zip(left, answers, strict=True) if answer is not (not decides))
    path = state.copy()
    if not may_change(expr.left):
        when_true, when_false = branch(machine, expr.left, path, frame)
        going, settled = (when_false, when_true) if decides else (when_true, when_false)
        if not going:
            return left
        if not settled:
            kept = ()
        path = joined(going)
    way = _Way(dict(path.heap), dict(path.names), path)
    right = machine.evaluate(expr.right, path, frame)
    _settle(state, [way, *([_Way(state.heap, state.names, state.copy())] if kept else [])])
    return union(kept, right) or NOT_TOLD


def conditional(machine: Machine, expr: ir.IfExp, state: State, frame: Frame) -> Value:
    """``a if b else c``."""
    is_pure = not may_change(expr.test)
    found: list[Value] = []
    ways: list[_Way] = []
    heap, names = dict(state.heap), dict(state.names)
    for states, part in zip(
        branch(machine, expr.test, state.copy(), frame), (expr.body, expr.orelse), strict=True
    ):
        for path in states:
            way = _Way(dict(path.heap), dict(path.names), path) if is_pure else _Way(heap, names, path)
            ways.append(way)
            found.append(machine.evaluate(part, path, frame))
    _settle(state, ways)
    return union(*found) or NOT_TOLD


def _settle(state: State, ways: list[_Way]) -> None:
    """What an expression has changed on one of the *ways* through it, it may have changed."""
    touched = [changed(way.heap, way.after.heap) for way in ways]
    kept = {loc: state.heap[loc] for locs in touched for loc in locs if loc in state.heap}
    for loc in kept:
        after = [
            way.after.heap[loc] if way.heap.get(loc) is not way.after.heap[loc] else kept[loc] for way in ways
        ]
        state.heap[loc] = reduce(either, after)
    for way in ways:
        for loc in sorted(way.after.heap.keys() - state.heap.keys()):
            state.heap[loc] = way.after.heap[loc]
        for name, value in way.after.names.items():
            if way.names.get(name) is not value:
                before = state.names.get(name, ()) if len(ways) > 1 else ()
                state.bind(name, union(before, value))
