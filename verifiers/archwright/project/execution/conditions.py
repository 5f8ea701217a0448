"""Conditions: whether they hold, and the paths on which they do and on which they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.execution.comparing import compared
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import reachable
from archwright.project.execution.narrowing import narrow
from archwright.project.execution.state import Condition, State, joined
from archwright.project.execution.truth import value_truth
from archwright.project.execution.values import Module, Value

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_PLAIN = tuple(ir.Name(name) for name in ("isinstance", "len", "bool", "str", "set", "callable"))
_READING = frozenset({"get", "keys", "values", "items", "startswith", "endswith", "lower", "upper", "strip", "isinstance",
                      "len", "str", "bool", "int", "any", "all", "callable", "getattr", "hasattr"})  # fmt: skip


def branch(machine: Machine, expr: ir.Expr, state: State, frame: Frame) -> tuple[list[State], list[State]]:
    """The paths on which *expr* is true and those on which it is false, with what is known there. *state* may be used up."""
    if isinstance(expr, ir.Unary) and expr.op == "not":
        when_true, when_false = branch(machine, expr.operand, state, frame)
        return when_false, when_true
    if isinstance(expr, ir.BoolOp):
        when_true, when_false = branch(machine, expr.left, state, frame)
        going, settled = (when_true, when_false) if expr.op == "and" else (when_false, when_true)
        rights = [branch(machine, expr.right, path, frame) for path in going]
        when_true = [path for true, _ in rights for path in true]
        when_false = [path for _, false in rights for path in false]
        if expr.op == "and":
            return few(machine, when_true), few(machine, [*settled, *when_false])
        return few(machine, [*settled, *when_true]), few(machine, when_false)
    if isinstance(expr, ir.Walrus):
        machine.evaluate(expr, state, frame)
        return branch(machine, expr.target, state, frame)
    known = _known(machine, expr, state, frame)
    if known is not None:
        return ([state], []) if known else ([], [state])
    meant = state.condition(expr.id) if isinstance(expr, ir.Name) else None
    if meant is not None:
        when_true, when_false = branch(machine, meant, state, frame)
    else:
        when_true, when_false = [state], [state.copy()]
    for path in when_true:
        narrow(machine, expr, True, path, frame)
    for path in when_false:
        narrow(machine, expr, False, path, frame)
    return when_true, when_false


def few(machine: Machine, states: list[State]) -> list[State]:
    """*states*, joined where there are too many."""
    return [joined(states)] if len(states) > machine.policy.paths else states


def test(machine: Machine, expr: ir.Expr, state: State, frame: Frame) -> bool | None:
    """Whether the condition *expr* holds; None when that cannot be told."""
    if isinstance(expr, ir.Unary) and expr.op == "not":
        inner = test(machine, expr.operand, state, frame)
        return None if inner is None else not inner
    if isinstance(expr, ir.BoolOp):
        when_true, when_false = branch(machine, expr, state.copy(), frame)
        if may_change(expr) and (when_true or when_false):
            after = joined([*when_true, *when_false])
            state.names, state.heap, state.conditions = after.names, after.heap, after.conditions
        return None if when_true and when_false else bool(when_true)
    if isinstance(expr, ir.Walrus):
        machine.evaluate(expr, state, frame)
        return test(machine, expr.target, state, frame)
    return _known(machine, expr, state, frame)


def _known(machine: Machine, expr: ir.Expr, state: State, frame: Frame) -> bool | None:
    if isinstance(expr, ir.Compare):
        return compared(machine, expr, state, frame)[0]
    known = value_truth(machine, machine.evaluate(expr, state, frame), state)
    if known is None and isinstance(expr, ir.Name):
        meant = state.condition(expr.id)
        if meant is not None:
            return test(machine, meant, state, frame)
    return known


def may_change(expr: ir.Expr) -> bool:
    """Whether evaluating *expr* may change an object or a name."""
    for part in walk(expr):
        if isinstance(part, ir.Walrus):
            return True
        if isinstance(part, ir.Call):
            name = part.func.name if isinstance(part.func, ir.Attr) else getattr(part.func, "id", "")
            if name not in _READING:
                return True
    return False


# --- conditions with a name -------------------------------------------------------------------------------------


def is_condition(expr: ir.Expr) -> bool:
    """Whether testing what *expr* comes to may tell something about what it asks."""
    return isinstance(expr, ir.BoolOp | ir.Compare | ir.Unary) or (
        isinstance(expr, ir.Call) and _is_plain(expr)
    )


def remember(machine: Machine, name: str, expr: ir.Expr, state: State, frame: Frame) -> None:
    """*name* has been assigned the condition *expr*, whose evaluation has changed nothing: testing it is testing that."""
    parts = list(walk(expr))
    names = {part.id for part in parts if isinstance(part, ir.Name)}
    bound = (ir.Walrus, ir.Yield, ir.Lambda, ir.Comp)
    if name in names or any(isinstance(part, bound) for part in parts):
        return
    roots: Value = tuple(v for n in sorted(names) for v in machine.names.of(n, state, frame))
    heap = machine.objects(state)
    if all(_is_plain(part) for part in parts) and not any(isinstance(v, Module) for v in roots):
        locs = reachable(roots, heap)
    else:
        locs = set(heap)
    state.conditions[name] = Condition(expr, frozenset(names), {loc: state.heap.get(loc) for loc in locs})


def _is_plain(part: object) -> bool:
    """Whether a part of a condition depends on nothing but the values of its names."""
    if not isinstance(part, ir.Call):
        return not isinstance(part, ir.Await)
    func = part.func
    return func in _PLAIN or (isinstance(func, ir.Attr) and func.name == "get")
