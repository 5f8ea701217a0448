"""Constant folding of strings: what a string expression comes to when every part of it is known."""

from __future__ import annotations

from collections.abc import Callable

from archwright.facts import ir

Constants = Callable[[str], ir.Expr | None]
"""Looks up the one expression a name is bound to; None when there is none or more than one."""

_DEPTH = 8


def fold(expr: ir.Expr | None, constants: Constants, depth: int = _DEPTH) -> str | None:
    """The value of *expr* when it is a constant string, else None.

    Understands literals, ``+``, f-strings, ``str.join`` over a literal sequence, ``%`` and ``str.format`` with constant
    positional parts, and names bound once to any of these. ``__name__`` and ``__package__`` fold to ``@name`` and ``@package``.
    """
    if depth == 0 or expr is None:
        return None
    if isinstance(expr, ir.Str):
        return expr.value
    if isinstance(expr, ir.Name):
        if expr.id in ("__name__", "__package__"):
            return "@" + expr.id.strip("_")
        return fold(constants(expr.id), constants, depth - 1)
    if isinstance(expr, ir.BinOp):
        if expr.op == "+":
            return _joined([expr.left, expr.right], "", constants, depth)
        if expr.op == "%":
            return _percent(expr, constants, depth)
        return None
    if isinstance(expr, ir.FString):
        return _joined(list(expr.parts), "", constants, depth)
    if isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attr):
        return _method(expr.func, expr.args, constants, depth)
    return None


def _joined(parts: list[ir.Expr], separator: str, constants: Constants, depth: int) -> str | None:
    folded = [fold(part, constants, depth - 1) for part in parts]
    if any(part is None for part in folded):
        return None
    return separator.join(part for part in folded if part is not None)


def _percent(expr: ir.BinOp, constants: Constants, depth: int) -> str | None:
    template = fold(expr.left, constants, depth - 1)
    values = list(expr.right.items) if isinstance(expr.right, ir.Seq) else [expr.right]
    folded = [fold(value, constants, depth - 1) for value in values]
    if template is None or template.count("%") != template.count("%s") or None in folded:
        return None
    if template.count("%s") != len(folded):
        return None
    pieces = template.split("%s")
    return pieces[0] + "".join(f"{value}{piece}" for value, piece in zip(folded, pieces[1:], strict=True))


def _method(func: ir.Attr, args: tuple[ir.Arg, ...], constants: Constants, depth: int) -> str | None:
    receiver = fold(func.value, constants, depth - 1)
    if receiver is None or any(arg.keyword or arg.star for arg in args):
        return None
    if func.name == "join" and len(args) == 1 and isinstance(args[0].value, ir.Seq):
        return _joined(list(args[0].value.items), receiver, constants, depth)
    if func.name == "format" and receiver.count("{") == receiver.count("{}") == len(args):
        values = [fold(arg.value, constants, depth - 1) for arg in args]
        pieces = receiver.split("{}")
        if None not in values:
            return pieces[0] + "".join(f"{v}{p}" for v, p in zip(values, pieces[1:], strict=True))
    return None
