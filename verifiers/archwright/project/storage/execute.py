"""Runs the statements of migrations and their helpers on a model of the database, branch by branch.

A condition that can be told selects its branch. One that cannot is taken both ways: where the ways leave the same state behind the
answer does not matter; where they differ, what differs is in doubt from there on.
"""

from __future__ import annotations

from typing import Any, Generic, Protocol, Self, TypeVar

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.model import Location
from archwright.project.code import Scope
from archwright.project.storage.evaluate import DEPTH, Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Function, Made, Unknown, truth
from archwright.project.storage.statements import run
from archwright.project.storage.ways import Exit, Left, MissingError, any_of, both, rejoined
from archwright.project.types.inference import Inference

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


class Executor(Evaluator, Generic[S]):
    """An evaluator that also runs function bodies, changing ``state``."""

    def __init__(self, inference: Inference, dialect: str, state: S) -> None:
        super().__init__(inference, dialect)
        self.state = state
        self.raised = False
        """Whether the last function run ended in an exception of its own making."""
        self.failure = ""
        """Why it did, where it was none that is raised on purpose."""
        self.running: list[Scope] = []
        """The functions that are inside each other now, outermost first."""
        self._steps = 0
        self.place = Location("", 1)
        """Of the statement that runs now."""
        self.left: list[Left] = []
        """The ways that have left the function that runs, or a loop in it."""

    def evaluate(self, expr: ir.Expr | None, frame: Frame, depth: int = DEPTH) -> Any:
        """The value of *expr*; where a condition in it cannot be told, what is called on either way is in doubt."""
        if depth > 0 and isinstance(expr, ir.IfExp):
            known = truth(self.evaluate(expr.test, frame, depth - 1))
            if known is None:
                return any_of(self, (expr.body, expr.orelse), frame, depth - 1)
            return self.evaluate(expr.body if known else expr.orelse, frame, depth - 1)
        if depth > 0 and isinstance(expr, ir.BoolOp) and _has_calls(expr.right):
            left = self.evaluate(expr.left, frame, depth - 1)
            known = truth(left)
            if known is None:
                right = any_of(self, (expr.right,), frame, depth - 1)
                decisive = truth(right) is (expr.op == "or")
                return right if decisive else Unknown("a choice that cannot be told")
            return left if known == (expr.op == "or") else self.evaluate(expr.right, frame, depth - 1)
        value = super().evaluate(expr, frame, depth)
        if self.running and isinstance(expr, ir.Attr) and isinstance(value, Unknown) and value.missing:
            raise MissingError(value.reason)
        return value

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
        outside, self.left = self.left, []
        try:
            how, value = rejoined(self, self.block(node.body, frame), frame, Exit.RETURN)
        finally:
            self.running.pop()
            self.left = outside
        self.raised = how is Exit.RAISE
        return None if how is Exit.RAISE else value

    def entered(self, value: Any) -> Any:
        """What ``with value as name`` binds."""
        return value

    def leave(self, value: Any) -> None:
        """What the end of ``with value`` does; nothing, unless a subclass knows better."""

    def block(self, body: tuple[ir.Stmt, ...], frame: Frame) -> tuple[Exit, Any]:
        """Runs statements in order; how they end, and the value returned."""
        for statement in body:
            self._steps += 1
            if self._steps > _STEPS:
                self.state.doubt("it runs for too long to be followed", _place(self, frame, statement))
                return Exit.RAISE, None
            self.place = _place(self, frame, statement)
            try:
                how, value = self._ran(statement, frame)
            except MissingError as error:
                self.failure = str(error)
                return Exit.RAISE, None
            if how is not Exit.NEXT:
                return how, value
        return Exit.NEXT, None

    # --- helpers ---

    def _ran(self, statement: ir.Stmt, frame: Frame) -> tuple[Exit, Any]:
        if not isinstance(statement, ir.If):
            return run(self, statement, frame)
        known = truth(self.evaluate(statement.test, frame))
        if known is not None:
            return self.block(statement.body if known else statement.orelse, frame)
        return both(self, statement, frame) or (Exit.NEXT, None)

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


def _has_calls(expr: ir.Expr) -> bool:
    return any(isinstance(node, ir.Call) for node in walk(expr))


def _place(executor: Executor[Any], frame: Frame, statement: ir.Stmt) -> Location:
    span = getattr(statement, "at", None)
    return executor.at(frame, span if span is not None else (1, 1, 0, 0))
