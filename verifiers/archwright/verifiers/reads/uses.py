"""What code does with what a statement gives it, as it is written: nothing, or changing the row it gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def is_only_asked_for(run: Run) -> bool:
    """Whether all that is asked about what a statement gives is whether there is anything: ``if rows.first() is None``."""
    nodes = list(own_nodes(run.chain.scope.body))
    if any(isinstance(node, ir.FunctionDef) for node in nodes):
        return False  # a function inside may use what is named here
    names = _names(nodes, run)
    asked = [node for test in nodes for node in _asked_for(test)]
    if not names:
        return any(_is_made_of(node, run.at) for node in asked)
    loads = sum(_is_one_of(node, names) for node in nodes)
    targets = sum(
        _is_one_of(target, names) for node in nodes if isinstance(node, ir.Assign) for target in node.targets
    )
    return loads - targets == sum(_is_one_of(node, names) for node in asked) > 0


def _asked_for(node: object) -> list[ir.Expr]:
    """The expressions of which *node* asks only whether they are true, or None."""
    if isinstance(node, ir.If | ir.While | ir.IfExp | ir.Assert):
        return _in_test(node.test)
    if isinstance(node, ir.Unary) and node.op == "not":
        return _in_test(node.operand)
    if (
        isinstance(node, ir.Compare)
        and node.ops in (("is",), ("is not",))
        and node.rights[0] == ir.Const("None")
    ):
        return [node.left]
    return []


def _in_test(test: ir.Expr) -> list[ir.Expr]:
    if isinstance(test, ir.BoolOp):
        return [*_in_test(test.left), *_in_test(test.right)]
    return [test] if isinstance(test, ir.Name | ir.Call | ir.Await) else []


def is_changed(run: Run) -> bool:
    """Whether the row that a statement gives gets a name, by which it is changed, or handed to the session."""
    nodes = list(own_nodes(run.chain.scope.body))
    names = _names(nodes, run)
    return bool(names) and any(_changes(node, names) for node in nodes)


def _names(nodes: Sequence[object], run: Run) -> set[str]:
    """The names that what a statement gives gets, or what is asked of that."""
    return {
        target.id
        for node in nodes
        if isinstance(node, ir.Assign) and _is_made_of(node.value, run.at)
        for target in node.targets
        if isinstance(target, ir.Name)
    }


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


def _is_made_of(node: ir.Expr, at: Span) -> bool:
    """Whether an expression is the call at *at*, or methods called on what that gives."""
    value = node.value if isinstance(node, ir.Await) else node
    if not isinstance(value, ir.Call):
        return False
    return value.at == at or (isinstance(value.func, ir.Attr) and _is_made_of(value.func.value, at))


def _gives_rows(node: ir.Expr) -> bool:
    """Whether an expression is a call that, by its name, gives rows; or is made of one."""
    value = node.value if isinstance(node, ir.Await) else node
    if not isinstance(value, ir.Call) or not isinstance(value.func, ir.Attr):
        return False
    return may_give_rows(value.func.name) or _gives_rows(value.func.value)
