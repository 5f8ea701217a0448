"""Transformations of syntax trees that keep what the code means. Where that is in doubt, a place is left as it is."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

MOVED = "_moved"
"""What the name of a helper ends in that holds a function's body."""
Change = Callable[[ast.Module], ast.Module]
Function = ast.FunctionDef | ast.AsyncFunctionDef
_Statements = TypeVar("_Statements", bound=ast.AST)
_REFLECTIVE = frozenset({"locals", "vars", "eval", "exec", "globals", "dir", "super"})
_KEPT = frozenset({"*", "TYPE_CHECKING"})
"""Not to be imported under another name; checkers know TYPE_CHECKING by its own only."""
RENAMED, ALIASED = "_renamed", "_aliased"
"""What the new names of locals and imports end in."""
_HEADER = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")


def written_anew(text: str, *changes: Change) -> str | None:
    """*text* after *changes*, in the layout of Python's unparser; the comments above the code stay. None if it cannot be had."""
    try:
        tree = ast.parse(text)
        for change in changes:
            tree = ast.fix_missing_locations(change(tree))
        body = ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError):
        return None
    header = _HEADER.match(text)
    return f"{header.group() if header else ''}{body}\n"


def comment_everywhere(text: str) -> str:
    """A comment and an empty line above every statement at the top level, a comment behind every plain line of a body."""
    tree = ast.parse(text)
    lines = text.split("\n")
    covered: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno != node.lineno:
            covered.update(range(node.lineno, (node.end_lineno or node.lineno)))
    for statement in tree.body[1:]:
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
        lines[first - 1] = f"\n# import os; session.commit()\n{lines[first - 1]}"
    last_of = {
        node.end_lineno for node in ast.walk(tree) if isinstance(node, ast.Expr | ast.Assign | ast.Return)
    }
    for number in last_of:
        if (
            number is not None
            and number not in covered
            and tree.body
            and number > (tree.body[0].end_lineno or 0)
        ):
            lines[number - 1] += "  # raise RuntimeError"
    return "\n".join(lines)


