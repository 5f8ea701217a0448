"""libcst modules and statements to IR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from archwright.facts import ir
from archwright.facts.expressions import lower_args, lower_expr, lower_optional, lower_params
from archwright.facts.import_statements import lower_import, lower_import_from
from archwright.facts.operators import UnknownSyntaxError
from archwright.facts.patterns import lower_case
from archwright.facts.positions import Positions


def lower_module(module: cst.Module) -> ir.Module:
    """The IR of a parsed module. Raises UnknownSyntaxError."""
    at = Positions(module)
    return ir.Module(_block(module.body, at), _header(module), at.lines)


# --- helpers ----------------------------------------------------------------------------------------------------


def _header(module: cst.Module) -> tuple[ir.Comment, ...]:
    lines = list(module.header)
    if module.body:
        lines += getattr(module.body[0], "leading_lines", ())
    return tuple(
        ir.Comment(line.comment.value, number)
        for number, line in enumerate(lines, start=1)
        if line.comment is not None
    )


def _block(body: Sequence[Any], at: Positions) -> tuple[ir.Stmt, ...]:
    found: list[ir.Stmt] = []
    for node in body:
        if isinstance(node, cst.SimpleStatementLine):
            for small in node.body:
                _small(small, at, found)
        else:
            lower = _COMPOUND.get(type(node))
            if lower is None:
                raise UnknownSyntaxError(type(node).__name__)
            found.append(lower(node, at))
    return tuple(found)


def _suite(node: Any, at: Positions) -> tuple[ir.Stmt, ...]:
    """The statements of an indented block or of a one-line suite."""
    if node is None:
        return ()
    if isinstance(node, cst.SimpleStatementSuite):
        found: list[ir.Stmt] = []
        for small in node.body:
            _small(small, at, found)
        return tuple(found)
    return _block(node.body, at)


def _small(node: Any, at: Positions, into: list[ir.Stmt]) -> None:
    if isinstance(node, cst.Pass):
        return
    lower = _SIMPLE.get(type(node))
    if lower is None:
        raise UnknownSyntaxError(type(node).__name__)
    into.append(lower(node, at))


def _expr(node: cst.Expr, at: Positions) -> ir.Stmt:
    return ir.ExprStmt(lower_expr(node.value, at), at.span(node))


def _assign(node: cst.Assign, at: Positions) -> ir.Stmt:
    targets = tuple([lower_expr(target.target, at) for target in node.targets])
    return ir.Assign(targets, lower_expr(node.value, at), at.span(node))


def _annassign(node: cst.AnnAssign, at: Positions) -> ir.Stmt:
    return ir.AnnAssign(
        lower_expr(node.target, at),
        lower_expr(node.annotation.annotation, at),
        lower_optional(node.value, at),
        at.span(node),
    )


def _augassign(node: cst.AugAssign, at: Positions) -> ir.Stmt:
    op = type(node.operator).__name__.removesuffix("Assign")
    return ir.AugAssign(lower_expr(node.target, at), op, lower_expr(node.value, at), at.span(node))


def _return(node: cst.Return, at: Positions) -> ir.Stmt:
    return ir.Return(lower_optional(node.value, at), at.span(node))


def _raise(node: cst.Raise, at: Positions) -> ir.Stmt:
    cause = None if node.cause is None else lower_expr(node.cause.item, at)
    return ir.Raise(lower_optional(node.exc, at), cause, at.span(node))


def _assert(node: cst.Assert, at: Positions) -> ir.Stmt:
    return ir.Assert(lower_expr(node.test, at), lower_optional(node.msg, at), at.span(node))


def _del(node: cst.Del, at: Positions) -> ir.Stmt:
    target = lower_expr(node.target, at)
    targets = target.items if isinstance(target, ir.Seq) else (target,)
    return ir.Delete(targets, at.span(node))


def _break(node: cst.Break, at: Positions) -> ir.Stmt:
    return ir.Jump("break", at.span(node))


def _continue(node: cst.Continue, at: Positions) -> ir.Stmt:
    return ir.Jump("continue", at.span(node))


def _global(node: cst.Global, at: Positions) -> ir.Stmt:
    return ir.ScopeDecl("global", tuple(item.name.value for item in node.names))


def _nonlocal(node: cst.Nonlocal, at: Positions) -> ir.Stmt:
    return ir.ScopeDecl("nonlocal", tuple(item.name.value for item in node.names))


def _type_alias(node: Any, at: Positions) -> ir.Stmt:
    params = _type_params(node.type_parameters, at)
    return ir.TypeAlias(node.name.value, lower_expr(node.value, at), at.span(node), params)


def _if(node: cst.If, at: Positions) -> ir.Stmt:
    # A chain of elif is one deep tail; unrolled here so that a long one does not recurse.
    chain: list[cst.If] = [node]
    while isinstance(chain[-1].orelse, cst.If):
        chain.append(chain[-1].orelse)
    last = chain[-1].orelse
    orelse: tuple[ir.Stmt, ...] = () if last is None else _suite(last.body, at)
    for branch in reversed(chain):
        statement = ir.If(lower_expr(branch.test, at), _suite(branch.body, at), orelse, at.span(branch))
        orelse = (statement,)
    return statement


def _while(node: cst.While, at: Positions) -> ir.Stmt:
    orelse = () if node.orelse is None else _suite(node.orelse.body, at)
    return ir.While(lower_expr(node.test, at), _suite(node.body, at), orelse, at.span(node))


def _for(node: cst.For, at: Positions) -> ir.Stmt:
    return ir.For(
        lower_expr(node.target, at),
        lower_expr(node.iter, at),
        _suite(node.body, at),
        () if node.orelse is None else _suite(node.orelse.body, at),
        node.asynchronous is not None,
        at.span(node),
    )


def _try(node: Any, at: Positions) -> ir.Stmt:
    handlers = [
        ir.Handler(
            lower_optional(handler.type, at),
            None if handler.name is None else handler.name.name.value,
            _suite(handler.body, at),
            at.span(handler),
        )
        for handler in node.handlers
    ]
    return ir.Try(
        _suite(node.body, at),
        tuple(handlers),
        () if node.orelse is None else _suite(node.orelse.body, at),
        () if node.finalbody is None else _suite(node.finalbody.body, at),
        at.span(node),
    )


def _with(node: cst.With, at: Positions) -> ir.Stmt:
    items = tuple(
        ir.WithItem(
            lower_expr(item.item, at), None if item.asname is None else lower_expr(item.asname.name, at)
        )
        for item in node.items
    )
    return ir.With(items, _suite(node.body, at), node.asynchronous is not None, at.span(node))


def _match(node: cst.Match, at: Positions) -> ir.Stmt:
    cases = [
        lower_case(case, _suite(case.body, at), lower_optional(case.guard, at), at) for case in node.cases
    ]
    return ir.Match(lower_expr(node.subject, at), tuple(cases), at.span(node))


def _function(node: cst.FunctionDef, at: Positions) -> ir.Stmt:
    return ir.FunctionDef(
        node.name.value,
        lower_params(node.params, at),
        None if node.returns is None else lower_expr(node.returns.annotation, at),
        tuple([lower_expr(decorator.decorator, at) for decorator in node.decorators]),
        _suite(node.body, at),
        node.asynchronous is not None,
        at.span(node),
        _type_params(node.type_parameters, at),
    )


def _class(node: cst.ClassDef, at: Positions) -> ir.Stmt:
    return ir.ClassDef(
        node.name.value,
        lower_args([*node.bases, *node.keywords], at),
        tuple([lower_expr(decorator.decorator, at) for decorator in node.decorators]),
        _suite(node.body, at),
        at.span(node),
        _type_params(node.type_parameters, at),
    )


def _type_params(node: Any, at: Positions) -> tuple[ir.TypeParam, ...]:
    if node is None:
        return ()
    stars = {cst.TypeVarTuple: 1, cst.ParamSpec: 2}
    return tuple(
        ir.TypeParam(
            given.param.name.value,
            lower_optional(getattr(given.param, "bound", None), at),
            stars.get(type(given.param), 0),
        )
        for given in node.params
    )


_SIMPLE: dict[type, Callable[[Any, Positions], ir.Stmt]] = {
    cst.AnnAssign: _annassign,
    cst.Assert: _assert,
    cst.Assign: _assign,
    cst.AugAssign: _augassign,
    cst.Break: _break,
    cst.Continue: _continue,
    cst.Del: _del,
    cst.Expr: _expr,
    cst.Global: _global,
    cst.Import: lower_import(lazy=False),
    cst.ImportFrom: lower_import_from(lazy=False),
    cst.Nonlocal: _nonlocal,
    cst.Raise: _raise,
    cst.Return: _return,
    cst.TypeAlias: _type_alias,
}
if hasattr(cst, "LazyImport"):  # PEP 810; older libcst releases do not know it
    _SIMPLE[cst.LazyImport] = lower_import(lazy=True)
    _SIMPLE[cst.LazyImportFrom] = lower_import_from(lazy=True)
_COMPOUND: dict[type, Callable[[Any, Positions], ir.Stmt]] = {
    cst.ClassDef: _class,
    cst.For: _for,
    cst.FunctionDef: _function,
    cst.If: _if,
    cst.Match: _match,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.While: _while,
    cst.With: _with,
}
