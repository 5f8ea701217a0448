"""The functions, classes and scopes of a module, indexed for the questions that need bodies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from archwright.facts import ir
from archwright.facts.binding import Names, bound_names, global_names
from archwright.facts.walk import children, evaluated_where_it_stands, walk_own, walk_statements

_NOWHERE: ir.Span = (1, 1, 0, 0)


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class or function body as a place where names are looked up."""

    module: str
    qualname: str
    """Empty for the module itself."""
    kind: str
    """``module``, ``class`` or ``function``."""
    names: Names
    parent: Scope | None
    node: ir.FunctionDef | ir.ClassDef | None = None
    body: tuple[ir.Stmt, ...] = ()
    type_params: Scope | None = None
    """The scope between a function with parameters in brackets and what is around it: only these are bound in it."""

    _spans: dict[int, ir.Span] | None = None
    """By the ``id`` of a name or attribute in its code: see ``span_around``; found when first asked for."""

    @property
    def signature(self) -> Scope:
        """Where the annotations of a function are read: outside of it."""
        return self.type_params or self.parent or self

    def span_around(self, node: ir.Expr) -> ir.Span:
        """Where the nearest statement or call around *node*, a name or attribute in this body, stands."""
        if self._spans is None:
            self._spans = _spans_around(self.body)
        return self._spans.get(id(node), _NOWHERE)

    @property
    def qualified(self) -> str:
        """Full dotted name."""
        return f"{self.module}.{self.qualname}" if self.qualname else self.module

    @property
    def owner(self) -> Scope | None:
        """The class whose method this function is, if it is one."""
        return self.parent if self.parent is not None and self.parent.kind == "class" else None

    @property
    def is_async(self) -> bool:
        """Whether calling it only makes a coroutine (or an asynchronous generator)."""
        return isinstance(self.node, ir.FunctionDef) and self.node.is_async

    @property
    def params(self) -> tuple[ir.Param, ...]:
        """The parameters of a function; empty otherwise."""
        return self.node.params if isinstance(self.node, ir.FunctionDef) else ()

    def decorated(self, name: str) -> bool:
        """Whether a decorator called *name* (or a call of it) stands on the definition, also one imported under another name."""
        decorators = self.node.decorators if self.node is not None else ()
        for decorator in decorators:
            dotted = ir.dotted(decorator.func if isinstance(decorator, ir.Call) else decorator)
            if dotted is not None and (
                dotted.rpartition(".")[2] == name or (self.parent or self).imported(dotted) == name
            ):
                return True
        return False

    def imported(self, name: str) -> str | None:
        """What *name*, read here, is called where it is imported from; None for what no ``from`` import gives."""
        around: Scope | None = self
        while around is not None:
            for how in around.names.bound.get(name, ()):
                if isinstance(how.node, ir.Alias) and isinstance(how.statement, ir.ImportFrom):
                    return how.node.name
            around = around.parent
        return None


@dataclass(slots=True, eq=False)
class CodeIndex:
    """All scopes of one module. Two definitions of one name are two scopes: ``f`` and ``f#2``."""

    module: str
    root: Scope
    scopes: dict[str, Scope] = field(default_factory=dict)
    by_node: dict[int, Scope] = field(default_factory=dict)
    _lambdas: dict[int, Scope] | None = None
    """By the ``id`` of the node; found when first asked for."""
    _named_lambdas: dict[str, Scope] | None = None
    """The same by qualified name."""
    _methods: dict[int, list[Scope]] | None = None
    """Functions by the ``id`` of the class they are in; found when first asked for."""

    def function(self, qualname: str) -> Scope | None:
        """The scope called *qualname*, that of a lambda (``f.<lambda>``) included."""
        if "<lambda>" not in qualname:
            return self.scopes.get(qualname)
        if self._named_lambdas is None:
            self._named_lambdas = {}
            for scope in self._made_lambdas().values():
                self._named_lambdas.setdefault(scope.qualname, scope)
        return self._named_lambdas.get(qualname)

    def lambda_scope(self, node: ir.Lambda) -> Scope | None:
        """A lambda of this module as a function that returns its body."""
        return self._made_lambdas().get(id(node))

    def _made_lambdas(self) -> dict[int, Scope]:
        if self._lambdas is None:
            self._lambdas = {}
            for scope in self.executed():
                _index_lambdas(scope.body, scope, self._lambdas)
        return self._lambdas

    def functions(self) -> Iterator[Scope]:
        """All functions and methods, in source order."""
        return (scope for scope in self.scopes.values() if scope.kind == "function")

    def methods(self, cls: Scope) -> Sequence[Scope]:
        """The functions that the class *cls* of this module defines itself, in source order."""
        if self._methods is None:
            self._methods = {}
            for scope in self.functions():
                if scope.owner is not None:
                    self._methods.setdefault(id(scope.owner), []).append(scope)
        return self._methods.get(id(cls), ())

    def executed(self) -> Iterator[Scope]:
        """Every scope whose body runs: the module, classes and functions."""
        yield self.root
        yield from self.scopes.values()


