"""Expressions back to text: for messages, and as the normal form in which conditions are compared."""

from __future__ import annotations

from archwright.facts import ir

_LIMIT = 200


def render(expr: ir.Expr | None) -> str:
    """Readable, normalised source of *expr*: one spelling for one meaning of whitespace, quotes and parentheses."""
    return "" if expr is None else _render(expr, _LIMIT)


def _render(expr: ir.Expr, depth: int) -> str:
    if depth == 0:
        return "…"
    d = depth - 1
    match expr:
        case ir.Name():
            return expr.id
        case ir.Str():
            return repr(expr.value)
        case ir.Num() | ir.Const():
            return expr.text
        case ir.Attr():
            return f"{_atom(expr.value, d)}.{expr.name}"
        case ir.Call():
            return f"{_atom(expr.func, d)}({', '.join(_arg(a, d) for a in expr.args)})"
        case ir.Await():
            return f"await {_render(expr.value, d)}"
        case ir.BinOp() | ir.BoolOp():
            return f"{_left(expr, d)} {expr.op} {_atom(expr.right, d)}"
        case ir.Compare():
            pairs = zip(expr.ops, expr.rights, strict=True)
            return _atom(expr.left, d) + "".join(f" {op} {_atom(right, d)}" for op, right in pairs)
        case ir.Unary():
            space = " " if expr.op == "not" else ""
            return f"{expr.op}{space}{_atom(expr.operand, d)}"
        case ir.IfExp():
            return f"{_atom(expr.body, d)} if {_atom(expr.test, d)} else {_atom(expr.orelse, d)}"
        case ir.Subscript():
            return f"{_atom(expr.value, d)}[{', '.join(_render(i, d) for i in expr.index)}]"
        case ir.Slice():
            parts = [expr.lower, expr.upper] + ([expr.step] if expr.step else [])
            return ":".join("" if p is None else _render(p, d) for p in parts)
        case ir.Seq():
            inner = ", ".join(_render(i, d) for i in expr.items)
            if expr.kind == "tuple":
                return f"({inner},)" if len(expr.items) == 1 else f"({inner})"
            return f"[{inner}]" if expr.kind == "list" else f"{{{inner}}}"
        case ir.Dict():
            entries = zip(expr.keys, expr.values, strict=True)
            return "{" + ", ".join(_entry(k, v, d) for k, v in entries) + "}"
        case ir.Star():
            return f"*{_atom(expr.value, d)}"
        case ir.Comp():
            return _comprehension(expr, d)
        case ir.Lambda():
            return f"lambda {', '.join(p.name for p in expr.params)}: {_render(expr.body, d)}"
        case ir.Yield():
            word = "yield from" if expr.is_from else "yield"
            return word if expr.value is None else f"{word} {_render(expr.value, d)}"
        case ir.Walrus():
            return f"({_render(expr.target, d)} := {_render(expr.value, d)})"
        case ir.FString():
            return (
                "f'"
                + "".join(p.value if isinstance(p, ir.Str) else f"{{{_render(p, d)}}}" for p in expr.parts)
                + "'"
            )


_COMPOUND = (ir.BinOp, ir.BoolOp, ir.Compare, ir.Unary, ir.IfExp, ir.Await, ir.Lambda, ir.Yield)


def _atom(expr: ir.Expr, depth: int) -> str:
    text = _render(expr, depth)
    return f"({text})" if isinstance(expr, _COMPOUND) else text


def _left(expr: ir.BinOp | ir.BoolOp, depth: int) -> str:
    """The left operand: a chain of one operator reads from the left anyway, but for powers."""
    same = isinstance(expr.left, type(expr)) and expr.left.op == expr.op != "**"
    return _render(expr.left, depth) if same else _atom(expr.left, depth)


def _arg(arg: ir.Arg, depth: int) -> str:
    value = _render(arg.value, depth)
    if arg.keyword:
        return f"{arg.keyword}={value}"
    return "*" * arg.star + value


def _entry(key: ir.Expr | None, value: ir.Expr, depth: int) -> str:
    return f"**{_render(value, depth)}" if key is None else f"{_render(key, depth)}: {_render(value, depth)}"


def _comprehension(expr: ir.Comp, depth: int) -> str:
    head = _render(expr.elt, depth)
    if expr.value is not None:
        head += f": {_render(expr.value, depth)}"
    for clause in expr.clauses:
        head += f" for {_render(clause.target, depth)} in {_render(clause.iter, depth)}"
        head += "".join(f" if {_render(test, depth)}" for test in clause.ifs)
    if expr.kind == "list":
        return f"[{head}]"
    return f"({head})" if expr.kind == "generator" else f"{{{head}}}"
