"""Runs the statements of migrations and their helpers on a model of the database, branch by branch.

A condition that can be told selects its branch. One that cannot is taken both ways: where the ways leave the same state behind the
answer does not matter; where they differ, what differs is in doubt from there on.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Generic, Protocol, Self, TypeVar

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.model import Location
from archwright.project.code import Scope
from archwright.project.inference import Inference
from archwright.project.storage.evaluate import DEPTH, Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Function, Made, Unknown, truth

_CALLS = 30
_AGAIN = 3
"""How often a function may be inside itself: what recursion ends by is seldom known, and both ways are taken of what is not."""
_STEPS = 200_000


class State(Protocol):
    """What running changes."""

    def copy(self) -> Self:
        """An independent copy."""

    def same(self, other: Self) -> bool:
        """Whether both describe the same thing."""

    def merge(self, other: Self, reason: str, at: Location) -> None:
        """Takes in that it may also be *other*: what differs is in doubt."""

    def doubt(self, reason: str, at: Location) -> None:
        """Something ran that cannot be followed and may have changed anything."""


S = TypeVar("S", bound=State)


class Exit(Enum):
    """How a block ended."""

    NEXT = "next"
    RETURN = "return"
    RAISE = "raise"
    BREAK = "break"
    CONTINUE = "continue"


class Executor(Evaluator, Generic[S]):
    """An evaluator that also runs function bodies, changing ``state``."""

    def __init__(self, inference: Inference, dialect: str, state: S) -> None:
        super().__init__(inference, dialect)
        self.state = state
        self.raised = False
        """Whether the last function run ended in an exception of its own making."""
        self.running: list[Scope] = []
        """The functions that are inside each other now, outermost first."""
        self._steps = 0
        self._at = Location("", 1)
        """Of the statement that runs now."""

    def evaluate(self, expr: ir.Expr | None, frame: Frame, depth: int = DEPTH) -> Any:
        """The value of *expr*; where a condition in it cannot be told, what is called on either way is in doubt."""
        if depth > 0 and isinstance(expr, ir.IfExp):
            known = truth(self.evaluate(expr.test, frame, depth - 1))
            if known is None:
                return self._any_of((expr.body, expr.orelse), frame, depth - 1)
            return self.evaluate(expr.body if known else expr.orelse, frame, depth - 1)
        if depth > 0 and isinstance(expr, ir.BoolOp) and _has_calls(expr.right):
            left = self.evaluate(expr.left, frame, depth - 1)
            known = truth(left)
            if known is None:
                return self._any_of((expr.right,), frame, depth - 1)
            return left if known == (expr.op == "or") else self.evaluate(expr.right, frame, depth - 1)
        return super().evaluate(expr, frame, depth)

    def call_function(self, function: Function, made: Made, depth: int) -> Any:
        """Runs the function; Unknown where its arguments cannot be bound or calls nest too deeply."""
        node = function.scope.node
        scope = function.scope
        too_deep = len(self.running) >= _CALLS or self.running.count(scope) >= _AGAIN
        if not isinstance(node, ir.FunctionDef) or too_deep:
            return Unknown("calls nest too deeply", made.at)
        frame = Frame(scope, {}, function.frame)
        if not self._bind(node, made, frame):
            return Unknown(f"`{node.name}` is called with arguments that cannot be told", made.at)
        self.running.append(scope)
        try:
            how, value = self.block(node.body, frame)
        finally:
            self.running.pop()
        self.raised = how is Exit.RAISE
        return value if how is Exit.RETURN else None

    def entered(self, value: Any) -> Any:
        """What ``with value as name`` binds."""
        return value

    def block(self, body: tuple[ir.Stmt, ...], frame: Frame) -> tuple[Exit, Any]:
        """Runs statements in order; how they end, and the value returned."""
        for position, statement in enumerate(body):
            self._steps += 1
            if self._steps > _STEPS:
                self.state.doubt("it runs for too long to be followed", _place(self, frame, statement))
                return Exit.RAISE, None
            self._at = _place(self, frame, statement)
            if isinstance(statement, ir.If):
                known = truth(self.evaluate(statement.test, frame))
                if known is None:
                    ended = self._both(statement, body[position + 1 :], frame)
                    if ended is not None:
                        return ended
                    continue
                how, value = self.block(statement.body if known else statement.orelse, frame)
            else:
                handler = _HANDLERS.get(type(statement))
                if handler is None:
                    continue
                how, value = handler(self, statement, frame)
            if how is not Exit.NEXT:
                return how, value
        return Exit.NEXT, None

    # --- helpers ---

    def _any_of(self, ways: tuple[ir.Expr, ...], frame: Frame, depth: int) -> Unknown:
        """One of several expressions, or none of them."""
        before = self.state.copy()
        for way in ways:
            after, self.state = self.state, before.copy()
            self.evaluate(way, frame, depth)
            if not after.same(self.state):
                after.merge(self.state, "a condition that cannot be told decides about it", self._at)
            self.state = after
        return Unknown("a choice that cannot be told")

    def _bind(self, node: ir.FunctionDef, made: Made, frame: Frame) -> bool:
        positional = list(made.args)
        keywords = dict(made.kwargs)
        for param in node.params:
            if param.kind == "vararg":
                frame.names[param.name] = tuple(positional)
                positional = []
            elif param.kind == "kwarg":
                frame.names[param.name] = keywords
                keywords = {}
            elif param.kind in ("posonly", "arg") and positional:
                frame.names[param.name] = positional.pop(0)
            elif param.name in keywords:
                frame.names[param.name] = keywords.pop(param.name)
            elif param.default is not None:
                frame.names[param.name] = self.evaluate(
                    param.default, Frame(frame.scope.parent or frame.scope)
                )
            elif not made.complete:
                frame.names[param.name] = Unknown("an argument that cannot be told", made.at)
            else:
                return False
        return not positional and not keywords

    def _both(self, statement: ir.If, rest: tuple[ir.Stmt, ...], frame: Frame) -> tuple[Exit, Any] | None:
        """Both ways of an undecided condition; None where both go on to the next statement."""
        before, names = self.state.copy(), dict(frame.names)
        first = self.block(statement.body, frame)
        after, first_names = self.state, frame.names
        self.state, frame.names = before, names
        second = self.block(statement.orelse, frame)
        if Exit.RAISE in (first[0], second[0]):
            # A migration that raises leaves nothing behind.
            if second[0] is Exit.RAISE:
                self.state, frame.names = after, first_names
                return None if first[0] is Exit.NEXT else first
            return None if second[0] is Exit.NEXT else second
        if first[0] is not second[0]:
            # One way leaves early: what follows belongs to the other.
            if second[0] is Exit.NEXT:
                second = self.block(rest, frame)
            else:
                left = self.state
                self.state, frame.names = after, first_names
                first = self.block(rest, frame)
                after, self.state = self.state, left
        self._merge(after, statement, frame)
        if first[0] is second[0] is Exit.NEXT:
            frame.names = {
                name: value if first_names.get(name) == value else Unknown(f"`{name}` depends on a condition")
                for name, value in {**first_names, **frame.names}.items()
            }
            return None
        value = first[1] if first[1] == second[1] else Unknown("it depends on a condition")
        how = first[0] if first[0] is second[0] else Exit.RETURN
        return how, value

    def _merge(self, other: S, statement: ir.If, frame: Frame) -> None:
        if not self.state.same(other):
            reason = "a condition that cannot be told decides about it"
            at = self.at(frame, statement.at)
            other.merge(self.state, reason, at)
            self.state = other

    def _expression(self, statement: ir.ExprStmt, frame: Frame) -> tuple[Exit, Any]:
        self.evaluate(statement.value, frame)
        return Exit.NEXT, None

    def _assignment(self, statement: ir.Assign, frame: Frame) -> tuple[Exit, Any]:
        value = self.evaluate(statement.value, frame)
        for target in statement.targets:
            self._store(target, value, frame)
        return Exit.NEXT, None

    def _annotated(self, statement: ir.AnnAssign, frame: Frame) -> tuple[Exit, Any]:
        if statement.value is not None:
            self.assign(statement.target, self.evaluate(statement.value, frame), frame)
        return Exit.NEXT, None

    def _augmented(self, statement: ir.AugAssign, frame: Frame) -> tuple[Exit, Any]:
        op = statement.op.removesuffix("=")
        value = self.evaluate(ir.BinOp(op, statement.target, statement.value), frame)
        self._store(statement.target, value, frame)
        return Exit.NEXT, None

    def _store(self, target: ir.Expr, value: Any, frame: Frame) -> None:
        if isinstance(target, ir.Subscript) and len(target.index) == 1:
            container = self.evaluate(target.value, frame)
            key = self.evaluate(target.index[0], frame)
            if isinstance(container, dict) and isinstance(key, str | int):
                container[key] = value
        else:
            self.assign(target, value, frame)

    def _return(self, statement: ir.Return, frame: Frame) -> tuple[Exit, Any]:
        return Exit.RETURN, self.evaluate(statement.value, frame)

    def _raise(self, statement: ir.Raise, frame: Frame) -> tuple[Exit, Any]:
        return Exit.RAISE, None

    def _assert(self, statement: ir.Assert, frame: Frame) -> tuple[Exit, Any]:
        return (Exit.RAISE if truth(self.evaluate(statement.test, frame)) is False else Exit.NEXT), None

    def _jump(self, statement: ir.Jump, frame: Frame) -> tuple[Exit, Any]:
        return (Exit.BREAK if statement.kind == "break" else Exit.CONTINUE), None

    def _for(self, statement: ir.For, frame: Frame) -> tuple[Exit, Any]:
        items = self.evaluate(statement.iter, frame)
        if isinstance(items, dict):
            items = list(items)
        if not isinstance(items, list | tuple):
            return self._maybe(statement.body, frame, statement.at, "a loop over what cannot be told")
        for item in items:
            self.assign(statement.target, item, frame)
            how, value = self.block(statement.body, frame)
            if how is Exit.BREAK:
                return Exit.NEXT, None
            if how in (Exit.RETURN, Exit.RAISE):
                return how, value
        return self.block(statement.orelse, frame)

    def _while(self, statement: ir.While, frame: Frame) -> tuple[Exit, Any]:
        if truth(self.evaluate(statement.test, frame)) is False:
            return self.block(statement.orelse, frame)
        return self._maybe(statement.body, frame, statement.at, "a loop whose end cannot be told")

    def _match(self, statement: ir.Match, frame: Frame) -> tuple[Exit, Any]:
        for case in statement.cases:
            self._maybe(case.body, frame, statement.at, "a match that is not followed")
        return Exit.NEXT, None

    def _maybe(self, body: tuple[ir.Stmt, ...], frame: Frame, at: ir.Span, reason: str) -> tuple[Exit, Any]:
        """A body that may or may not run, with names that are not known."""
        before = self.state.copy()
        for name in _assigned(body):
            frame.names[name] = Unknown(reason)
        self.block(body, frame)
        if not self.state.same(before):
            self.state.merge(before, reason, self.at(frame, at))
        return Exit.NEXT, None

    def _with(self, statement: ir.With, frame: Frame) -> tuple[Exit, Any]:
        for item in statement.items:
            value = self.entered(self.evaluate(item.expr, frame))
            if item.target is not None:
                self.assign(item.target, value, frame)
        return self.block(statement.body, frame)

    def _try(self, statement: ir.Try, frame: Frame) -> tuple[Exit, Any]:
        how, value = self.block(statement.body, frame)
        if how is Exit.RAISE and statement.handlers:
            how, value = Exit.NEXT, None
        reason = "an exception handler decides about it"
        for handler in statement.handlers:
            self._maybe(handler.body, frame, handler.at, reason)
        if how is Exit.NEXT:
            how, value = self.block(statement.orelse, frame)
        ended = self.block(statement.final, frame)
        return ended if ended[0] is not Exit.NEXT else (how, value)

    def _function(self, statement: ir.FunctionDef, frame: Frame) -> tuple[Exit, Any]:
        inner = self.inference.index(frame.scope.module).by_node.get(id(statement))
        frame.names[statement.name] = (
            Function(inner, frame) if inner is not None else Unknown("a function that is not known")
        )
        return Exit.NEXT, None


def _has_calls(expr: ir.Expr) -> bool:
    return any(isinstance(node, ir.Call) for node in walk(expr))


def _assigned(body: tuple[ir.Stmt, ...]) -> list[str]:
    names: list[str] = []
    for statement in body:
        targets = statement.targets if isinstance(statement, ir.Assign) else ()
        names += [t.id for t in targets if isinstance(t, ir.Name)]
        if isinstance(statement, ir.AugAssign | ir.AnnAssign | ir.For) and isinstance(
            statement.target, ir.Name
        ):
            names.append(statement.target.id)
    return names


def _place(executor: Executor[Any], frame: Frame, statement: ir.Stmt) -> Location:
    span = getattr(statement, "at", None)
    return executor.at(frame, span if span is not None else (1, 1, 0, 0))


_HANDLERS: dict[type, Callable[[Executor[Any], Any, Frame], tuple[Exit, Any]]] = {
    ir.AnnAssign: Executor._annotated,
    ir.Assert: Executor._assert,
    ir.Assign: Executor._assignment,
    ir.AugAssign: Executor._augmented,
    ir.ExprStmt: Executor._expression,
    ir.For: Executor._for,
    ir.FunctionDef: Executor._function,
    ir.Jump: Executor._jump,
    ir.Match: Executor._match,
    ir.Raise: Executor._raise,
    ir.Return: Executor._return,
    ir.Try: Executor._try,
    ir.While: Executor._while,
    ir.With: Executor._with,
}
