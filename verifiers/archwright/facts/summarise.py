"""IR to the small tier of facts."""

from __future__ import annotations

import re

from archwright.facts import ir
from archwright.facts.binding import Names
from archwright.facts.collector import Collector
from archwright.facts.dynamic_imports import has_loaders
from archwright.facts.summary import Binding, HeaderKey, Summary

_HEADER = re.compile(r"#\s*(?P<key>[A-Za-z][\w /-]{0,40}?)\s*:\s*(?P<value>\S.*)?$")
_WORD = re.compile(r"[^\W\d]\w*")


def summarise(module: ir.Module, text: str) -> Summary:
    """The summary of a module that could be parsed from *text*."""
    collector = Collector(
        module, walrus=":=" in text, declares_globals="global" in text, loads=has_loaders(text)
    )
    collector.block(module.body, "")
    docstring = _docstring(module.body)
    return Summary(
        lines=module.lines,
        error="",
        error_at=(0, 0),
        docstring=docstring or "",
        has_code=not all(_is_only_text(statement) for statement in module.body),
        header=_header(module.header),
        imports=tuple(collector.imports),
        bindings=tuple(_module_bindings(collector.frames.module)),
        definitions=tuple(collector.definitions),
        uses=tuple(collector.uses.values()),
        dynamic=tuple(collector.dynamic),
        exports=_exports(module.body),
        has_getattr=any(isinstance(s, ir.FunctionDef) and s.name == "__getattr__" for s in module.body),
        identifiers=_words(text, collector.spelled),
    )


def _is_only_text(statement: ir.Stmt) -> bool:
    """A docstring, or a string that stands about: it does nothing."""
    return isinstance(statement, ir.ExprStmt) and isinstance(statement.value, ir.Str)


def _docstring(body: tuple[ir.Stmt, ...]) -> str | None:
    if body and isinstance(body[0], ir.ExprStmt) and isinstance(body[0].value, ir.Str):
        return body[0].value.value
    return None


def _header(comments: tuple[ir.Comment, ...]) -> tuple[HeaderKey, ...]:
    found = []
    for comment in comments:
        match = _HEADER.match(comment.text)
        if match:
            found.append(HeaderKey(match["key"], (match["value"] or "").strip(), comment.line))
    return tuple(found)


def _module_bindings(names: Names) -> list[Binding]:
    found = []
    for name, bounds in names.bound.items():
        for how in bounds:
            line = getattr(how.node, "at", (0,))[0]
            if how.kind in ("import", "function", "class"):
                found.append(Binding(name, how.kind, "", line))
            else:
                target = ir.dotted(how.value)
                found.append(Binding(name, "alias" if target else "value", target or "", line))
    return found


def _exports(body: tuple[ir.Stmt, ...]) -> tuple[str, ...] | None:
    """``__all__`` when it is built from literal lists only."""
    found: list[str] | None = None
    for statement in body:
        if isinstance(statement, ir.Assign | ir.AnnAssign):
            targets = statement.targets if isinstance(statement, ir.Assign) else (statement.target,)
            if ir.Name("__all__") in targets:
                found = _strings(statement.value)
        elif isinstance(statement, ir.AugAssign) and statement.target == ir.Name("__all__"):
            more = _strings(statement.value)
            found = None if found is None or more is None else found + more
    return None if found is None else tuple(found)


def _strings(expr: ir.Expr | None) -> list[str] | None:
    if isinstance(expr, ir.BinOp) and expr.op == "+":
        left, right = _strings(expr.left), _strings(expr.right)
        return None if left is None or right is None else left + right
    if not isinstance(expr, ir.Seq):
        return None
    values = [item.value for item in expr.items if isinstance(item, ir.Str)]
    return values if len(values) == len(expr.items) else None


def _words(text: str, spelled: set[str]) -> str:
    """Every word of the source, comments included: a prefilter may let too much through, never too little."""
    return " " + " ".join(sorted(spelled.union(_WORD.findall(text)))) + " "
