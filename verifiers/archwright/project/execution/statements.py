"""Statements: paths go on, return, leave a loop, or end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir
from archwright.facts.binding import import_binds
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.branches import follow_match, follow_try, follow_with
from archwright.project.execution.conditions import branch, few
from archwright.project.execution.frame import Frame, PathEndsError
from archwright.project.execution.loops import follow_for, follow_while
from archwright.project.execution.operators import combined
from archwright.project.execution.state import State
from archwright.project.execution.targets import assign, bind_target
from archwright.project.execution.values import (
    NOT_TOLD,
    Class,
    External,
    Function,
    Literal,
    Module,
    Ref,
    Value,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

Outcome = tuple[str, State, Value]
"""``next``, ``return``, ``break``, ``continue`` or ``raise``; the state; what is returned."""
_OPERATORS = {"Add": "+", "BitOr": "|", "BitAnd": "&", "Subtract": "-", "Modulo": "%"}


def execute(machine: Machine, body: Iterable[ir.Stmt], states: list[State], frame: Frame) -> list[Outcome]:
    """Follows statements on every path; how each path ends or goes on."""
    done: list[Outcome] = []
    for statement in body:
        if not states:
            break
        at = getattr(statement, "at", None)
        after: list[State] = []
        for state in states:
            if not machine.spend(guessed=frame.guessed):
                continue
            if at is not None:
                machine.at = at
            for tried, seen in machine.watched:
                if tried is frame:
                    seen.append(state.copy())
            try:
                for kind, reached, value in _statement(machine, statement, state, frame):
                    if kind == "next":
                        after.append(reached)
                    else:
                        done.append((kind, reached, value))
            except PathEndsError:
                done.append(("raise", state, ()))
        states = few(machine, after)
    return done + [("next", state, ()) for state in states]


def _statement(machine: Machine, node: ir.Stmt, state: State, frame: Frame) -> list[Outcome]:
    if isinstance(node, ir.Assign | ir.AnnAssign) and isinstance(node.value, ir.IfExp):
        return _choice(machine, node, node.value, state, frame)
    handler = _BRANCHING.get(type(node))
    if handler is not None:
        return handler(machine, node, state, frame)
    simple = _SIMPLE.get(type(node))
    if simple is not None:
        simple(machine, node, state, frame)
    return [("next", state, ())]


def _choice(
    machine: Machine, node: ir.Assign | ir.AnnAssign, value: ir.IfExp, state: State, frame: Frame
) -> list[Outcome]:
    """``x = a if test else b`` is two paths."""
    found: list[Outcome] = []
    for states, part in zip(
        branch(machine, value.test, state, frame), (value.body, value.orelse), strict=True
    ):
        for path in states:
            found += _statement(machine, msgspec.structs.replace(node, value=part), path, frame)
    return found


# --- simple statements ------------------------------------------------------------------------------------------


def _expression(machine: Machine, node: ir.ExprStmt, state: State, frame: Frame) -> None:
    machine.evaluate(node.value, state, frame)


def _assign(machine: Machine, node: ir.Assign, state: State, frame: Frame) -> None:
    assign(machine, node.targets, node.value, state, frame)


def _annotated(machine: Machine, node: ir.AnnAssign, state: State, frame: Frame) -> None:
    if node.value is not None:
        assign(machine, (node.target,), node.value, state, frame)


def _augmented(machine: Machine, node: ir.AugAssign, state: State, frame: Frame) -> None:
    left = machine.evaluate(node.target, state, frame)
    right = machine.evaluate(node.value, state, frame)
    result = combined(machine, _OPERATORS.get(node.op, node.op), left, right, state, frame)
    if len(left) == 1 and isinstance(left[0], Ref) and len(result) == 1 and isinstance(result[0], Ref):
        before = machine.object(left[0], state)
        if before.kind in ("dict", "list", "set"):
            # ``|=`` and ``+=`` change the object itself.
            state.heap[left[0].loc] = msgspec.structs.replace(
                machine.object(result[0], state), kind=before.kind
            )
            return
    bind_target(machine, node.target, result, state, frame)


def _delete(machine: Machine, node: ir.Delete, state: State, frame: Frame) -> None:
    for target in node.targets:
        if isinstance(target, ir.Name):
            state.names.pop(target.id, None)
            state.forget(target.id)
        elif isinstance(target, ir.Subscript) and len(target.index) == 1:
            _delete_item(machine, target, state, frame)


def _delete_item(machine: Machine, target: ir.Subscript, state: State, frame: Frame) -> None:
    keys = [k.value for k in machine.evaluate(target.index[0], state, frame) if isinstance(k, Literal)]
    owner = machine.evaluate(target.value, state, frame)
    for one in owner:
        if isinstance(one, Ref):
            made = machine.object(one, state)
            if len(keys) == 1 and len(owner) == 1 and made.kind == "dict":
                kept = {k: e for k, e in made.entries.items() if k != keys[0]}
            else:
                kept = {k: msgspec.structs.replace(e, sure=False) for k, e in made.entries.items()}
            state.heap[one.loc] = made.holding(kept)


def _define(machine: Machine, node: ir.FunctionDef | ir.ClassDef, state: State, frame: Frame) -> None:
    from archwright.project.execution.calls import apply

    inner = machine.inference.index(frame.scope.module).by_node.get(id(node))
    if inner is None:
        state.bind(node.name, NOT_TOLD)
        return
    if isinstance(node, ir.ClassDef):
        value: Value = (Class(inner.module, inner.qualname),)
    elif frame.scope.kind == "function":
        value = (machine.closures.function(inner, frame.scope, state.names),)
    else:
        value = (Function(inner.module, inner.qualname),)
    for decorator in reversed(node.decorators):
        # What registers a function does so by decorating it.
        for one in machine.evaluate(decorator, state, frame):
            if isinstance(one, Function) or (machine.policy.terms and not isinstance(one, External | Module)):
                at = decorator.at if isinstance(decorator, ir.Call) else node.at
                call = ir.Call(decorator, (ir.Arg(ir.Name(node.name)),), at)
                apply(machine, one, Arguments([value]), call, state, frame)
    state.bind(node.name, value)


def _import(machine: Machine, node: ir.Import | ir.ImportFrom, state: State, frame: Frame) -> None:
    if frame.scope.kind == "module":
        return
    names = machine.inference.project.names
    for alias in node.names:
        local = import_binds(node, alias)
        if not local:
            continue
        if isinstance(node, ir.ImportFrom):
            base = names.absolute(frame.scope.module, node.module, node.level)
            found = None if base is None else names.resolve(f"{base}:{alias.name}")
        else:
            found = names.resolve(alias.name if alias.asname else alias.name.partition(".")[0])
        state.bind(local, NOT_TOLD if found is None else machine.names.resolved(found))


# --- control flow -----------------------------------------------------------------------------------------------


def _return(machine: Machine, node: ir.Return, state: State, frame: Frame) -> list[Outcome]:
    return [("return", state, machine.evaluate(node.value, state, frame))]


def _raise(machine: Machine, node: ir.Raise, state: State, frame: Frame) -> list[Outcome]:
    if node.exc is not None:
        machine.evaluate(node.exc, state, frame)
    return [("raise", state, ())]


def _assert(machine: Machine, node: ir.Assert, state: State, frame: Frame) -> list[Outcome]:
    if not machine.policy.asserts:
        return [("next", state, ())]
    return [("next", after, ()) for after in branch(machine, node.test, state, frame)[0]]


def _jump(machine: Machine, node: ir.Jump, state: State, frame: Frame) -> list[Outcome]:
    return [(node.kind, state, ())]


def _if(machine: Machine, node: ir.If, state: State, frame: Frame) -> list[Outcome]:
    when_true, when_false = branch(machine, node.test, state, frame)
    found = execute(machine, node.body, when_true, frame) if when_true else []
    return found + (execute(machine, node.orelse, when_false, frame) if when_false else [])


_SIMPLE: dict[type, Callable[[Machine, Any, State, Frame], None]] = {
    ir.ExprStmt: _expression,
    ir.Assign: _assign,
    ir.AnnAssign: _annotated,
    ir.AugAssign: _augmented,
    ir.Delete: _delete,
    ir.FunctionDef: _define,
    ir.ClassDef: _define,
    ir.Import: _import,
    ir.ImportFrom: _import,
}
_BRANCHING: dict[type, Callable[[Machine, Any, State, Frame], list[Outcome]]] = {
    ir.Return: _return,
    ir.Raise: _raise,
    ir.Assert: _assert,
    ir.Jump: _jump,
    ir.If: _if,
    ir.For: follow_for,
    ir.While: follow_while,
    ir.Try: follow_try,
    ir.With: follow_with,
    ir.Match: follow_match,
}
