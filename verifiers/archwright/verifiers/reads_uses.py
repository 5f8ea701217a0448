"""What code does with what a statement gives it, as it is written: nothing, or changing the row it gets."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.facts import ir
from archwright.facts.ir import Span
from archwright.project.code import Scope, own_nodes
from archwright.project.execution.frame import key_of
from archwright.project.execution.trace import Run, Trace, may_give_rows

_TAKEN_BY = frozenset({"add", "delete", "expunge", "merge", "refresh"})
"""Methods of sessions that do something with a row."""


def not_come_to(scope: Scope, trace: Trace) -> Iterator[Span]:
    """The places in a function's own code where rows may be read, and where following it did not come to."""
    come_to = {run.at for run in trace.runs if run.chain.function == key_of(scope)}
    nodes = list(own_nodes(scope.body))
    results = {
        target.id
        for node in nodes
        if isinstance(node, ir.Assign) and _gives_rows(node.value)
        for target in node.targets
        if isinstance(target, ir.Name)
    }
    for node in nodes:
        if not isinstance(node, ir.Call) or not isinstance(node.func, ir.Attr):
            continue
        of = node.func.value
        asks_a_result = _gives_rows(of) or (isinstance(of, ir.Name) and of.id in results)
        if may_give_rows(node.func.name) and node.at not in come_to and not asks_a_result:
            yield node.at


def is_discarded(run: Run) -> bool:
    """Whether nothing is done with what a statement gives."""
    return any(
        isinstance(node, ir.ExprStmt) and _is_at(node.value, run.at)
        for node in own_nodes(run.chain.scope.body)
    )


def is_changed(run: Run) -> bool:
    """Whether the row that a statement gives gets a name, by which it is changed, or handed to the session."""
    nodes = list(own_nodes(run.chain.scope.body))
    names = {
        target.id
        for node in nodes
        if isinstance(node, ir.Assign) and _is_at(node.value, run.at)
        for target in node.targets
        if isinstance(target, ir.Name)
    }
    return bool(names) and any(_changes(node, names) for node in nodes)


def _changes(node: object, names: set[str]) -> bool:
    """Whether a row that has one of *names* is changed, or handed to a session."""
    if isinstance(node, ir.Assign):
        return any(isinstance(target, ir.Attr) and _is_one_of(target.value, names) for target in node.targets)
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attr) and node.func.name in _TAKEN_BY:
        return any(_is_one_of(arg.value, names) for arg in node.args)
    return False


def _is_one_of(node: ir.Expr, names: set[str]) -> bool:
    return isinstance(node, ir.Name) and node.id in names


def _is_at(node: ir.Expr, at: Span) -> bool:
    value = node.value if isinstance(node, ir.Await) else node
    return isinstance(value, ir.Call) and value.at == at


def _gives_rows(node: ir.Expr) -> bool:
    """Whether an expression is a call that, by its name, gives rows; or is made of one."""
    value = node.value if isinstance(node, ir.Await) else node
    if not isinstance(value, ir.Call) or not isinstance(value.func, ir.Attr):
        return False
    return may_give_rows(value.func.name) or _gives_rows(value.func.value)
