"""Calls that leave the code base: known functions by their models, others by what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.frame import Frame, PathEndsError
from archwright.project.execution.heap import Entry, Object
from archwright.project.execution.library import builtins, dictionaries, functions, models, sequences, texts
from archwright.project.execution.library.invocation import Invocation, Model
from archwright.project.execution.policy import Hit
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    Alternative,
    External,
    Function,
    LambdaFunction,
    Literal,
    Made,
    Partial,
    Ref,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_MODELS: dict[str, Model] = {
    **builtins.MODELS,
    **dictionaries.MODELS,
    **sequences.MODELS,
    **functions.MODELS,
    **models.MODELS,
    **texts.MODELS,
}
_HARMLESS = frozenset({"len", "set", "sorted", "list", "tuple", "frozenset", "dict", "isinstance", "repr", "bool",
                       "any", "all", "type", "print", "id", "iter", "reversed", "enumerate", "zip", "str"})  # fmt: skip
"""Builtins whose use of a dictionary is no use of what is in it."""
_LOOKS_ONLY = (
    "inspect.",
    "typing.",
    "builtins.callable",
    "builtins.hasattr",
    "builtins.id",
    "builtins.repr",
    "logging.",
)
"""Functions that look at what they are given and call none of it."""


def call_outside(
    machine: Machine, callee: External, args: Arguments, expr: ir.Call, state: State, frame: Frame
) -> Value:
    """What calling something of another package gives."""
    hit = Hit(expr, frame, callee, frozenset({callee.name}), args, None, state, machine.alone)
    given = machine.observer.called(hit)
    if given is not None:
        return given
    one = Invocation(machine, callee.name, args, expr, state, frame)
    receiver = callee.of
    if receiver is not None:
        found = _method(one, receiver)
        if found is not None:
            return found
    model = _MODELS.get(callee.name) if receiver is None or callee.name not in models.MODELS else None
    if model is not None:
        found = model(one)
        if found is not None:
            return found
    if not callee.name.startswith(_LOOKS_ONLY) and callee.name not in functions.DECLARES:
        call_back(machine, args, expr, state, frame)
    if not (callee.name.startswith("builtins.") and callee.last in _HARMLESS) and not callee.name.startswith(
        ("inspect.", "logging.")
    ):
        for value in args.all():
            machine.look_into(value, state)
        for entry in args.keywords.values():
            machine.look(entry)
    if machine.tracked(callee.name):
        at = (frame.function[0], expr.at)
        entries: dict[object, Entry] = dict(enumerate(map(Entry, args.positional)))
        entries.update(args.keywords)
        return one.new(Object("instance", entries, "its other attributes", "", callee.name, at))
    if isinstance(receiver, Unknown) and receiver.parameter and not machine.policy.terms:
        return (Unknown(receiver.reason, receiver.parameter),)
    return one.made(() if receiver is None else (receiver,))


def _method(one: Invocation, receiver: Alternative) -> Value | None:
    """What a method of a known object gives; None where nothing is known of it."""
    if isinstance(receiver, Ref) and one.name.startswith("builtins."):
        made = one.object(receiver)
        if made.kind == "dict":
            return dictionaries.method(one, receiver)
        return sequences.method(one, receiver)
    if isinstance(receiver, Literal):
        return texts.method(one, receiver)
    if one.name.startswith("pydantic.BaseModel."):
        return models.method(one, receiver)
    if one.name.startswith("re.Pattern.") and isinstance(receiver, Ref):
        return texts.matched(one, receiver)
    return None


def call_unknown(
    machine: Machine, callee: Alternative, args: Arguments, expr: ir.Call, state: State, frame: Frame
) -> Value:
    """What calling something gives of which only what made it is known, or nothing."""
    machine.observer.called(Hit(expr, frame, callee, frozenset(), args, None, state, machine.alone))
    if isinstance(callee, Made):
        one = Invocation(machine, callee.name, args, expr, state, frame)
        found = functions.member(one, callee)
        if found is not None:
            return found
        call_back(machine, args, expr, state, frame)
        return one.made(callee.receiver)
    if machine.policy.terms:
        owner = callee.type if isinstance(callee, Unknown) and callee.type else "?"
        call_back(machine, args, expr, state, frame)
        one = Invocation(machine, f"{owner}.__call__", args, expr, state, frame)
        return one.made((callee,))
    call_back(machine, args, expr, state, frame)
    for value in args.all():
        machine.look_into(value, state)
    for entry in args.keywords.values():
        machine.look(entry)
    return (Unknown("what is called cannot be told", getattr(callee, "parameter", "")),)


def call_back(machine: Machine, args: Arguments, expr: ir.Call, state: State, frame: Frame) -> None:
    """Functions handed to something that is not followed are taken to be called, with what cannot be told."""
    before, machine.guessing = machine.guessing, True
    try:
        for value in args.all():
            for given in value:
                if _is_called_back(machine, given) and machine.may_guess:
                    _call_open(machine, given, expr, state, frame)
    finally:
        machine.guessing = before


def _is_called_back(machine: Machine, given: Alternative) -> bool:
    if isinstance(given, LambdaFunction):
        return True
    # What a module hands out while it is imported – routes, hooks, tasks – is called later, if it is.
    guesses = machine.policy.guesses and not machine.in_module
    if isinstance(given, Function):
        return bool(given.captured) or guesses
    return isinstance(given, Partial) and guesses


def _call_open(machine: Machine, given: Alternative, expr: ir.Call, state: State, frame: Frame) -> None:
    from archwright.project.execution.calls import apply

    anything: Value = (Unknown("a call from elsewhere"),)
    try:
        apply(machine, given, Arguments(star=anything, rest=anything), expr, state, frame)
    except PathEndsError:
        return
