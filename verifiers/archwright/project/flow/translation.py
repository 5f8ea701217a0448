"""Conditions carried across a call: from the callee's terms to the caller's and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from archwright.facts import ir
from archwright.facts.walk import NODE_FIELDS
from archwright.project.code import Scope
from archwright.project.flow.terms import Terms
from archwright.project.substitution import GLOBAL, SELF, bind_arguments, free_names, substitute
from archwright.project.types.values import FunctionValue


def to_caller(
    condition: ir.Expr | None, call: ir.Call, callee: Scope, value: FunctionValue, terms: Terms
) -> ir.Expr | None:
    """A condition of *callee* in the terms of the function that makes *call*; None when it cannot be said there."""
    if condition is None:
        return None
    mapping: dict[str, ir.Expr | None] = dict(bind_arguments(call, callee, value))
    if (value.bound and callee.params) or (callee.owner is not None and callee.params):
        mapping[SELF] = mapping.get(callee.params[0].name)
    for name in free_names(condition):
        if name in mapping:
            if mapping[name] is None:
                return None
        elif name in callee.names.bound or (
            name not in _module_names(terms.scope) and callee.module != terms.scope.module
        ):
            return None
    return terms.canonical(substitute(condition, lambda name: mapping.get(name)))


Renaming = Callable[[str], str | None]
"""What a path is called somewhere else; None where it has no name there."""


def to_callee(condition: ir.Expr, rename: Renaming) -> ir.Expr | None:
    """A condition of the caller in the terms of what it calls; None when it cannot be said there."""
    return _rename_paths(condition, rename)


def renaming(call: ir.Call, callee: Scope, value: FunctionValue, terms: Terms) -> Renaming:
    """What paths of the caller are called in *callee*: those that arguments pass on go by the names of parameters.

    What a parameter means after the callee has given it another value is not what the caller means by its argument.
    """
    renamed: list[tuple[str, str]] = []
    for name, argument in bind_arguments(call, callee, value).items():
        path = terms.path(argument) if argument is not None else None
        if path is not None and not rebinds(callee, name):
            own = callee.params[0].name if callee.owner is not None and callee.params else None
            renamed.append((path, SELF if name == own else name))
    renamed.sort(key=lambda pair: -len(pair[0]))

    def rename(path: str) -> str | None:
        for old, new in renamed:
            if path == old or path.startswith(f"{old}."):
                return new + path[len(old) :]
        root, dot, rest = path.partition(".")
        if callee.parent is not terms.scope or terms.scope.kind != "function":
            return None
        # A local function reads its enclosing function's variables as they are.
        outer = terms.receiver if root == SELF and terms.receiver else root
        return None if outer in callee.names.bound else outer + dot + rest

    return rename


def rebinds(callee: Scope, parameter: str) -> bool:
    """Whether *callee* gives the parameter another value."""
    return any(how.kind != "param" for how in callee.names.bound.get(parameter, ()))


def _rename_paths(expr: ir.Expr, rename: Callable[[str], str | None]) -> ir.Expr | None:
    """*expr* with every path renamed; None when some path has no name there."""
    path = ir.dotted(expr)
    if path is not None and path.startswith(GLOBAL):
        return expr
    if path is not None:
        renamed = rename(path)
        if renamed is None:
            return None
        first, *rest = renamed.split(".")
        result: ir.Expr = ir.Name(first)
        for part in rest:
            result = ir.Attr(result, part)
        return result
    failed = False

    def visit(node: ir.Expr) -> ir.Expr:
        nonlocal failed
        inner = _rename_paths(node, rename)
        if inner is None:
            failed = True
            return node
        return inner

    mapped = _map_children(expr, visit)
    return None if failed else mapped


def _map_children(expr: ir.Expr, visit: Callable[[ir.Expr], ir.Expr]) -> ir.Expr:
    changes: dict[str, object] = {}
    for name in NODE_FIELDS[type(expr)]:
        value = getattr(expr, name)
        if isinstance(expr, ir.Call) and name == "func" and isinstance(value, ir.Name):
            continue  # the name of a function is not a path to a value
        if isinstance(value, tuple):
            changes[name] = tuple(
                msgspec.structs.replace(item, value=visit(item.value))
                if isinstance(item, ir.Arg)
                else visit(item)
                for item in value
                if item is not None
            )
        elif value is not None:
            changes[name] = visit(value)
    return msgspec.structs.replace(expr, **changes)


def _module_names(scope: Scope) -> Mapping[str, object]:
    current = scope
    while current.parent is not None:
        current = current.parent
    return current.names.bound
