"""Functions of the code base that are called: their parameters bound, their bodies followed, what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.execution.arguments import Arguments, Bound, bind
from archwright.project.execution.attributes import of_annotation
from archwright.project.execution.bodies import is_empty
from archwright.project.execution.expressions import YIELD_ORDER, YIELDED
from archwright.project.execution.frame import Frame, PathEndsError
from archwright.project.execution.heap import FURTHER, Object, joined_heaps
from archwright.project.execution.library.outside import call_back
from archwright.project.execution.policy import Hit, Visit
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    NONE,
    NOT_TOLD,
    Alternative,
    Function,
    LambdaFunction,
    Unknown,
    Value,
    union,
)
from archwright.project.types.values import FunctionValue

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


def tell(
    machine: Machine,
    callee: Alternative,
    names: frozenset[str],
    args: Arguments,
    bound: Bound | None,
    expr: ir.Call,
    state: State,
    frame: Frame,
) -> Value | None:
    """Tells the observer of a call; what it gives, where the observer knows."""
    return machine.observer.called(Hit(expr, frame, callee, names, args, bound, state, machine.alone))


def follow(
    machine: Machine, callee: Function, args: Arguments, expr: ir.Call, state: State, frame: Frame
) -> Value:
    """What a function of the code base gives for *args*."""
    scope = machine.inference.index(callee.module).scopes.get(callee.qualname)
    if scope is None or not isinstance(scope.node, ir.FunctionDef):
        return (Unknown(f"`{callee.qualified}`"),)
    params = scope.params
    takes_receiver = callee.receiver is not None and bool(params)
    bound = bind(params[1:] if takes_receiver else params, args)
    names = frozenset({callee.qualified, callee.looked_up_as})
    given = tell(machine, callee, names, args, bound, expr, state, frame)
    if given is not None:
        return given
    for entry in bound.entries.values():
        machine.look(entry)
    if not machine.policy.enters(machine, Visit(callee, scope, args, state, frame)):
        for collected in bound.collected.values():
            for entry in collected.entries.values():
                machine.look(entry)
        call_back(machine, args, expr, state, frame)
        returned = machine.inference.returned(FunctionValue(callee.module, callee.qualname))
        return machine.inferred.values(returned, state.heap)
    return _enter(machine, callee, scope, bound, expr, state, frame)


def _enter(
    machine: Machine, callee: Function, scope: Scope, bound: Bound, expr: ir.Call, state: State, frame: Frame
) -> Value:
    inner = frame.entering(scope, expr.at, guessed=machine.guessing)
    closure = machine.closures.of(callee)
    begin = State(dict(closure.names) if closure is not None else {}, dict(state.heap))
    place = machine.at
    _bind_parameters(machine, callee, scope, bound, begin, inner)
    machine.observer.entered(inner, begin)
    policy = machine.policy
    if inner.depth > policy.depth or inner.times(inner.function) > policy.recursions + 1:
        return (Unknown(f"what `{callee.qualified}` gives"),)
    if policy.terms and is_empty(scope.body):
        return of_annotation(
            machine, scope.node.returns if isinstance(scope.node, ir.FunctionDef) else None,
            scope, f"what `{callee.qualified}` gives", state.heap,
        )  # fmt: skip
    loops, guessing = machine.loops, machine.guessing
    machine.loops, machine.guessing = [], False
    try:
        ends = machine.body(scope, inner, begin)
    finally:
        machine.at, machine.loops, machine.guessing = place, loops, guessing
    if not ends:
        raise PathEndsError
    state.heap = joined_heaps([s.heap for _, s in ends])
    _take_back(scope, callee, [s for _, s in ends], machine, state, frame)
    return result_of(machine, scope, ends, state)


def _bind_parameters(
    machine: Machine, callee: Function, scope: Scope, bound: Bound, begin: State, inner: Frame
) -> None:
    names = begin.names
    if callee.receiver is not None and scope.params:
        names[scope.params[0].name] = (callee.receiver,)
    closure = machine.closures.of(callee)
    around = scope.parent if closure is not None else None
    home = inner.within(around or machine.inference.index(callee.module).root)
    if scope.owner is not None and scope.parent is not None:
        home = inner.within(scope.parent)
    defined = closure.defined if closure is not None else {}
    for param in scope.params:
        if param.name in bound.collected:
            names[param.name] = (machine.new(bound.collected[param.name], begin),)
        elif param.name in bound.names and param.name not in bound.perhaps:
            names[param.name] = bound.names[param.name]
        elif param.kind not in ("vararg", "kwarg") and param.default is not None:
            outside = State(dict(defined), begin.heap)
            default = machine.evaluate(param.default, outside, home)
            begin.heap = outside.heap
            names[param.name] = union(bound.perhaps.get(param.name, ()), default)


def _take_back(
    scope: Scope, callee: Function, ends: list[State], machine: Machine, state: State, frame: Frame
) -> None:
    """What a nested function has bound with ``nonlocal`` is so in the body around it."""
    closure = machine.closures.of(callee)
    if closure is None or closure.scope is not frame.scope:
        return
    for name in machine.body_facts(scope).nonlocals:
        values = [s.names[name] for s in ends if name in s.names]
        if values:
            state.bind(name, union(*values))


def result_of(machine: Machine, scope: Scope, ends: list[tuple[Value, State]], state: State) -> Value:
    """What calling a function gives that ends so; of a generator function, so many of what it yields, or none."""
    if not machine.body_facts(scope).yields:
        return union(*(value for value, _ in ends))
    values = union(*(s.names.get(YIELDED, ()) for _, s in ends))
    order = union(*(s.names.get(YIELD_ORDER, ()) for _, s in ends))
    managed = scope.decorated("contextmanager") or scope.decorated("asynccontextmanager")
    if managed and not machine.policy.terms:
        return NOT_TOLD
    made = Object("generator", {}, FURTHER if values else "", rest=values, order_of=order)
    return (machine.new(made, state),)


def follow_lambda(
    machine: Machine, callee: LambdaFunction, args: Arguments, expr: ir.Call, state: State, frame: Frame
) -> Value:
    """What a lambda gives for *args*."""
    closure = machine.closures.of(callee)
    if (
        closure is None
        or closure.node is None
        or not machine.spend(guessed=machine.guessing or frame.guessed)
    ):
        return NOT_TOLD
    tell(machine, callee, frozenset(), args, None, expr, state, frame)
    if frame.depth > machine.policy.depth:
        return NOT_TOLD
    params = closure.node.params
    bound = bind(params, args)
    home = frame.within(closure.scope)
    names = {**closure.names, **{p.name: NOT_TOLD for p in params}, **bound.names}
    inner = State(names, state.heap)
    for param in params:
        if param.name in bound.collected:
            inner.names[param.name] = (machine.new(bound.collected[param.name], inner),)
        elif param.name not in bound.names and param.default is not None:
            outside = State(dict(closure.defined), inner.heap)
            default = machine.evaluate(param.default, outside, home)
            inner.heap = outside.heap
            inner.names[param.name] = union(bound.perhaps.get(param.name, ()), default)
    value = machine.evaluate(closure.node.body, inner, home)
    state.heap = inner.heap
    return value or NONE
