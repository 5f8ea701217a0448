"""What is known of the body of a function without following it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope
from archwright.project.execution.values import Function

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine


class BodyFacts(msgspec.Struct, frozen=True):
    """About one body."""

    yields: bool
    """Whether it is that of a generator."""
    nonlocals: tuple[str, ...]
    """The names it binds in the body around it."""


def body_facts(scope: Scope) -> BodyFacts:
    """Reads a body once."""
    nodes = list(walk_own(scope.body))
    declared = [node for node in nodes if isinstance(node, ir.ScopeDecl) and node.kind == "nonlocal"]
    names = tuple(name for node in declared for name in node.names)
    return BodyFacts(any(isinstance(node, ir.Yield) for node in nodes), names)


def is_empty(body: tuple[ir.Stmt, ...]) -> bool:
    """Whether a body only says what an implementation would do."""
    for statement in body:
        if isinstance(statement, ir.ExprStmt) and isinstance(statement.value, ir.Str | ir.Const):
            continue
        if isinstance(statement, ir.Raise):
            exc = statement.exc.func if isinstance(statement.exc, ir.Call) else statement.exc
            if exc is not None and ir.dotted(exc) == "NotImplementedError":
                continue
        return False
    return any(not (isinstance(s, ir.ExprStmt) and isinstance(s.value, ir.Str)) for s in body)


def is_stub(machine: Machine, function: Function) -> bool:
    """Whether a function only says what an implementation would do."""
    scope = machine.inference.index(function.module).scopes.get(function.qualname)
    if scope is None:
        return False
    only_text = all(isinstance(s, ir.ExprStmt) and isinstance(s.value, ir.Str) for s in scope.body)
    return only_text or is_empty(scope.body)