def rename_locals(tree: ast.Module) -> ast.Module:
    """Local names of functions without nested scopes get a suffix."""
    for function in _functions(tree):
        names = _renamable(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in names:
                node.id = f"{node.id}{RENAMED}"
            elif isinstance(node, ast.ExceptHandler) and node.name in names:
                node.name = f"{node.name}{RENAMED}"
    return tree


def split_expressions(tree: ast.Module) -> ast.Module:
    """What is returned, and what a condition asks, is named before it is used."""
    return _Split().visit(tree)  # type: ignore[no-any-return]  # a transformer gives back what it was given


def reorder_imports(tree: ast.Module) -> ast.Module:
    """Imports that follow each other at the top level in the opposite order, and the names of each as well."""
    body: list[ast.stmt] = []
    run: list[ast.stmt] = []
    for statement in [*tree.body, None]:
        is_import = isinstance(statement, ast.Import | ast.ImportFrom)
        if is_import and getattr(statement, "module", "") != "__future__":
            run.append(statement)  # type: ignore[arg-type]  # an import is no None
            continue
        body += _reversed_imports(run)
        run = []
        if statement is not None:
            body.append(statement)
    tree.body = body
    return tree


def alias_imports(tree: ast.Module, kept: frozenset[str]) -> ast.Module:
    """What is imported at the top level goes by another name, unless others take it from here or its name occurs in a string."""
    strings = " ".join(
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )
    bound = Counter(_bound_names(tree))
    renamed: dict[str, str] = {}
    for statement in tree.body:
        if (
            not isinstance(statement, ast.Import | ast.ImportFrom)
            or getattr(statement, "module", "") == "__future__"
        ):
            continue
        for alias in statement.names:
            name = alias.asname or alias.name
            if "." in name or name in _KEPT or name in kept or bound[name] != 1 or _occurs(name, strings):
                continue
            renamed[name] = alias.asname = f"{name}{ALIASED}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in renamed:
            node.id = renamed[node.id]
    return tree


def extract_bodies(tree: ast.Module, kept: Callable[[str], bool]) -> ast.Module:
    """Functions and methods become calls of helpers that hold their bodies; those *kept* by qualified name stay."""
    tree.body = _extracted(tree.body, "", None, kept)
    return tree


# --- locals -----------------------------------------------------------------------------------------------------


def _functions(tree: ast.AST) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def _renamable(function: Function) -> frozenset[str]:
    inner = [n for n in ast.walk(function) if n is not function]
    scopes = (
        Function | ast.ClassDef | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    )
    if any(isinstance(n, scopes | ast.Global | ast.Nonlocal | ast.MatchAs | ast.MatchStar) for n in inner):
        return frozenset()
    if any(isinstance(n, ast.Name) and n.id in _REFLECTIVE - {"super"} for n in inner):
        return frozenset()
    params = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
    imported = {
        (a.asname or a.name).split(".")[0]
        for n in inner
        if isinstance(n, ast.Import | ast.ImportFrom)
        for a in n.names
    }
    assigned = {n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    assigned |= {n.name for n in inner if isinstance(n, ast.ExceptHandler) and n.name}
    return frozenset(assigned - params - imported)


# --- expressions ------------------------------------------------------------------------------------------------


class _Split(ast.NodeTransformer):
    def __init__(self) -> None:
        self._count = 0

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        if not isinstance(node.value, ast.Call | ast.Await | ast.BinOp | ast.Compare | ast.BoolOp):
            return node
        return self._named(node.value, lambda name: ast.Return(name))

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        if isinstance(node.test, ast.Name | ast.Constant) or _speaks_of_types(node.test):
            return node
        return self._named(node.test, lambda name: ast.If(name, node.body, node.orelse))

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        for statement in node.body:
            if isinstance(statement, Function | ast.ClassDef):
                self.visit(statement)
        return node

    def visit_Module(self, node: ast.Module) -> ast.AST:
        for statement in node.body:
            if isinstance(statement, Function | ast.ClassDef):
                self.visit(statement)
        return node

    def _named(self, value: ast.expr, use: Callable[[ast.expr], ast.stmt]) -> list[ast.stmt]:
        self._count += 1
        name = f"part_{self._count}"
        first = ast.Assign([ast.Name(name, ast.Store())], value)
        return [first, use(ast.Name(name, ast.Load()))]


_TOLD_BY = frozenset({"TYPE_CHECKING", "isinstance", "issubclass"})


def _speaks_of_types(test: ast.expr) -> bool:
    """Whether a checker knows more about names after the test: ``TYPE_CHECKING``, ``isinstance``, ``is None``, a walrus."""
    for node in ast.walk(test):
        if isinstance(node, ast.NamedExpr) or (isinstance(node, ast.Name) and node.id in _TOLD_BY):
            return True
        if isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING":
            return True
    return False


# --- imports ----------------------------------------------------------------------------------------------------


def _reversed_imports(run: list[ast.stmt]) -> list[ast.stmt]:
    names = Counter(name for statement in run for name in _bound_by(statement))
    if any(count > 1 for count in names.values()) or "*" in names:
        return run  # which one comes last decides
    for statement in run:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            statement.names.reverse()
    return run[::-1]


def _bound_by(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [a.asname or a.name.split(".")[0] for a in statement.names]
    return []


def _bound_names(tree: ast.Module) -> list[str]:
    """Every name that is bound anywhere in a module, once for each binding."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += [a.asname or a.name.split(".")[0] for a in node.names]
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.append(node.id)
        elif isinstance(node, ast.arg):
            found.append(node.arg)
        elif isinstance(node, Function | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            found += [node.name] if node.name else []
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found += node.names
    return found


def _occurs(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


# --- helpers ----------------------------------------------------------------------------------------------------


def _extracted(
    body: list[ast.stmt], prefix: str, owner: ast.ClassDef | None, kept: Callable[[str], bool]
) -> list[ast.stmt]:
    names = {s.name for s in body if isinstance(s, Function | ast.ClassDef)}
    counts = Counter(s.name for s in body if isinstance(s, Function))
    found: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            statement.body = _extracted(statement.body, f"{prefix}{statement.name}.", statement, kept)
        elif isinstance(statement, Function) and counts[statement.name] == 1:
            free = _helper_name(statement) not in names and not kept(f"{prefix}{statement.name}")
            helper = _helper(statement, owner) if free else None
            if helper is not None:
                found.append(helper)
        found.append(statement)
    return found


def _helper_name(function: Function) -> str:
    return f"_{function.name.strip('_')}{MOVED}"


def _helper(function: Function, owner: ast.ClassDef | None) -> Function | None:
    """A new function with the body of *function*, which then only calls it; None where that is not the same."""
    nodes = [n for statement in function.body for n in ast.walk(statement)]
    reflective = any(isinstance(n, ast.Name) and n.id in _REFLECTIVE | {"__class__"} for n in nodes)
    if (
        function.decorator_list
        or function.name.startswith("__")
        or reflective
        or any(isinstance(n, ast.Yield | ast.YieldFrom | ast.Nonlocal) for n in nodes)
        or len(function.body) < 2
        or (owner is not None and (not function.args.args or function.args.args[0].arg != "self"))
        or (owner is not None and (owner.bases or owner.keywords))  # the helper's name may be a base's
    ):
        return None
    name = _helper_name(function)
    helper = type(function)(name, function.args, function.body, [], function.returns)
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    given: list[ast.expr] = [ast.Name(a.arg, ast.Load()) for a in positional[owner is not None :]]
    if arguments.vararg:
        given.append(ast.Starred(ast.Name(arguments.vararg.arg, ast.Load()), ast.Load()))
    keywords = [ast.keyword(a.arg, ast.Name(a.arg, ast.Load())) for a in arguments.kwonlyargs]
    if arguments.kwarg:
        keywords.append(ast.keyword(None, ast.Name(arguments.kwarg.arg, ast.Load())))
    callee: ast.expr = ast.Name(name, ast.Load())
    if owner is not None:
        callee = ast.Attribute(ast.Name("self", ast.Load()), name, ast.Load())
    call: ast.expr = ast.Call(callee, given, keywords)
    if isinstance(function, ast.AsyncFunctionDef):
        call = ast.Await(call)
    documented = isinstance(function.body[0], ast.Expr) and isinstance(function.body[0].value, ast.Constant)
    docstring = function.body[:1] if documented else []
    helper.body = function.body[len(docstring) :]
    function.body = [*docstring, ast.Return(call)]
    return helper
