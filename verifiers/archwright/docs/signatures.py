"""Functions and constants as text, whole: nothing is cut, and every kind of parameter is shown as it is declared."""

from __future__ import annotations

from archwright.facts import ir
from archwright.project.render import render

_SHOWN = 100
"""Longest value of a constant that is printed."""


def signature(function: ir.FunctionDef) -> str:
    """Parameters and return type as Python writes them: ``(a, /, b: int = 1, *, c) -> str``."""
    parts: list[str] = []
    kinds = [param.kind for param in function.params]
    for position, param in enumerate(function.params):
        previous = kinds[position - 1] if position else ""
        if previous == "posonly" and param.kind != "posonly":
            parts.append("/")
        if param.kind == "kwonly" and previous not in ("kwonly", "vararg"):
            parts.append("*")
        parts.append(_parameter(param))
    if kinds and kinds[-1] == "posonly":
        parts.append("/")
    returns = f" -> {annotation(function.returns)}" if function.returns is not None else ""
    return f"({', '.join(parts)}){returns}"


def annotation(expr: ir.Expr) -> str:
    """A type as it is read: one written as a string is shown without the quotes."""
    return expr.value if isinstance(expr, ir.Str) else render(expr)


def value(expr: ir.Expr | None) -> str:
    """The value of a constant; a long one is told by its size."""
    text = render(expr)
    if len(text) <= _SHOWN:
        return text
    if isinstance(expr, ir.Dict):
        return f"{{… {len(expr.keys)} entries}}"
    if isinstance(expr, ir.Seq):
        return f"{expr.kind} of {len(expr.items)}"
    return f"{text[:_SHOWN]}…"


def _parameter(param: ir.Param) -> str:
    star = {"vararg": "*", "kwarg": "**"}.get(param.kind, "")
    typed = f": {annotation(param.annotation)}" if param.annotation is not None else ""
    if param.default is None:
        return f"{star}{param.name}{typed}"
    equals = " = " if typed else "="
    return f"{star}{param.name}{typed}{equals}{render(param.default)}"
