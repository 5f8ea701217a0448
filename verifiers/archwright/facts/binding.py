"""Which names a body of code binds, and to what: the part of Python's scoping that needs no other file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archwright.facts import ir
from archwright.facts.walk import walk, walk_own, walk_statements


@dataclass(slots=True)
class Bound:
    """One way a name gets its value."""

    kind: str
    """``import``, ``function``, ``class``, ``assign``, ``param``, ``with``, ``for``, ``except`` or ``other``."""
    node: object = None
    """The node that binds: alias, definition, parameter, with item, …; for ``assign`` the statement."""
    value: ir.Expr | None = None
    """For ``assign``: the bound expression, where the whole of it is bound to the name."""
    annotation: ir.Expr | None = None
    statement: ir.Stmt | None = None
    """For ``import``: the statement the alias belongs to."""


@dataclass(slots=True)
class Names:
    """The names bound directly in one scope, in source order, and those declared to live elsewhere."""

    bound: dict[str, list[Bound]] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    """Names declared ``global`` or ``nonlocal``."""

    def add(self, name: str, how: Bound) -> None:
        """Records one binding of *name*."""
        if name not in self.elsewhere:
            self.bound.setdefault(name, []).append(how)

    def only(self, name: str) -> ir.Expr | None:
        """The expression *name* is assigned, where that is its single binding."""
        bindings = self.bound.get(name, ())
        if len(bindings) == 1 and bindings[0].kind == "assign":
            return bindings[0].value
        return None


def bound_names(
    body: tuple[ir.Stmt, ...], params: tuple[ir.Param, ...] = (), *, walrus: bool = True
) -> Names:
    """The names *body* binds in its own scope. Nested functions, classes and lambdas bind only their own name.

    *walrus* False promises that the module has no assignment expression, which saves looking into expressions.
    """
    nodes = walk_own(body) if walrus else walk_statements(body)
    binding = [node for node in nodes if type(node) in _BINDERS]
    elsewhere = frozenset(name for n in binding if isinstance(n, ir.ScopeDecl) for name in n.names)
    names = Names(elsewhere=elsewhere)
    for param in params:
        names.bound.setdefault(param.name, []).append(
            Bound("param", param, param.default, annotation=param.annotation)
        )
    for node in binding:
        for name, how in _BINDERS[type(node)](node):
            names.add(name, how)
    return names


def global_names(body: tuple[ir.Stmt, ...], params: tuple[ir.Param, ...] = ()) -> Iterator[tuple[str, Bound]]:
    """What the body of a function binds at module level, by ``global``.

    Only values that read nothing of the function's own keep their expression; the others are unknown outside it.
    """
    declared = {
        name
        for node in walk_statements(body)
        if isinstance(node, ir.ScopeDecl) and node.kind == "global"
        for name in node.names
    }
    if not declared:
        return
    own = bound_names(body, params).bound
    for node in walk_own(body):
        for name, how in _BINDERS.get(type(node), _declaration)(node):
            if name not in declared:
                continue
            reads = {part.id for part in walk(how.value) if isinstance(part, ir.Name)} if how.value else set()
            yield name, how if reads.isdisjoint(own) else Bound("other", how.node)


def nonlocal_names(body: tuple[ir.Stmt, ...]) -> Iterator[tuple[str, Bound]]:
    """What the body of a function binds in a function around it, by ``nonlocal``."""
    declared = {
        name
        for node in walk_statements(body)
        if isinstance(node, ir.ScopeDecl) and node.kind == "nonlocal"
        for name in node.names
    }
    for node in walk_own(body) if declared else ():
        for name, how in _BINDERS.get(type(node), _declaration)(node):
            if name in declared:
                yield name, how


def import_binds(statement: ir.Import | ir.ImportFrom, alias: ir.Alias) -> str:
    """The local name an import alias binds; empty for a star."""
    if alias.name == "*":
        return ""
    if alias.asname:
        return alias.asname
    return alias.name.split(".")[0] if isinstance(statement, ir.Import) else alias.name


def target_names(target: ir.Expr) -> Iterator[str]:
    """The plain names in an assignment target, however nested."""
    if isinstance(target, ir.Name):
        yield target.id
    elif isinstance(target, ir.Star):
        yield from target_names(target.value)
    elif isinstance(target, ir.Seq):
        for item in target.items:
            yield from target_names(item)


def _assign(node: ir.Assign) -> Iterator[tuple[str, Bound]]:
    for target in node.targets:
        if isinstance(target, ir.Name):
            yield target.id, Bound("assign", node, node.value)
        elif isinstance(target, ir.Seq):
            yield from _unpacked(target, node.value, node)


def _annassign(node: ir.AnnAssign) -> Iterator[tuple[str, Bound]]:
    if isinstance(node.target, ir.Name):
        yield node.target.id, Bound("assign", node, node.value, annotation=node.annotation)


def _walrus(node: ir.Walrus) -> Iterator[tuple[str, Bound]]:
    for name in target_names(node.target):
        yield name, Bound("assign", node, node.value)


def _import(node: ir.Import | ir.ImportFrom) -> Iterator[tuple[str, Bound]]:
    for alias in node.names:
        name = import_binds(node, alias)
        if name:
            yield name, Bound("import", alias, statement=node)


def _function(node: ir.FunctionDef) -> Iterator[tuple[str, Bound]]:
    yield node.name, Bound("function", node)


def _class(node: ir.ClassDef) -> Iterator[tuple[str, Bound]]:
    yield node.name, Bound("class", node)


def _with(node: ir.With) -> Iterator[tuple[str, Bound]]:
    for item in node.items:
        if item.target is not None:
            whole = isinstance(item.target, ir.Name)
            for name in target_names(item.target):
                yield name, Bound("with" if whole else "other", item, statement=node)


def _try(node: ir.Try) -> Iterator[tuple[str, Bound]]:
    for handler in node.handlers:
        if handler.name:
            yield handler.name, Bound("except", handler)


def _match(node: ir.Match) -> Iterator[tuple[str, Bound]]:
    for case in node.cases:
        for name in case.binds:
            yield name, Bound("other", node)


def _type_alias(node: ir.TypeAlias) -> Iterator[tuple[str, Bound]]:
    yield node.name, Bound("assign", node, node.value)


def _target(kind: str) -> Callable[[Any], Iterator[tuple[str, Bound]]]:
    def bind(node: ir.For | ir.AugAssign) -> Iterator[tuple[str, Bound]]:
        for name in target_names(node.target):
            yield name, Bound(kind, node)

    return bind


def _delete(node: ir.Delete) -> Iterator[tuple[str, Bound]]:
    for target in node.targets:
        for name in target_names(target):
            yield name, Bound("other", node)


def _declaration(node: object) -> Iterator[tuple[str, Bound]]:
    yield from ()


def _unpacked(target: ir.Seq, value: ir.Expr, node: ir.Stmt) -> Iterator[tuple[str, Bound]]:
    """``a, b = x, y`` binds each name to its own expression; any other unpacking binds names to something unknown."""
    pairwise = (
        isinstance(value, ir.Seq)
        and len(value.items) == len(target.items)
        and not any(isinstance(item, ir.Star) for item in (*value.items, *target.items))
    )
    for position, item in enumerate(target.items):
        part = value.items[position] if pairwise and isinstance(value, ir.Seq) else None
        if isinstance(item, ir.Name):
            yield item.id, Bound("assign" if part is not None else "other", node, part)
        else:
            for name in target_names(item):
                yield name, Bound("other", node)


_BINDERS: dict[type, Callable[[Any], Iterator[tuple[str, Bound]]]] = {
    ir.AnnAssign: _annassign,
    ir.Assign: _assign,
    ir.AugAssign: _target("other"),
    ir.ClassDef: _class,
    ir.Delete: _delete,
    ir.For: _target("for"),
    ir.FunctionDef: _function,
    ir.Import: _import,
    ir.ImportFrom: _import,
    ir.Match: _match,
    ir.ScopeDecl: _declaration,
    ir.Try: _try,
    ir.TypeAlias: _type_alias,
    ir.Walrus: _walrus,
    ir.With: _with,
}
