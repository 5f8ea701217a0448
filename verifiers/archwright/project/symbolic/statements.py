"""Statements under symbolic execution: paths go on, return, leave a loop, or end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir
from archwright.facts.binding import import_binds
from archwright.project.symbolic.conditions import assume
from archwright.project.symbolic.ends import Frame, PathEndsError
from archwright.project.symbolic.expressions import assign, assign_target, combined, items_of
from archwright.project.symbolic.state import State, joined
from archwright.project.symbolic.values import NOT_TOLD, Class, Function, Literal, Ref, Unknown, Value, union

if TYPE_CHECKING:
    from archwright.project.symbolic.machine import Machine

Outcome = tuple[str, State, Value]
"""``next``, ``return``, ``break``, ``continue`` or ``raise``; the state; what is returned."""
_MAX_PATHS = 16
_OPERATORS = {"Add": "+", "BitOr": "|", "BitAnd": "&", "Subtract": "-", "Modulo": "%"}


def execute(machine: Machine, body: Iterable[ir.Stmt], states: list[State], frame: Frame) -> list[Outcome]:
    """Executes statements on every path; how each path ends or goes on."""
    done: list[Outcome] = []
    for statement in body:
        if not states:
            break
        after: list[State] = []
        for state in states:
            if not machine.spend():
                continue
            for tried, states_seen in machine.watched:
                if tried is frame:
                    states_seen.append(state.copy())
            try:
                for kind, reached, value in _statement(machine, statement, state, frame):
                    if kind == "next":
                        after.append(reached)
                    else:
                        done.append((kind, reached, value))
            except PathEndsError:
                done.append(("raise", state, ()))
        states = [joined(after)] if len(after) > _MAX_PATHS else after
    return done + [("next", state, ()) for state in states]


def _statement(machine: Machine, node: ir.Stmt, state: State, frame: Frame) -> list[Outcome]:
    if isinstance(node, ir.Assign | ir.AnnAssign) and isinstance(node.value, ir.IfExp):
        return _choice(machine, node, node.value, state, frame)
    handler = _HANDLERS.get(type(node))
    if handler is not None:
        return handler(machine, node, state, frame)
    _simple(machine, node, state, frame)
    return [("next", state, ())]


def _choice(
    machine: Machine, node: ir.Assign | ir.AnnAssign, value: ir.IfExp, state: State, frame: Frame
) -> list[Outcome]:
    """``x = a if test else b`` is two paths."""
    found: list[Outcome] = []
    other = state.copy()
    for wanted, branch, begin in ((True, value.body, state), (False, value.orelse, other)):
        for path in assume(machine, value.test, wanted, begin, frame):
            found += _statement(machine, msgspec.structs.replace(node, value=branch), path, frame)
    return found


def _simple(machine: Machine, node: Any, state: State, frame: Frame) -> None:
    if isinstance(node, ir.ExprStmt):
        machine.evaluate(node.value, state, frame)
    elif isinstance(node, ir.Assign):
        assign(machine, node.targets, node.value, state, frame)
    elif isinstance(node, ir.AnnAssign):
        if node.value is not None:
            assign(machine, (node.target,), node.value, state, frame)
    elif isinstance(node, ir.AugAssign):
        _augmented(machine, node, state, frame)
    elif isinstance(node, ir.Delete):
        for target in node.targets:
            _delete(machine, target, state, frame)
    elif isinstance(node, ir.FunctionDef | ir.ClassDef):
        _define(machine, node, state, frame)
    elif isinstance(node, ir.Import | ir.ImportFrom) and frame.scope.kind != "module":
        _import(machine, node, state, frame)


def _augmented(machine: Machine, node: ir.AugAssign, state: State, frame: Frame) -> None:
    left = machine.evaluate(node.target, state, frame)
    right = machine.evaluate(node.value, state, frame)
    result = combined(machine, _OPERATORS.get(node.op, node.op), left, right, state)
    mutable = len(left) == 1 and isinstance(left[0], Ref) and len(result) == 1 and isinstance(result[0], Ref)
    if mutable and isinstance(left[0], Ref) and isinstance(result[0], Ref):
        kind = machine.object(left[0], state).kind
        if kind in ("dict", "list", "set"):
            # ``|=`` and ``+=`` change the object itself.
            state.heap[left[0].loc] = machine.object(result[0], state)
            return
    assign_target(machine, node.target, result, state, frame)


def _delete(machine: Machine, target: ir.Expr, state: State, frame: Frame) -> None:
    if isinstance(target, ir.Name):
        state.names.pop(target.id, None)
        state.forget(target.id)
        return
    if not isinstance(target, ir.Subscript) or len(target.index) != 1:
        return
    keys = [k.value for k in machine.evaluate(target.index[0], state, frame) if isinstance(k, Literal)]
    owner = machine.evaluate(target.value, state, frame)
    for one in owner:
        if isinstance(one, Ref):
            made = machine.object(one, state)
            if len(keys) == 1 and len(owner) == 1:
                kept = {k: e for k, e in made.entries.items() if k != keys[0]}
            else:
                kept = {k: msgspec.structs.replace(e, sure=False) for k, e in made.entries.items()}
            state.heap[one.loc] = msgspec.structs.replace(made, entries=kept)


def _define(machine: Machine, node: ir.FunctionDef | ir.ClassDef, state: State, frame: Frame) -> None:
    inner = machine.inference.index(frame.scope.module).by_node.get(id(node))
    if inner is None:
        state.bind(node.name, NOT_TOLD)
        return
    if isinstance(node, ir.ClassDef):
        value: Value = (Class(inner.module, inner.qualname),)
    elif frame.scope.kind == "function":
        value = machine.closure(inner, state)
    else:
        value = (Function(inner.module, inner.qualname),)
    for decorator in reversed(node.decorators):
        found = machine.evaluate(decorator, state, frame)
        own = tuple(one for one in found if isinstance(one, Function))
        if own:
            at = decorator.at if isinstance(decorator, ir.Call) else node.at
            call = ir.Call(decorator, (ir.Arg(ir.Name(node.name)),), at)
            given = machine.given([value])
            for one in own:
                machine.apply(one, given, call, state, frame)
    state.bind(node.name, value)


def _import(machine: Machine, node: ir.Import | ir.ImportFrom, state: State, frame: Frame) -> None:
    names = machine.inference.project.names
    for alias in node.names:
        local = import_binds(node, alias)
        if not local:
            continue
        if isinstance(node, ir.ImportFrom):
            base = names.absolute(frame.scope.module, node.module, node.level)
            state.bind(
                local, NOT_TOLD if base is None else machine.resolved(names.resolve(f"{base}:{alias.name}"))
            )
        else:
            target = alias.name if alias.asname else alias.name.partition(".")[0]
            state.bind(local, machine.resolved(names.resolve(target)))


# --- control flow -----------------------------------------------------------------------------------------------


def _return(machine: Machine, node: ir.Return, state: State, frame: Frame) -> list[Outcome]:
    return [("return", state, machine.evaluate(node.value, state, frame))]


def _raise(machine: Machine, node: ir.Raise, state: State, frame: Frame) -> list[Outcome]:
    if node.exc is not None:
        machine.evaluate(node.exc, state, frame)
    return [("raise", state, ())]


def _assert(machine: Machine, node: ir.Assert, state: State, frame: Frame) -> list[Outcome]:
    if machine.ignoring_assertions:
        return [("next", state, ())]
    return [("next", after, ()) for after in assume(machine, node.test, True, state, frame)]


def _jump(machine: Machine, node: ir.Jump, state: State, frame: Frame) -> list[Outcome]:
    return [(node.kind, state, ())]


def _if(machine: Machine, node: ir.If, state: State, frame: Frame) -> list[Outcome]:
    found: list[Outcome] = []
    other = state.copy()
    then = assume(machine, node.test, True, state, frame)
    otherwise = assume(machine, node.test, False, other, frame)
    if then:
        found += execute(machine, node.body, then, frame)
    if otherwise:
        found += execute(machine, node.orelse, otherwise, frame)
    return found


def _for(machine: Machine, node: ir.For, state: State, frame: Frame) -> list[Outcome]:
    source = machine.evaluate(node.iter, state, frame)
    items = items_of(machine, source, state)
    done: list[Outcome] = []
    # Not at all, once, and again where it cannot be told: a second round sees what the first one left.
    rounds = [(NOT_TOLD, False)] * 2 if items is None else [(value, sure) for value, sure, _ in items]
    going, left = [state], []
    before = earlier = state.copy()
    for value, sure in rounds:
        begin = [s.copy() for s in going]
        for s in begin:
            assign_target(machine, node.target, value, s, frame)
        skipped = [] if sure else going
        going = list(skipped)
        for kind, after, returned in execute(machine, node.body, begin, frame):
            if kind in ("next", "continue"):
                going.append(after)
            elif kind == "break":
                left.append(after)
            else:
                done.append((kind, after, returned))
        if len(going) > _MAX_PATHS:
            going = [joined(going)]
        if not going:
            break
        before, earlier = joined([s.copy() for s in going]), before
    if items is None:
        going = [_widened(s, earlier) for s in going]
    done += execute(machine, node.orelse, going, frame) if going else []
    return done + [("next", s, ()) for s in left]


def _while(machine: Machine, node: ir.While, state: State, frame: Frame) -> list[Outcome]:
    done: list[Outcome] = []
    going, left, ended = [state], [], []
    before = state.copy()
    for _ in range(2):
        before = joined([before, *(s.copy() for s in going)])
        begin: list[State] = []
        for s in going:
            other = s.copy()
            begin += assume(machine, node.test, True, s, frame)
            ended += assume(machine, node.test, False, other, frame)
        going = []
        for kind, after, returned in execute(machine, node.body, begin, frame) if begin else ():
            if kind in ("next", "continue"):
                going.append(after)
            elif kind == "break":
                left.append(after)
            else:
                done.append((kind, after, returned))
        going = [joined(going)] if going else []
    ended += [_widened(s, before) for s in going]
    done += execute(machine, node.orelse, ended, frame) if ended else []
    return done + [("next", s, ()) for s in left]


def _widened(state: State, before: State) -> State:
    """A path after some rounds of a loop that may have more: what the last one has still added may come once more."""
    for loc, made in state.heap.items():
        known = before.heap.get(loc)
        if known is not None and known is not made:
            values = union(e.value for e in known.entries.values())
            entries = {
                key: msgspec.structs.replace(
                    entry, value=_further(entry.value, values), sure=entry.sure and key in known.entries
                )
                for key, entry in made.entries.items()
            }
            state.heap[loc] = msgspec.structs.replace(made, entries=entries)
    for name, value in state.names.items():
        if name in before.names:
            state.names[name] = _further(value, before.names[name])
    return state


def _further(value: Value, before: Value) -> Value:
    """*value*, and what cannot be told where it has a text that was not there *before*: the next round makes another one."""
    is_new = any(isinstance(v, Literal) and isinstance(v.value, str) and v not in before for v in value)
    return union([value, (Unknown("what a loop makes"),)]) if is_new else value


def _try(machine: Machine, node: ir.Try, state: State, frame: Frame) -> list[Outcome]:
    seen: list[State] = [state.copy()]
    machine.watched.append((frame, seen))
    try:
        body = execute(machine, node.body, [state], frame)
    finally:
        machine.watched.pop()
    found: list[Outcome] = []
    raised = [s for kind, s, _ in body if kind == "raise"]
    for outcome in body:
        if outcome[0] == "next":
            found += execute(machine, node.orelse, [outcome[1]], frame)
        elif outcome[0] != "raise" or not node.handlers:
            found.append(outcome)
    starts = [*seen, *raised, *(s.copy() for kind, s, _ in body if kind == "next")]
    for handler in node.handlers:
        begin = joined([s.copy() for s in starts])
        if handler.name:
            caught = handler.type if not isinstance(handler.type, ir.Seq) else None
            begin.bind(handler.name, machine.attributes.of_annotation(caught, frame.scope, "an exception"))
        found += execute(machine, handler.body, [begin], frame)
    if not node.final:
        return found
    result: list[Outcome] = []
    for kind, after, value in found:
        for last in execute(machine, node.final, [after], frame):
            result.append((kind, last[1], value) if last[0] == "next" else last)
    return result


def _with(machine: Machine, node: ir.With, state: State, frame: Frame) -> list[Outcome]:
    suppresses = False
    for item in node.items:
        value = machine.evaluate(item.expr, state, frame)
        suppresses = suppresses or any(
            isinstance(v, Unknown) and v.type == "contextlib.suppress" for v in value
        )
        if item.target is not None:
            bound = value if all(isinstance(v, Ref) for v in value) and value else NOT_TOLD
            if isinstance(item.target, ir.Name) and bound is NOT_TOLD:
                bound = machine.from_values(machine.inference.name(item.target.id, frame.scope))
            assign_target(machine, item.target, bound, state, frame)
    found: list[Outcome] = []
    for kind, after, returned in execute(machine, node.body, [state], frame):
        found.append((kind, after, returned))
        if kind == "raise" and suppresses:
            found.append(("next", after.copy(), ()))
    return found


def _match(machine: Machine, node: ir.Match, state: State, frame: Frame) -> list[Outcome]:
    machine.evaluate(node.subject, state, frame)
    found: list[Outcome] = []
    exhaustive = False
    for case in node.cases:
        begin = state.copy()
        for name in case.binds:
            begin.bind(name, (Unknown("what a pattern binds"),))
        starts = [begin] if case.guard is None else assume(machine, case.guard, True, begin, frame)
        found += execute(machine, case.body, starts, frame) if starts else []
        exhaustive = exhaustive or (case.irrefutable and case.guard is None)
    if not exhaustive:
        found.append(("next", state, ()))
    return found


_HANDLERS: dict[type, Callable[[Machine, Any, State, Frame], list[Outcome]]] = {
    ir.Return: _return,
    ir.Raise: _raise,
    ir.Assert: _assert,
    ir.Jump: _jump,
    ir.If: _if,
    ir.For: _for,
    ir.While: _while,
    ir.Try: _try,
    ir.With: _with,
    ir.Match: _match,
}
