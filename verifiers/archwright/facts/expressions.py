"""libcst expressions to IR expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from archwright.facts import ir
from archwright.facts.literals import formatted_text, literal
from archwright.facts.operators import BINARY, COMPARE, UNARY, UnknownSyntaxError, operator
from archwright.facts.positions import Positions


def lower_expr(node: Any, at: Positions) -> ir.Expr:
    """The IR of expression *node*. Raises UnknownSyntaxError."""
    lower = _LOWER.get(type(node))
    if lower is None:
        raise UnknownSyntaxError(type(node).__name__)
    return lower(node, at)


def lower_optional(node: Any, at: Positions) -> ir.Expr | None:
    """As lower_expr; None for an absent node."""
    return None if node is None else lower_expr(node, at)


def lower_args(args: Sequence[cst.Arg], at: Positions) -> tuple[ir.Arg, ...]:
    """Arguments of a call or a class statement, in source order."""
    return tuple(
        [
            ir.Arg(
                lower_expr(arg.value, at),
                None if arg.keyword is None else arg.keyword.value,
                len(arg.star),
            )
            for arg in args
        ]
    )


def lower_params(params: cst.Parameters, at: Positions) -> tuple[ir.Param, ...]:
    """Parameters in the order of the signature."""
    found: list[ir.Param] = []

    def add(param: cst.Param, kind: str) -> None:
        annotation = param.annotation
        found.append(
            ir.Param(
                param.name.value,
                kind,
                None if annotation is None else lower_expr(annotation.annotation, at),
                lower_optional(param.default, at),
            )
        )

    for param in params.posonly_params:
        add(param, "posonly")
    for param in params.params:
        add(param, "arg")
    if isinstance(params.star_arg, cst.Param):
        add(params.star_arg, "vararg")
    for param in params.kwonly_params:
        add(param, "kwonly")
    if params.star_kwarg is not None:
        add(params.star_kwarg, "kwarg")
    return tuple(found)


# --- helpers ----------------------------------------------------------------------------------------------------


def _name(node: cst.Name, at: Positions) -> ir.Expr:
    text = node.value
    if text in ("None", "True", "False"):
        return ir.Const(text)
    return ir.Name(text)


def _attribute(node: cst.Attribute, at: Positions) -> ir.Expr:
    return ir.Attr(lower_expr(node.value, at), node.attr.value)


def _call(node: cst.Call, at: Positions) -> ir.Expr:
    return ir.Call(lower_expr(node.func, at), lower_args(node.args, at), at.span(node))


def _string(node: cst.SimpleString, at: Positions) -> ir.Expr:
    return literal(node.value)


def _concatenated(node: cst.ConcatenatedString, at: Positions) -> ir.Expr:
    parts = [lower_expr(node.left, at), lower_expr(node.right, at)]
    if all(isinstance(part, ir.Str) for part in parts):
        return ir.Str("".join(part.value for part in parts if isinstance(part, ir.Str)))
    if all(isinstance(part, ir.Const) for part in parts):
        return ir.Const(" ".join(part.text for part in parts if isinstance(part, ir.Const)))
    flat: list[ir.Expr] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, ir.FString) else [part])
    return ir.FString(tuple(flat))


def _formatted(node: Any, at: Positions) -> ir.Expr:
    return ir.FString(tuple(_format_parts(node.parts, at, raw="r" in node.start.lower())))


def _format_parts(parts: Sequence[Any], at: Positions, *, raw: bool) -> list[ir.Expr]:
    found: list[ir.Expr] = []
    for part in parts:
        expression = getattr(part, "expression", None)
        if expression is None:
            found.append(ir.Str(formatted_text(part.value, raw=raw)))
            continue
        found.append(lower_expr(expression, at))
        if part.format_spec:
            # A nested hole inside a format specification is evaluated too.
            nested = _format_parts(part.format_spec, at, raw=raw)
            found.extend(p for p in nested if not isinstance(p, ir.Str))
    return found


def _binary(node: cst.BinaryOperation, at: Positions) -> ir.Expr:
    return ir.BinOp(operator(node.operator, BINARY), lower_expr(node.left, at), lower_expr(node.right, at))


def _boolean(node: cst.BooleanOperation, at: Positions) -> ir.Expr:
    op = "and" if isinstance(node.operator, cst.And) else "or"
    return ir.BoolOp(op, lower_expr(node.left, at), lower_expr(node.right, at))


def _comparison(node: cst.Comparison, at: Positions) -> ir.Expr:
    return ir.Compare(
        lower_expr(node.left, at),
        tuple([operator(c.operator, COMPARE) for c in node.comparisons]),
        tuple([lower_expr(c.comparator, at) for c in node.comparisons]),
    )


def _unary(node: cst.UnaryOperation, at: Positions) -> ir.Expr:
    return ir.Unary(operator(node.operator, UNARY), lower_expr(node.expression, at))


def _conditional(node: cst.IfExp, at: Positions) -> ir.Expr:
    return ir.IfExp(lower_expr(node.test, at), lower_expr(node.body, at), lower_expr(node.orelse, at))


def _subscript(node: cst.Subscript, at: Positions) -> ir.Expr:
    index: list[ir.Expr] = []
    for element in node.slice:
        inner = element.slice
        if isinstance(inner, cst.Slice):
            index.append(
                ir.Slice(
                    lower_optional(inner.lower, at),
                    lower_optional(inner.upper, at),
                    lower_optional(inner.step, at),
                )
            )
        elif isinstance(inner, cst.Index):
            value = lower_expr(inner.value, at)
            index.append(ir.Star(value) if inner.star else value)
    return ir.Subscript(lower_expr(node.value, at), tuple(index))


def _element(node: Any, at: Positions) -> ir.Expr:
    value = lower_expr(node.value, at)
    return ir.Star(value) if isinstance(node, cst.StarredElement) else value


def _sequence(kind: str) -> Callable[[Any, Positions], ir.Expr]:
    def lower(node: Any, at: Positions) -> ir.Expr:
        return ir.Seq(kind, tuple([_element(element, at) for element in node.elements]))

    return lower


def _dict(node: cst.Dict, at: Positions) -> ir.Expr:
    keys: list[ir.Expr | None] = []
    values: list[ir.Expr] = []
    for element in node.elements:
        keys.append(lower_expr(element.key, at) if isinstance(element, cst.DictElement) else None)
        values.append(lower_expr(element.value, at))
    return ir.Dict(tuple(keys), tuple(values))


def _comprehension(kind: str) -> Callable[[Any, Positions], ir.Expr]:
    def lower(node: Any, at: Positions) -> ir.Expr:
        value: ir.Expr | None
        if kind == "dict":
            elt, value = lower_expr(node.key, at), lower_expr(node.value, at)
        elif kind == "spread":  # ``{**d for d in ds}``, PEP 798
            elt, value = ir.Star(lower_expr(node.value, at)), None
        else:
            elt, value = lower_expr(node.elt, at), None
        clauses: list[ir.Clause] = []
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            clauses.append(
                ir.Clause(
                    lower_expr(clause.target, at),
                    lower_expr(clause.iter, at),
                    tuple([lower_expr(test.test, at) for test in clause.ifs]),
                    clause.asynchronous is not None,
                )
            )
            clause = clause.inner_for_in
        return ir.Comp("dict" if kind == "spread" else kind, elt, value, tuple(clauses))

    return lower


def _lambda(node: cst.Lambda, at: Positions) -> ir.Expr:
    return ir.Lambda(lower_params(node.params, at), lower_expr(node.body, at))


def _await(node: cst.Await, at: Positions) -> ir.Expr:
    return ir.Await(lower_expr(node.expression, at), at.span(node))


def _yield(node: cst.Yield, at: Positions) -> ir.Expr:
    if isinstance(node.value, cst.From):
        return ir.Yield(lower_expr(node.value.item, at), is_from=True)
    return ir.Yield(lower_optional(node.value, at))


def _walrus(node: cst.NamedExpr, at: Positions) -> ir.Expr:
    return ir.Walrus(lower_expr(node.target, at), lower_expr(node.value, at))


def _starred(node: cst.StarredElement, at: Positions) -> ir.Expr:
    return ir.Star(lower_expr(node.value, at))


def _number(node: Any, at: Positions) -> ir.Expr:
    return ir.Num(node.value)


def _ellipsis(node: cst.Ellipsis, at: Positions) -> ir.Expr:
    return ir.Const("...")


_LOWER: dict[type, Callable[[Any, Positions], ir.Expr]] = {
    cst.Attribute: _attribute,
    cst.Await: _await,
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.Call: _call,
    cst.Comparison: _comparison,
    cst.ConcatenatedString: _concatenated,
    cst.Dict: _dict,
    cst.DictComp: _comprehension("dict"),
    cst.Ellipsis: _ellipsis,
    cst.Float: _number,
    cst.FormattedString: _formatted,
    cst.GeneratorExp: _comprehension("generator"),
    cst.IfExp: _conditional,
    cst.Imaginary: _number,
    cst.Integer: _number,
    cst.Lambda: _lambda,
    cst.List: _sequence("list"),
    cst.ListComp: _comprehension("list"),
    cst.Name: _name,
    cst.NamedExpr: _walrus,
    cst.Set: _sequence("set"),
    cst.SetComp: _comprehension("set"),
    cst.SimpleString: _string,
    cst.StarredElement: _starred,
    cst.Subscript: _subscript,
    cst.Tuple: _sequence("tuple"),
    cst.UnaryOperation: _unary,
    cst.Yield: _yield,
}
if hasattr(cst, "TemplatedString"):  # PEP 750; older libcst releases do not know it
    _LOWER[cst.TemplatedString] = _formatted
if hasattr(cst, "StarredDictComp"):  # PEP 798
    _LOWER[cst.StarredDictComp] = _comprehension("spread")
