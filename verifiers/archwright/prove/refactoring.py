"""What people do to code without meaning anything by it, as transformations of syntax trees; in doubt a place stays as it is."""

from __future__ import annotations

import ast
from collections.abc import Iterable

Function = ast.FunctionDef | ast.AsyncFunctionDef
_TELLING = "Imports os and sqlalchemy; session.commit(), datetime.now(), raise, # noqa. TODO: emit, register, execute, as_of."
"""What no verdict may depend on, wherever it is only said."""
_LEAVING = ast.Return | ast.Raise | ast.Continue | ast.Break


def add_docstrings(tree: ast.Module) -> ast.Module:
    """Functions and classes without a docstring get one that names what contracts are about."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef) and ast.get_docstring(node, clean=False) is None:
            node.body.insert(0, ast.Expr(ast.Constant(_TELLING)))
    return tree


def quote_annotations(tree: ast.Module) -> ast.Module:
    """The annotations of functions become strings."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            node.returns = _quoted(node.returns)
            for arg in ast.walk(node.args):
                if isinstance(arg, ast.arg):
                    arg.annotation = _quoted(arg.annotation)
    return tree


def reorder_functions(tree: ast.Module) -> ast.Module:
    """Plain functions that follow each other at the top level in the opposite order."""
    names = [s.name for s in tree.body if isinstance(s, Function)]
    body: list[ast.stmt] = []
    run: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, Function) and _is_plain(statement) and names.count(statement.name) == 1:
            run.append(statement)
            continue
        body += [*run[::-1], statement]
        run = []
    tree.body = [*body, *run[::-1]]
    return tree


def else_after_leaving(tree: ast.Module) -> ast.Module:
    """What follows an ``if`` that leaves stands in its ``else``."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            node.body = _with_else(node.body)
    return tree


def concatenate_texts(tree: ast.Module) -> ast.Module:
    """Texts are put together of two halves; docstrings, annotations and formatted texts stay."""
    _Concatenated(tree).visit(tree)
    return tree


def _quoted(annotation: ast.expr | None) -> ast.expr | None:
    if annotation is None or isinstance(annotation, ast.Constant):
        return annotation
    return ast.Constant(ast.unparse(annotation))


def _is_plain(function: Function) -> bool:
    """Whether nothing happens when it is defined."""
    arguments = function.args
    defaults = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
    return not function.decorator_list and all(isinstance(d, ast.Constant) for d in defaults)


def _with_else(body: list[ast.stmt]) -> list[ast.stmt]:
    for index, statement in enumerate(body):
        if (
            isinstance(statement, ast.If)
            and not statement.orelse
            and isinstance(statement.body[-1], _LEAVING)
            and body[index + 1 :]
        ):
            statement.orelse = _with_else(body[index + 1 :])
            return body[: index + 1]
    return body


class _Concatenated(ast.NodeTransformer):
    def __init__(self, tree: ast.Module) -> None:
        self._kept = {id(node) for node in _no_values(tree)}

    def visit(self, node: ast.AST) -> ast.AST:
        return node if id(node) in self._kept else super().visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str) or len(node.value) < 8:
            return node
        half = len(node.value) // 2
        return ast.BinOp(ast.Constant(node.value[:half]), ast.Add(), ast.Constant(node.value[half:]))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        return node  # its parts are texts of their own only inside


def _no_values(tree: ast.Module) -> Iterable[ast.AST]:
    """Strings that are no plain values: statements of their own, annotations, patterns, ``__all__``, what types are made of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node
        elif isinstance(node, ast.arg | ast.AnnAssign):
            if node.annotation is not None:
                yield node.annotation
        elif isinstance(node, Function):
            if node.returns is not None:
                yield node.returns
        elif isinstance(node, ast.Subscript):
            yield node.slice
        elif isinstance(node, ast.Assign):
            if any(isinstance(t, ast.Name) for t in node.targets) and any(
                isinstance(t, ast.Name) and t.id.startswith("__") for t in node.targets
            ):
                yield node.value
        elif isinstance(node, ast.Match):
            yield from (case.pattern for case in node.cases)
        elif isinstance(node, ast.Call) and _last(node.func) in ("TypeVar", "NewType", "cast", "ForwardRef"):
            yield from node.args


def _last(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
