"""Evaluates declarations without running them: constants, containers, string building, and calls kept as data.

Meant for the code in which a code base says what it stores – migrations, tables, SQL text. It follows names through modules and
calls helper functions; what it cannot follow comes out as ``Unknown`` with the reason, never as a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archwright.facts import ir
from archwright.model import Location
from archwright.project.storage import calling, containers, operators
from archwright.project.storage.frames import Frame, assign
from archwright.project.storage.literals import Class, Function, Made, Unknown
from archwright.project.storage.lookup import Lookup
from archwright.project.storage.members import attribute, in_body
from archwright.project.types.inference import Inference

DEPTH = 40


class Evaluator:
    """Evaluates expressions for one dialect."""

    def __init__(self, inference: Inference, dialect: str) -> None:
        self.inference = inference
        self.project = inference.project
        self.dialect = dialect
        self.names = Lookup(self)

    # --- to be extended ---

    def call_function(self, function: Function, made: Made, depth: int) -> Any:
        """The value of calling a function of the code base."""
        return Unknown(f"`{function.scope.qualname}` is not followed", made.at)

    def outside_call(self, made: Made) -> Any:
        """The value of calling something outside; the call itself, kept as data, unless a subclass knows better."""
        return made

    def apply(
        self,
        callee: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        at: Location,
        complete: bool,
        depth: int,
    ) -> Any:
        """The value of calling *callee*."""
        return calling.applied(self, callee, args, kwargs, at, complete, depth)

    # --- expressions ---

    def evaluate(self, expr: ir.Expr | None, frame: Frame, depth: int = DEPTH) -> Any:
        """The value of *expr*."""
        if expr is None:
            return None
        if depth <= 0:
            return Unknown("nested too deeply")
        handler = _HANDLERS.get(type(expr))
        if handler is None:
            return Unknown(f"a {type(expr).__name__} is not a declaration")
        return handler(self, expr, frame, depth - 1)

    def at(self, frame: Frame, span: ir.Span) -> Location:
        """The place of *span* in the file of *frame*."""
        return self.project.at(frame.scope.module, span)

    def module_value(self, module: str, name: str, depth: int = DEPTH) -> Any:
        """The value of a name at the top level of *module*."""
        return self.names.of_module(module, name, depth)

    def dotted(self, module: str, name: str, depth: int = DEPTH) -> Any:
        """The value of an absolute dotted name, looked up from *module*."""
        return self.names.dotted(module, name, depth)

    def class_attribute(self, cls: Class, name: str, depth: int = DEPTH) -> Any:
        """The value a class, or the nearest base that has it, gives *name* in its body; Unknown when none does."""
        return in_body(self, cls, name, depth)

    def assign(self, target: ir.Expr, value: Any, frame: Frame) -> bool:
        """Binds *value* to *target*; False when the target cannot be followed (its names are then unknown)."""
        return assign(target, value, frame, Unknown("a part of what cannot be told"))


def _name(evaluator: Evaluator, expr: ir.Name, frame: Frame, depth: int) -> Any:
    return evaluator.names.find(expr, frame, depth)


def _lambda(evaluator: Evaluator, expr: ir.Lambda, frame: Frame, depth: int) -> Any:
    scope = evaluator.inference.index(frame.scope.module).lambda_scope(expr)
    return Function(scope, frame) if scope is not None else Unknown("a lambda is not followed")


def _await(evaluator: Evaluator, expr: ir.Await, frame: Frame, depth: int) -> Any:
    return evaluator.evaluate(expr.value, frame, depth)


def _walrus(evaluator: Evaluator, expr: ir.Walrus, frame: Frame, depth: int) -> Any:
    value = evaluator.evaluate(expr.value, frame, depth)
    evaluator.assign(expr.target, value, frame)
    return value


_HANDLERS: dict[type, Callable[[Evaluator, Any, Frame, int], Any]] = {
    ir.Attr: attribute,
    ir.Await: _await,
    ir.BinOp: operators.binary,
    ir.BoolOp: operators.boolean,
    ir.Call: calling.call,
    ir.Comp: containers.comprehension,
    ir.Compare: operators.comparison,
    ir.Const: operators.literal,
    ir.Dict: containers.table,
    ir.FString: operators.formatted,
    ir.IfExp: operators.choice,
    ir.Lambda: _lambda,
    ir.Name: _name,
    ir.Num: operators.literal,
    ir.Seq: containers.sequence,
    ir.Str: lambda evaluator, expr, frame, depth: expr.value,
    ir.Subscript: containers.item,
    ir.Unary: operators.unary,
    ir.Walrus: _walrus,
}
