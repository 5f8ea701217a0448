"""Expressions: what each comes to in a state."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.attributes import attribute, is_super
from archwright.project.execution.boolean import boolean, comparison, conditional, negated
from archwright.project.execution.comprehensions import comprehension
from archwright.project.execution.displays import display, mapping
from archwright.project.execution.frame import Frame
from archwright.project.execution.instances import inherited
from archwright.project.execution.items import item, iterated, sliced
from archwright.project.execution.operators import combined, formatted
from archwright.project.execution.state import State
from archwright.project.execution.targets import assign
from archwright.project.execution.values import (
    NONE,
    NOT_TOLD,
    Class,
    External,
    Literal,
    Made,
    Operation,
    Ref,
    Unknown,
    Value,
    constant,
    is_none,
    union,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

YIELDED = "yield"
"""The name under which a body keeps what it has yielded; no name of Python's can be that."""
YIELD_ORDER = "yield from"
"""The name under which it keeps what that is in the order of."""
_CONSTANTS = {"None": None, "True": True, "False": False, "...": ...}


def evaluate(machine: Machine, expr: ir.Expr | None, state: State, frame: Frame) -> Value:
    """The value of *expr*; what it changes is changed in *state*."""
    if expr is None:
        return NONE
    handler = _HANDLERS.get(type(expr))
    return NOT_TOLD if handler is None else handler(machine, expr, state, frame)


def _name(machine: Machine, expr: ir.Name, state: State, frame: Frame) -> Value:
    found = state.names.get(expr.id)
    return machine.names.of(expr.id, state, frame) if found is None else found


def _text(machine: Machine, expr: ir.Str, state: State, frame: Frame) -> Value:
    return (Literal(expr.value, "str"),)


def _literal(machine: Machine, expr: ir.Const | ir.Num, state: State, frame: Frame) -> Value:
    if expr.text in _CONSTANTS:
        return constant(_CONSTANTS[expr.text])
    try:
        return constant(literal_eval(expr.text))
    except (ValueError, SyntaxError, MemoryError):
        return NOT_TOLD


def _attr(machine: Machine, expr: ir.Attr, state: State, frame: Frame) -> Value:
    if is_super(expr.value):
        return inherited(machine, expr.name, state, frame)
    return attribute(machine, evaluate(machine, expr.value, state, frame), expr.name, state, frame)


def _call(machine: Machine, expr: ir.Call, state: State, frame: Frame) -> Value:
    from archwright.project.execution.calls import call

    return call(machine, expr, state, frame)


def _through(machine: Machine, expr: ir.Await | ir.Star, state: State, frame: Frame) -> Value:
    return evaluate(machine, expr.value, state, frame)


def _walrus(machine: Machine, expr: ir.Walrus, state: State, frame: Frame) -> Value:
    return assign(machine, (expr.target,), expr.value, state, frame)


def _fstring(machine: Machine, expr: ir.FString, state: State, frame: Frame) -> Value:
    return formatted(machine, [evaluate(machine, part, state, frame) for part in expr.parts], frame)


def _binary(machine: Machine, expr: ir.BinOp, state: State, frame: Frame) -> Value:
    left = evaluate(machine, expr.left, state, frame)
    right = evaluate(machine, expr.right, state, frame)
    return combined(machine, expr.op, left, right, state, frame)


def _unary(machine: Machine, expr: ir.Unary, state: State, frame: Frame) -> Value:
    if expr.op == "not":
        return negated(machine, expr, state, frame)
    value = evaluate(machine, expr.operand, state, frame)
    number = value[0].value if len(value) == 1 and isinstance(value[0], Literal) else None
    if expr.op == "-" and isinstance(number, int | float):
        return constant(-number)
    if machine.policy.terms:
        return (Operation(expr.op, (value,), frame.function[0], machine.at),)
    return NOT_TOLD


def _subscript(machine: Machine, expr: ir.Subscript, state: State, frame: Frame) -> Value:
    owner = evaluate(machine, expr.value, state, frame)
    # A subscript of None raises: what comes out is of the others.
    owner = tuple(one for one in owner if not is_none(one)) or owner
    if len(expr.index) != 1:
        return owner if any(not isinstance(o, Ref | Unknown) for o in owner) else NOT_TOLD
    index = expr.index[0]
    if isinstance(index, ir.Slice) and not any(isinstance(one, Made) for one in owner):
        return union(*(sliced(machine, one, index, state, frame) for one in owner)) or NOT_TOLD
    key = evaluate(machine, index, state, frame)
    found: list[Value] = []
    for one in owner:
        if isinstance(one, Ref):
            found.append(item(machine, one, key, state, frame, raising=True))
        elif isinstance(one, Class | External) and not (isinstance(one, External) and one.of is not None):
            found.append((one,))  # ``Generic[T]``
        elif machine.policy.terms:
            name = f"{one.name if isinstance(one, Made) else '?'}.__getitem__"
            given = Arguments([key])
            found.append((Made(name, (one,), given, True, frame.function[0], machine.at),))
        elif isinstance(one, Unknown):
            found.append((Unknown(one.reason, one.parameter),))
        elif not isinstance(one, Literal):
            found.append((one,))
    return union(*found) or NOT_TOLD


def _slice(machine: Machine, expr: ir.Slice, state: State, frame: Frame) -> Value:
    given = [evaluate(machine, p, state, frame) for p in (expr.lower, expr.upper, expr.step) if p is not None]
    return (Made("builtins.slice", (), Arguments(given)),) if machine.policy.terms else NOT_TOLD


def _lambda(machine: Machine, expr: ir.Lambda, state: State, frame: Frame) -> Value:
    return (machine.closures.lambda_(expr, frame.scope, state.names),)


def _yield(machine: Machine, expr: ir.Yield, state: State, frame: Frame) -> Value:
    value = evaluate(machine, expr.value, state, frame)
    order: Value = union(*machine.loops) if machine.loops else ()
    if expr.is_from:
        items = iterated(machine, value, state, frame)
        value, order = items.element, items.order_of
    state.names[YIELDED] = union(state.names.get(YIELDED, ()), value)
    state.names[YIELD_ORDER] = union(state.names.get(YIELD_ORDER, ()), order)
    return NOT_TOLD


_HANDLERS: dict[type, Callable[[Any, Any, State, Any], Value]] = {
    ir.Name: _name,
    ir.Str: _text,
    ir.Num: _literal,
    ir.Const: _literal,
    ir.Attr: _attr,
    ir.Call: _call,
    ir.Await: _through,
    ir.Star: _through,
    ir.BinOp: _binary,
    ir.BoolOp: boolean,
    ir.Compare: comparison,
    ir.Unary: _unary,
    ir.IfExp: conditional,
    ir.Subscript: _subscript,
    ir.Slice: _slice,
    ir.Seq: display,
    ir.Dict: mapping,
    ir.Comp: comprehension,
    ir.Lambda: _lambda,
    ir.Yield: _yield,
    ir.Walrus: _walrus,
    ir.FString: _fstring,
}
