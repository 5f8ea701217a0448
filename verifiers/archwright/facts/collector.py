"""One pass over a module for what it imports, defines and uses."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

from archwright.facts import ir
from archwright.facts.binding import bound_names, global_names, import_binds
from archwright.facts.dynamic_imports import LOADERS, Named, loader_at, named_modules
from archwright.facts.frames import Frames
from archwright.facts.import_modes import Modes, catches_import
from archwright.facts.summary import Definition, DynamicFact, ImportFact, UseFact
from archwright.facts.walk import children, walk


class Collector:
    """One pass over a module."""

    def __init__(self, module: ir.Module, *, walrus: bool, declares_globals: bool, loads: bool) -> None:
        """The flags promise what does not occur, which saves looking for it: ``:=``, ``global``, loaders of modules."""
        self.walrus = walrus
        self.loads = loads
        self.frames = Frames(bound_names(module.body, walrus=walrus))
        if declares_globals:
            for node in walk(module):
                if isinstance(node, ir.FunctionDef):
                    for name, how in global_names(node.body, node.params):
                        self.frames.module.add(name, how)
        self.modes = Modes(self.frames)
        self.imports: list[ImportFact] = []
        self.definitions: list[Definition] = []
        self.uses: dict[tuple[object, ...], UseFact] = {}
        self.dynamic: list[DynamicFact] = []
        # Names that occur only as the value of a constant expression: ``getattr(x, "wri" "te")``.
        self.spelled: set[str] = set()
        # Loaders where they are called, or given another name: nobody else gets hold of them there.
        self._at_home: set[int] = set()

    # --- statements ---

    def block(self, body: tuple[ir.Stmt, ...], scope: str) -> None:
        # The imports of one scope get their indexes first, so that uses above them can refer to them.
        for bounds in self.frames.own.bound.values():
            for how in bounds:
                if how.kind == "import":
                    self.frames.number(how.node)
        for statement in body:
            self._statement(statement, scope)

    def _statement(self, statement: Any, scope: str) -> None:
        special = _STATEMENTS.get(type(statement))
        if special is not None:
            special(self, statement, scope)
            return
        at = getattr(statement, "at", (1, 1, 0, 0))
        if self.loads and isinstance(statement, ir.Assign):
            self._renamed(statement)
        for child in children(statement):
            if type(child) in _STATEMENT_TYPES:
                self._statement(child, scope)
            elif type(child) is ir.WithItem or type(child) is ir.Case:
                for part in children(child):
                    if type(part) in _STATEMENT_TYPES:
                        self._statement(part, scope)
                    else:
                        self._expression(part, scope, at)
            else:
                self._expression(child, scope, at)

    def _renamed(self, statement: ir.Assign) -> None:
        """``load = import_module``: calls of the name are seen as calls of the loader."""
        self._at_home.update(map(id, statement.targets))
        if not self.frames.in_class and all(isinstance(target, ir.Name) for target in statement.targets):
            self._at_home.add(id(statement.value))

    def _if(self, statement: ir.If, scope: str) -> None:
        self._expression(statement.test, scope, statement.at)
        then, other = self.modes.of_branches(statement.test)
        self._under(then, statement.body, scope)
        self._under(other, statement.orelse, scope)

    def _try(self, statement: ir.Try, scope: str) -> None:
        guarded = "fallback" if any(catches_import(h) for h in statement.handlers) else None
        self._under(guarded, statement.body, scope)
        for handler in statement.handlers:
            self._expression(handler.type, scope, handler.at)
            self._under(guarded or "conditional", handler.body, scope)
        self._under(None, statement.orelse, scope)
        self._under(None, statement.final, scope)

    def _under(self, mode: str | None, body: tuple[ir.Stmt, ...], scope: str) -> None:
        with self.modes.inside(mode):
            for statement in body:
                self._statement(statement, scope)

    def _function(self, node: ir.FunctionDef, scope: str) -> None:
        qualname = f"{scope}.{node.name}" if scope else node.name
        decorators = tuple(filter(None, (_callee(d) for d in node.decorators)))
        self.definitions.append(Definition(qualname, "function", node.is_async, (), decorators, node.at[0]))
        for expr in (*node.decorators, *(param.bound for param in node.type_params), node.returns):
            self._expression(expr, scope, node.at)
        for param in node.params:
            self._expression(param.annotation, scope, node.at)
            self._expression(param.default, scope, node.at)
        names = bound_names(node.body, node.params, walrus=self.walrus)
        with self.frames.inside(names, is_class=False), self.modes.inside("local"):
            self.block(node.body, qualname)

    def _class(self, node: ir.ClassDef, scope: str) -> None:
        qualname = f"{scope}.{node.name}" if scope else node.name
        bases = tuple(filter(None, (_base(arg.value) for arg in node.bases if not arg.keyword)))
        decorators = tuple(filter(None, (_callee(d) for d in node.decorators)))
        self.definitions.append(Definition(qualname, "class", False, bases, decorators, node.at[0]))
        bounds = (param.bound for param in node.type_params)
        for expr in (*node.decorators, *bounds, *(arg.value for arg in node.bases)):
            self._expression(expr, scope, node.at)
        with (
            self.frames.inside(bound_names(node.body, walrus=self.walrus), is_class=True),
            self.modes.inside("class-body"),
        ):
            self.block(node.body, qualname)

    # --- imports ---

    def _import(self, statement: ir.Import | ir.ImportFrom, scope: str) -> None:
        mode = "lazy" if statement.lazy else self.modes.current()
        for alias in statement.names:
            is_from = isinstance(statement, ir.ImportFrom)
            fact = ImportFact(
                module=statement.module if isinstance(statement, ir.ImportFrom) else alias.name,
                level=statement.level if isinstance(statement, ir.ImportFrom) else 0,
                name=alias.name if is_from else "",
                bound=import_binds(statement, alias),
                root_only=not is_from and alias.asname is None,
                mode=mode,
                scope=scope,
                at=alias.at,
            )
            number = self.frames.number(alias)
            while len(self.imports) <= number:
                self.imports.append(fact)
            self.imports[number] = fact

    # --- expressions ---

    def _expression(self, expr: Any, scope: str, at: ir.Span) -> None:
        if expr is None:
            return
        kind = type(expr)
        if kind in _LEAVES:
            if self.loads and kind is ir.Name:
                self._handed_on(expr, scope, at)
            return
        if kind is ir.Attr:
            name = ir.dotted(expr)
            if name is not None:
                if self.loads:
                    self._handed_on(expr, scope, at)
                self._use(name, (), scope, at)
                return
        elif kind is ir.Call:
            self._call(expr, scope)
        elif kind is ir.Subscript:
            if self.frames.absolute(ir.dotted(expr.value)) == "sys.modules":
                self._names(Named("sys.modules", self.frames.text(expr.index[0])), scope, at)
        elif kind is ir.Lambda:
            with self.frames.hiding({param.name for param in expr.params}):
                self._children(expr, scope, at)
            return
        elif kind is ir.Comp:
            targets = {n.id for c in expr.clauses for n in walk(c.target) if isinstance(n, ir.Name)}
            with self.frames.hiding(targets):
                self._children(expr, scope, at)
            return
        self._children(expr, scope, at)

    def _children(self, expr: object, scope: str, at: ir.Span) -> None:
        for child in children(expr):
            self._expression(child, scope, at)

    def _call(self, call: ir.Call, scope: str) -> None:
        if self.frames.absolute(ir.dotted(call.func)) == "getattr" and len(call.args) >= 2:
            self._getattr(call, scope)
            return
        for named in named_modules(call, self.frames):
            self._names(named, scope, call.at)
            self._at_home.update((id(call.func), id(call.args[0].value) if call.args else 0))

    def _getattr(self, call: ir.Call, scope: str) -> None:
        base = ir.dotted(call.args[0].value)
        target = self.frames.text(call.args[1].value)
        if target is not None:
            self.spelled.update(target.split("."))
        if base is None:
            return
        if target is not None:
            self._use(base, tuple(target.split(".")), scope, call.at)
            return
        imports, chain = self.frames.chain(base)
        if imports:
            fact = DynamicFact("getattr", None, "", imports, chain, scope, self.modes.current(), call.at)
            self.dynamic.append(fact)

    def _handed_on(self, expr: ir.Expr, scope: str, at: ir.Span) -> None:
        """A function that loads modules, given to somebody: what that one loads with it, nobody knows."""
        if id(expr) not in self._at_home and (loader := loader_at(expr, self.frames)) is not None:
            self._names(Named(LOADERS[loader], None), scope, at)

    def _names(self, named: Named, scope: str, at: ir.Span) -> None:
        self.dynamic.append(
            DynamicFact(named.how, named.target, named.package, (), (), scope, self.modes.current(), at)
        )

    def _use(self, name: str, more: tuple[str, ...], scope: str, at: ir.Span) -> None:
        imports, chain = self.frames.chain(name)
        if imports and (chain or more):
            key = (imports, chain + more, scope, self.modes.current())
            if key not in self.uses:
                self.uses[key] = UseFact(imports, chain + more, scope, self.modes.current(), at)


_LEAVES = frozenset({ir.Name, ir.Str, ir.Num, ir.Const})
_STATEMENT_TYPES = frozenset(typing.get_args(ir.Stmt))
_STATEMENTS: dict[type, Callable[[Collector, Any, str], None]] = {
    ir.Import: Collector._import,
    ir.ImportFrom: Collector._import,
    ir.FunctionDef: Collector._function,
    ir.ClassDef: Collector._class,
    ir.If: Collector._if,
    ir.Try: Collector._try,
}


def _callee(expr: ir.Expr) -> str | None:
    return ir.dotted(expr.func if isinstance(expr, ir.Call) else expr)


def _base(expr: ir.Expr) -> str | None:
    return ir.dotted(expr.value if isinstance(expr, ir.Subscript) else expr)
