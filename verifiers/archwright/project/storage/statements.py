"""What the statements of a migration do, one kind after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Function, Unknown, truth
from archwright.project.storage.ways import Exit, maybe, rejoined

if TYPE_CHECKING:
    from archwright.project.storage.execute import Executor


def run(executor: Executor[Any], statement: ir.Stmt, frame: Frame) -> tuple[Exit, Any]:
    """Runs one statement other than ``if``; what does nothing goes on."""
    handler = _HANDLERS.get(type(statement))
    return (Exit.NEXT, None) if handler is None else handler(executor, statement, frame)


def _expression(executor: Executor[Any], statement: ir.ExprStmt, frame: Frame) -> tuple[Exit, Any]:
    executor.evaluate(statement.value, frame)
    return Exit.NEXT, None


def _assignment(executor: Executor[Any], statement: ir.Assign, frame: Frame) -> tuple[Exit, Any]:
    value = executor.evaluate(statement.value, frame)
    for target in statement.targets:
        _store(executor, target, value, frame)
    return Exit.NEXT, None


def _annotated(executor: Executor[Any], statement: ir.AnnAssign, frame: Frame) -> tuple[Exit, Any]:
    if statement.value is not None:
        executor.assign(statement.target, executor.evaluate(statement.value, frame), frame)
    return Exit.NEXT, None


def _augmented(executor: Executor[Any], statement: ir.AugAssign, frame: Frame) -> tuple[Exit, Any]:
    op = statement.op.removesuffix("=")
    value = executor.evaluate(ir.BinOp(op, statement.target, statement.value), frame)
    _store(executor, statement.target, value, frame)
    return Exit.NEXT, None


def _store(executor: Executor[Any], target: ir.Expr, value: Any, frame: Frame) -> None:
    if isinstance(target, ir.Subscript) and len(target.index) == 1:
        container = executor.evaluate(target.value, frame)
        key = executor.evaluate(target.index[0], frame)
        if isinstance(container, dict) and isinstance(key, str | int):
            container[key] = value
    else:
        executor.assign(target, value, frame)


def _return(executor: Executor[Any], statement: ir.Return, frame: Frame) -> tuple[Exit, Any]:
    return Exit.RETURN, executor.evaluate(statement.value, frame)


def _raise(executor: Executor[Any], statement: ir.Raise, frame: Frame) -> tuple[Exit, Any]:
    executor.failure = ""
    return Exit.RAISE, None


def _assert(executor: Executor[Any], statement: ir.Assert, frame: Frame) -> tuple[Exit, Any]:
    return (Exit.RAISE if truth(executor.evaluate(statement.test, frame)) is False else Exit.NEXT), None


def _jump(executor: Executor[Any], statement: ir.Jump, frame: Frame) -> tuple[Exit, Any]:
    return (Exit.BREAK if statement.kind == "break" else Exit.CONTINUE), None


def _for(executor: Executor[Any], statement: ir.For, frame: Frame) -> tuple[Exit, Any]:
    items = executor.evaluate(statement.iter, frame)
    if isinstance(items, dict):
        items = list(items)
    if not isinstance(items, list | tuple):
        return maybe(executor, statement.body, frame, statement.at, "a loop over what cannot be told")
    for item in items:
        executor.assign(statement.target, item, frame)
        how, value = rejoined(executor, executor.block(statement.body, frame), frame, Exit.CONTINUE)
        if how not in (Exit.NEXT, Exit.CONTINUE):
            break
    else:
        how, value = executor.block(statement.orelse, frame)
    how, value = rejoined(executor, (how, value), frame, Exit.BREAK)
    return (Exit.NEXT, None) if how is Exit.BREAK else (how, value)


def _while(executor: Executor[Any], statement: ir.While, frame: Frame) -> tuple[Exit, Any]:
    if truth(executor.evaluate(statement.test, frame)) is False:
        return executor.block(statement.orelse, frame)
    return maybe(executor, statement.body, frame, statement.at, "a loop whose end cannot be told")


def _match(executor: Executor[Any], statement: ir.Match, frame: Frame) -> tuple[Exit, Any]:
    for case in statement.cases:
        maybe(executor, case.body, frame, statement.at, "a match that is not followed")
    return Exit.NEXT, None


def _with(executor: Executor[Any], statement: ir.With, frame: Frame) -> tuple[Exit, Any]:
    entered: list[Any] = []
    for item in statement.items:
        entered.append(executor.entered(executor.evaluate(item.expr, frame)))
        if item.target is not None:
            executor.assign(item.target, entered[-1], frame)
    ended = executor.block(statement.body, frame)
    if ended[0] is not Exit.RAISE:
        for value in reversed(entered):
            executor.leave(value)
    return ended


def _try(executor: Executor[Any], statement: ir.Try, frame: Frame) -> tuple[Exit, Any]:
    how, value = executor.block(statement.body, frame)
    if how is Exit.RAISE and statement.handlers:
        how, value, executor.failure = Exit.NEXT, None, ""
    reason = "an exception handler decides about it"
    for handler in statement.handlers:
        maybe(executor, handler.body, frame, handler.at, reason)
    if how is Exit.NEXT:
        how, value = executor.block(statement.orelse, frame)
    ended = executor.block(statement.final, frame)
    return ended if ended[0] is not Exit.NEXT else (how, value)


def _function(executor: Executor[Any], statement: ir.FunctionDef, frame: Frame) -> tuple[Exit, Any]:
    inner = executor.inference.index(frame.scope.module).by_node.get(id(statement))
    frame.names[statement.name] = (
        Function(inner, frame) if inner is not None else Unknown("a function that is not known")
    )
    return Exit.NEXT, None


_HANDLERS: dict[type, Callable[[Executor[Any], Any, Frame], tuple[Exit, Any]]] = {
    ir.AnnAssign: _annotated,
    ir.Assert: _assert,
    ir.Assign: _assignment,
    ir.AugAssign: _augmented,
    ir.ExprStmt: _expression,
    ir.For: _for,
    ir.FunctionDef: _function,
    ir.Jump: _jump,
    ir.Match: _match,
    ir.Raise: _raise,
    ir.Return: _return,
    ir.Try: _try,
    ir.While: _while,
    ir.With: _with,
}