def index_code(module: str, code: ir.Module) -> CodeIndex:
    """The scopes of *code*."""
    root = Scope(module, "", "module", bound_names(code.body), None, None, code.body)
    index = CodeIndex(module, root)
    pending = [root]
    namesakes: dict[str, int] = {}
    while pending:
        scope = pending.pop()
        below: list[Scope] = []
        for node in walk_statements(scope.body):
            if not isinstance(node, ir.FunctionDef | ir.ClassDef):
                continue
            qualname = f"{scope.qualname}.{node.name}" if scope.qualname else node.name
            ordinal = namesakes[qualname] = namesakes.get(qualname, 0) + 1
            unique = qualname if ordinal == 1 else f"{qualname}#{ordinal}"
            is_function = isinstance(node, ir.FunctionDef)
            params = node.params if isinstance(node, ir.FunctionDef) else ()
            inner = Scope(
                module,
                unique,
                "function" if is_function else "class",
                bound_names(node.body, params),
                scope,
                node,
                node.body,
                _around_signature(scope, unique, node) if node.type_params else None,
            )
            index.scopes[unique] = inner
            index.by_node[id(node)] = inner
            for name, how in global_names(node.body, params) if is_function else ():
                root.names.add(name, how)
            below.append(inner)
        pending.extend(reversed(below))
    return index


def _around_signature(parent: Scope, qualname: str, node: ir.FunctionDef | ir.ClassDef) -> Scope:
    # Signatures of methods see what their class binds, although its functions do not.
    names = parent.names if parent.kind == "class" else Names()
    return Scope(parent.module, qualname, "function", names, parent, node)


def _spans_around(body: tuple[ir.Stmt, ...]) -> dict[int, ir.Span]:
    found: dict[int, ir.Span] = {}
    stack: list[tuple[Any, ir.Span, bool]] = [(node, _NOWHERE, True) for node in reversed(body)]
    while stack:
        node, at, runs_here = stack.pop()
        at = getattr(node, "at", at) if runs_here else at
        if isinstance(node, ir.Name | ir.Attr):
            found[id(node)] = at
        if isinstance(node, ir.FunctionDef | ir.ClassDef | ir.Lambda):
            stack += [(part, at, runs_here) for part in evaluated_where_it_stands(node)]
            if isinstance(node, ir.Lambda):
                stack.append((node.body, at, False))
        else:
            stack += [(part, at, runs_here) for part in children(node)]
    return found


def _index_lambdas(body: tuple[Any, ...], around: Scope, found: dict[int, Scope]) -> None:
    """Enters the lambdas of *body*, and those inside them, into *found*."""
    methods = (
        {id(node.value) for node in body if isinstance(node, ir.Assign)} if around.kind == "class" else ()
    )
    at: ir.Span = around.node.at if around.node is not None else (1, 1, 1, 1)
    number = 0
    for node in walk_own(body):
        at = getattr(node, "at", at)
        if not isinstance(node, ir.Lambda):
            continue
        number += 1
        name = "<lambda>" if number == 1 else f"<lambda>#{number}"
        qualname = f"{around.qualname}.{name}" if around.qualname else name
        returned: tuple[ir.Stmt, ...] = (ir.Return(node.body, at),)
        as_function = ir.FunctionDef("<lambda>", node.params, None, (), returned, False, at)
        # Only one that is an attribute of its class is called with an instance of it.
        parent = around.parent if around.kind == "class" and id(node) not in methods else around
        names = bound_names(returned, node.params)
        inner = Scope(around.module, qualname, "function", names, parent, as_function, returned)
        found[id(node)] = inner
        _index_lambdas(returned, inner, found)


def calls_in(scope: Scope) -> Iterator[ir.Call]:
    """The calls that running *scope*'s own body can make; nested functions excluded, their bodies run elsewhere.

    A lambda's body counts as part of the function that makes it.
    """
    for node in own_nodes(scope.body):
        if isinstance(node, ir.Call):
            yield node


def own_nodes(body: tuple[ir.Stmt, ...]) -> Iterator[Any]:
    """Every node that runs as part of *body*, the bodies of lambdas included."""
    for node in walk_own(body):
        yield node
        if isinstance(node, ir.Lambda):
            stack: list[Any] = [node.body]
            while stack:
                current = stack.pop()
                yield current
                stack.extend(children(current))


def enclosing_class(scope: Scope) -> Scope | None:
    """The class *scope* is in, however deep; None outside of classes."""
    current: Scope | None = scope
    while current is not None and current.kind != "class":
        current = current.parent
    return current
