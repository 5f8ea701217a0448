"""Attributes of whatever a value may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.frame import Frame, PathEndsError
from archwright.project.execution.heap import Entry, Object
from archwright.project.execution.instances import of_class, of_instance, of_typed
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    NOT_TOLD,
    Alternative,
    Class,
    Column,
    External,
    Literal,
    Made,
    Module,
    Ref,
    Typed,
    Unknown,
    Value,
    constant,
    union,
)
from archwright.project.types.annotations import parse_annotation

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


def attribute(machine: Machine, value: Value, name: str, state: State, frame: Frame) -> Value:
    """What attribute *name* of *value* is."""
    if len(value) == 1:
        return attribute_of(machine, value[0], name, state, frame) or NOT_TOLD
    return union(*(attribute_of(machine, one, name, state, frame) for one in value)) or (
        NOT_TOLD if value else ()
    )


def attribute_of(machine: Machine, one: Alternative, name: str, state: State, frame: Frame) -> Value:
    """What attribute *name* of one alternative is."""
    if isinstance(one, Ref):
        made = machine.object(one, state)
        if made.kind == "instance" or (made.cls and name not in dir(dict)):
            return of_instance(machine, one, made, name, state, frame)
        return (External(f"builtins.{made.kind}.{name}", one),)
    if isinstance(one, Made):
        return (Made(f"{one.name}.{name}", (one,), None, False, frame.function[0], machine.at),)
    if isinstance(one, Typed):
        return of_typed(machine, one, name, state, frame)
    if isinstance(one, Class):
        return of_class(machine, one, name, state, frame)
    if isinstance(one, Module):
        return machine.names.resolved(machine.inference.project.names.resolve(f"{one.name}.{name}"))
    if isinstance(one, External):
        return (External(f"{one.name}.{name}", one.of),)
    if isinstance(one, Literal):
        if name in ("value", "_value_"):
            return (one,)
        return (External(f"builtins.{one.kind}.{name}", one),)
    if isinstance(one, Unknown):
        if machine.policy.terms:
            owner = one.type or "?"
            return (Made(f"{owner}.{name}", (one,), None, False, frame.function[0], machine.at),)
        return (Unknown(one.reason, one.parameter),)
    if machine.policy.terms:
        owner = "sqlalchemy.Column" if isinstance(one, Column) else "?"
        return (External(f"{owner}.{name}", one),)
    return NOT_TOLD


def called(machine: Machine, func: ir.Expr, state: State, frame: Frame) -> Value:
    """What ``func(...)`` calls; a method of something outside keeps the object it is a method of."""
    if isinstance(func, ir.Attr) and not machine.policy.terms and not is_super(func.value):
        found: list[Value] = []
        for one in machine.evaluate(func.value, state, frame):
            if isinstance(one, Unknown) and one.type:
                found.append((External(f"{one.type}.{func.name}", one),))
            else:
                found.append(attribute_of(machine, one, func.name, state, frame))
        return union(*found)
    return machine.evaluate(func, state, frame)


def is_super(expr: ir.Expr) -> bool:
    """Whether an expression is ``super()``."""
    return isinstance(expr, ir.Call) and expr.func == ir.Name("super")


def of_annotation(
    machine: Machine,
    annotation: ir.Expr | None,
    scope: Scope,
    what: str,
    heap: dict[int, Object],
    parameter: str = "",
) -> Value:
    """A value about which only its annotation is known; *what* says what it is."""
    if isinstance(annotation, ir.Str):
        annotation = parse_annotation(annotation.value)
    otherwise = Unknown(what, parameter)
    if annotation is None:
        return (otherwise,)
    choices = machine.data.literal_choices(annotation, scope)
    if choices is not None and all(isinstance(c, ir.Str) for c in choices) and not machine.policy.terms:
        return union(*(constant(c.value) for c in choices if isinstance(c, ir.Str)))
    there = not machine.data.admits_none(annotation, scope)
    found: list[Alternative] = []
    for one in machine.inferred.values(machine.inference.types(annotation, scope), heap, otherwise):
        if isinstance(one, Unknown) and not machine.policy.terms:
            found.append(Unknown(what, parameter, one.type, there))
        elif isinstance(one, Typed):
            found.append(msgspec.structs.replace(one, there=there))
        else:
            found.append(one)
    return tuple(found) or (otherwise,)


def read_property(machine: Machine, scope: Scope, receiver: Alternative, state: State, frame: Frame) -> Value:
    """What a property gives."""
    from archwright.project.execution.calls import apply
    from archwright.project.execution.values import Function

    call = ir.Call(ir.Name(scope.qualname), (), machine.at)
    try:
        found_on = machine.object(receiver, state).cls if isinstance(receiver, Ref) else ""
        function = Function(scope.module, scope.qualname, receiver, 0, found_on)
        return apply(machine, function, Arguments(), call, state, frame)
    except PathEndsError:
        return NOT_TOLD


def set_attribute(
    machine: Machine, owner: Value, name: str, value: Value, state: State, at: ir.Span | None = None
) -> None:
    """``owner.name = value``."""
    for one in owner:
        if isinstance(one, Ref):
            made = machine.object(one, state)
            before = made.entries.get(name)
            if len(owner) == 1:
                entry = Entry(value, True, "", at)
            elif before is None:
                entry = Entry(value, False, "", at)
            else:
                entry = Entry(union(before.value, value), before.sure, before.origin, before.at)
            state.heap[one.loc] = made.holding({**made.entries, name: entry})
