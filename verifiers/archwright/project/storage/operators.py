"""What operators, literals and formatted texts of a declaration come to."""

from __future__ import annotations

from ast import literal_eval
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import CONCRETE, Listing, Member, Unknown, is_known, truth
from archwright.project.storage.pure import BINARY, COMPARE, MAX_ITEMS, attempt

if TYPE_CHECKING:
    from archwright.project.storage.evaluate import Evaluator


def literal(evaluator: Evaluator, expr: ir.Const | ir.Num, frame: Frame, depth: int) -> Any:
    """A constant."""
    return attempt(lambda: literal_eval(expr.text), None)


def formatted(evaluator: Evaluator, expr: ir.FString, frame: Frame, depth: int) -> Any:
    """``f"…{x}…"``."""
    parts = [evaluator.evaluate(part, frame, depth) for part in expr.parts]
    parts = [part.value if isinstance(part, Member) else part for part in parts]
    known = list(takewhile(lambda part: isinstance(part, str | int), parts))
    text = "".join(map(str, known))
    if len(known) < len(parts):
        return Unknown("a text with a part that cannot be told", beginning=text)
    return text


def binary(evaluator: Evaluator, expr: ir.BinOp, frame: Frame, depth: int) -> Any:
    """``a + b`` and the like."""
    left, right = evaluator.evaluate(expr.left, frame, depth), evaluator.evaluate(expr.right, frame, depth)
    function = BINARY.get(expr.op)
    if expr.op == "*" and any(isinstance(v, int) and v > MAX_ITEMS for v in (left, right)):
        return Unknown("a value of unreasonable size")
    solid = (*CONCRETE, list, tuple, dict)
    if function is None or not isinstance(left, solid) or not isinstance(right, solid):
        return Unknown("a value with a part that cannot be told")
    if expr.op == "%" and not is_known(right):
        return Unknown("a text with a part that cannot be told")
    return attempt(lambda: function(left, right), None)


def boolean(evaluator: Evaluator, expr: ir.BoolOp, frame: Frame, depth: int) -> Any:
    """``a and b``, ``a or b``."""
    left = evaluator.evaluate(expr.left, frame, depth)
    known = truth(left)
    if known is not None:
        return left if known == (expr.op == "or") else evaluator.evaluate(expr.right, frame, depth)
    right = evaluator.evaluate(expr.right, frame, depth)
    if truth(right) == (expr.op == "or"):
        return right
    return Unknown("a condition that cannot be told")


def comparison(evaluator: Evaluator, expr: ir.Compare, frame: Frame, depth: int) -> Any:
    """``a < b``, chained as well."""
    left = evaluator.evaluate(expr.left, frame, depth)
    for name, right_expr in zip(expr.ops, expr.rights, strict=True):
        right = evaluator.evaluate(right_expr, frame, depth)
        function = COMPARE.get(name)
        quick = _identity(name, left, right) if name in ("is", "is not") else _membership(name, left, right)
        if quick is not None:
            if not quick:
                return False
            left = right
            continue
        if function is None or not is_known(left) or not is_known(right):
            return Unknown("a condition that cannot be told")
        holds = attempt(lambda f=function, a=left, b=right: f(a, b), None)  # type: ignore[misc]  # bound now
        if holds is not True:
            return holds
        left = right
    return True


def unary(evaluator: Evaluator, expr: ir.Unary, frame: Frame, depth: int) -> Any:
    """``not a``, ``-a``."""
    value = evaluator.evaluate(expr.operand, frame, depth)
    if expr.op == "not":
        known = truth(value)
        return Unknown("a condition that cannot be told") if known is None else not known
    if expr.op == "-" and isinstance(value, int | float):
        return -value
    return Unknown("an operation that is not a declaration")


def choice(evaluator: Evaluator, expr: ir.IfExp, frame: Frame, depth: int) -> Any:
    """``a if test else b``."""
    known = truth(evaluator.evaluate(expr.test, frame, depth))
    if known is None:
        return Unknown("a choice that cannot be told")
    return evaluator.evaluate(expr.body if known else expr.orelse, frame, depth)


def _identity(name: str, left: Any, right: Any) -> bool | None:
    """Whether a value is None, where it is known to be a container, whatever is in it; None for any other question."""
    if right is None and isinstance(left, dict | list | tuple):
        return name == "is not"
    return None


def _membership(name: str, left: Any, right: Any) -> bool | None:
    """Whether a name is in a list some items of which are in doubt; None where that cannot be told."""
    if name not in ("in", "not in") or not isinstance(left, str) or not isinstance(right, Listing):
        return None
    there = right.has(left)
    return None if there is None else there == (name == "in")
