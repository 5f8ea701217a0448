"""Calls: what is called with which arguments, and what that gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archwright.facts import ir
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.attributes import attribute, called
from archwright.project.execution.bodies import is_stub
from archwright.project.execution.construction import construct
from archwright.project.execution.entering import follow, follow_lambda
from archwright.project.execution.frame import Frame, PathEndsError
from archwright.project.execution.heap import Entry, Object, WatchedHeap, joined_heaps
from archwright.project.execution.items import iterated
from archwright.project.execution.library.outside import call_outside, call_unknown
from archwright.project.execution.state import State
from archwright.project.execution.values import (
    NOT_TOLD,
    Alternative,
    Class,
    External,
    Function,
    LambdaFunction,
    Literal,
    Made,
    Partial,
    Ref,
    Typed,
    Unknown,
    Value,
    union,
)

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_CALLEES = 24
"""How many things one call may call before the others are left out."""


def call(machine: Machine, expr: ir.Call, state: State, frame: Frame) -> Value:
    """What a call gives. Raises ``PathEndsError`` when nothing that may be called returns."""
    callees = called(machine, expr.func, state, frame)
    args = arguments(machine, expr, state, frame)
    if not callees or any(isinstance(c, Unknown) for c in callees):
        inferred = machine.inferred.values(machine.inference.callees(expr, frame.scope), state.heap)
        known = tuple(c for c in inferred if not isinstance(c, Unknown))
        callees = known or callees
    return call_any(machine, callees, args, expr, state, frame)


def call_value(
    machine: Machine, owner: Value, name: str, args: Arguments, state: State, frame: Frame
) -> Value:
    """What method *name* of *owner* gives where Python calls it by itself."""
    node = ir.Call(ir.Name(name), (), machine.at)
    return call_any(machine, attribute(machine, owner, name, state, frame), args, node, state, frame)


def call_any(
    machine: Machine, callees: Value, args: Arguments, expr: ir.Call, state: State, frame: Frame
) -> Value:
    """What calling any of *callees* gives; each is tried on the state as it is now."""
    if len(callees) > 1:
        real = tuple(
            c for c in callees if not (isinstance(c, Function) and c.receiver and is_stub(machine, c))
        )
        callees = real or callees
    if len(callees) == 1:
        machine.alone = True
        return apply(machine, callees[0], args, expr, state, frame)
    results: list[Value] = []
    before = state.heap
    own = WatchedHeap(before)
    heaps: list[dict[int, Object]] = []
    unchanged = False
    for callee in callees[:_CALLEES]:
        state.heap = own
        machine.alone = False
        try:
            results.append(apply(machine, callee, args, expr, state, frame))
        except PathEndsError:
            own = WatchedHeap(before)
            continue
        if state.heap is own and not own.changed:
            # Most are of libraries: there is nothing to join, and the next one may have the copy.
            unchanged = True
            continue
        heaps.append(state.heap)
        own = WatchedHeap(before)
    if unchanged:
        heaps.insert(0, before)
    state.heap = joined_heaps(heaps) if heaps else before
    if callees and not heaps:
        raise PathEndsError
    return union(*results) or NOT_TOLD


def arguments(machine: Machine, expr: ir.Call, state: State, frame: Frame) -> Arguments:
    """The evaluated arguments of a call, lists and dictionaries spread out as far as they are known."""
    args = Arguments([], {}, (), (), [])
    for arg in expr.args:
        value = machine.evaluate(arg.value, state, frame)
        if arg.star == 2:
            _spread(machine, value, args, state, frame)
        elif arg.star == 1:
            items = iterated(machine, value, state, frame)
            for item in items.items:
                if not item.sure:
                    args.star = union(args.star, item.value)
                else:
                    (args.further if args.star else args.positional).append(item.value)
            args.star = union(args.star, items.rest)
        elif arg.keyword:
            args.keywords[arg.keyword] = Entry(value)
        else:
            (args.further if args.star else args.positional).append(value)
    return args


def _spread(machine: Machine, value: Value, args: Arguments, state: State, frame: Frame) -> None:
    from archwright.project.execution.library.models import fields_of

    args.spread = True
    objects: list[Object] = []
    for one in value:
        if not isinstance(one, Ref):
            if isinstance(one, Literal) and one.value is None:
                continue
            if machine.policy.terms:
                more: Alternative = Made("builtins.dict.values", (one,), None, False)
            else:
                more = Unknown("a `**spread` that cannot be told", getattr(one, "parameter", ""))
            args.rest = union(args.rest, (more,))
            continue
        made = machine.object(one, state)
        objects.append(fields_of(machine, one, state, frame) if made.kind == "instance" else made)
    for made in objects:
        args.rest = union(args.rest, made.beyond)
        for key, entry in made.entries.items():
            if isinstance(key, str):
                everywhere = entry.sure and len(value) == sum(key in o.entries for o in objects)
                before = args.keywords.get(key) if made is not objects[0] else None
                held = entry.value if before is None else union(before.value, entry.value)
                args.keywords[key] = msgspec.structs.replace(entry, sure=everywhere, value=held)


def apply(
    machine: Machine, callee: Alternative, args: Arguments, expr: ir.Call, state: State, frame: Frame
) -> Value:
    """What calling one thing gives."""
    if isinstance(callee, Function):
        return follow(machine, callee, args, expr, state, frame)
    if isinstance(callee, LambdaFunction):
        return follow_lambda(machine, callee, args, expr, state, frame)
    if isinstance(callee, Partial):
        return call_any(machine, callee.function, callee.given.with_more(args), expr, state, frame)
    if isinstance(callee, Class):
        return construct(machine, callee, args, expr, state, frame)
    if isinstance(callee, External):
        return call_outside(machine, callee, args, expr, state, frame)
    if isinstance(callee, Ref | Typed):
        found = attribute(machine, (callee,), "__call__", state, frame)
        inner = tuple(f for f in found if isinstance(f, Function))
        if inner:
            return call_any(machine, inner, args, expr, state, frame)
        if not machine.policy.terms:
            return NOT_TOLD
    return call_unknown(machine, callee, args, expr, state, frame)
