"""``try``, ``with`` and ``match``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.attributes import of_annotation
from archwright.project.execution.conditions import branch
from archwright.project.execution.frame import Frame
from archwright.project.execution.state import State, joined
from archwright.project.execution.targets import bind_target
from archwright.project.execution.values import NOT_TOLD, Made, Ref, Unknown, Value, union

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine
    from archwright.project.execution.statements import Outcome


def follow_try(machine: Machine, node: ir.Try, state: State, frame: Frame) -> list[Outcome]:
    """Every statement of what is tried may be the last one before a handler."""
    from archwright.project.execution.statements import execute

    body, seen, raised = _tried(machine, node.body, state, frame)
    found: list[Outcome] = []
    for outcome in body:
        if outcome[0] == "next":
            found += execute(machine, node.orelse, [outcome[1]], frame)
        elif outcome[0] != "raise" or not node.handlers:
            found.append(outcome)
    starts = [*seen, *raised, *(s.copy() for kind, s, _ in body if kind == "next")]
    start = joined(starts) if node.handlers else state
    for handler in node.handlers:
        begin = start.copy()
        if handler.name:
            caught = handler.type if not isinstance(handler.type, ir.Seq) else None
            value = of_annotation(machine, caught, frame.scope, "an exception", begin.heap)
            begin.bind(handler.name, value)
        found += execute(machine, handler.body, [begin], frame)
    if not node.final:
        return found
    result: list[Outcome] = []
    for kind, after, value in found:
        for last in execute(machine, node.final, [after], frame):
            result.append((kind, last[1], value) if last[0] == "next" else last)
    return result


def follow_with(machine: Machine, node: ir.With, state: State, frame: Frame) -> list[Outcome]:
    """What is entered is bound; ``contextlib.suppress`` goes on where something is raised."""
    from archwright.project.execution.statements import execute

    suppresses = False
    for item in node.items:
        value = machine.evaluate(item.expr, state, frame)
        suppresses = suppresses or any(
            (isinstance(v, Unknown) and v.type == "contextlib.suppress")
            or (isinstance(v, Made) and v.name == "contextlib.suppress")
            for v in value
        )
        bound = _entered(machine, value, state, frame)
        if item.target is not None:
            if not machine.policy.terms and not (bound and all(isinstance(v, Ref) for v in bound)):
                bound = NOT_TOLD
                if isinstance(item.target, ir.Name):
                    inferred = machine.inference.name(item.target.id, frame.scope)
                    bound = machine.inferred.values(inferred, state.heap)
            bind_target(machine, item.target, bound, state, frame)
    if not suppresses:
        return execute(machine, node.body, [state], frame)
    found, seen, raised = _tried(machine, node.body, state, frame)
    return [*found, ("next", joined([*seen, *raised]), ())]


def _tried(
    machine: Machine, body: tuple[ir.Stmt, ...], state: State, frame: Frame
) -> tuple[list[Outcome], list[State], list[State]]:
    """How a body ends; the states in which something in it may have been raised, and those in which something was."""
    from archwright.project.execution.statements import execute

    seen: list[State] = [state.copy()]
    machine.watched.append((frame, seen))
    try:
        found = execute(machine, body, [state], frame)
    finally:
        machine.watched.pop()
    return found, seen, [after for kind, after, _ in found if kind == "raise"]


def _entered(machine: Machine, value: Value, state: State, frame: Frame) -> Value:
    """What ``with value as name`` binds."""
    from archwright.project.execution.calls import call_value

    found: list[Value] = []
    for one in value:
        made = machine.object(one, state) if isinstance(one, Ref) else None
        if made is not None and made.kind == "generator":
            found.append(made.any_item)
        elif made is not None and made.kind == "instance":
            given = [
                call_value(machine, (one,), name, Arguments(), state, frame)
                for name in ("__enter__", "__aenter__")
                if machine.members.member(made.cls, name) is not None
            ]
            found.append(union(*given) or (one,))
        else:
            found.append((one,))
    return union(*found)


def follow_match(machine: Machine, node: ir.Match, state: State, frame: Frame) -> list[Outcome]:
    """Every case may be the one."""
    from archwright.project.execution.statements import execute

    subject = machine.evaluate(node.subject, state, frame)
    found: list[Outcome] = []
    exhaustive = False
    for case in node.cases:
        begin = state.copy()
        for name in case.binds:
            part: Value = (Unknown("what a pattern binds"),)
            begin.bind(name, union(subject, part) if machine.policy.terms else part)
        starts = [begin] if case.guard is None else branch(machine, case.guard, begin, frame)[0]
        found += execute(machine, case.body, starts, frame) if starts else []
        exhaustive = exhaustive or (case.irrefutable and case.guard is None)
    if not exhaustive:
        found.append(("next", state, ()))
    return found
