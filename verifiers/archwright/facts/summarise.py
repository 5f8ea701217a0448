"""IR to the small tier of facts."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable
from typing import Any

from archwright.facts import ir
from archwright.facts.binding import Bound, Names, bound_names, global_names, import_binds
from archwright.facts.folding import fold
from archwright.facts.summary import (
    Binding,
    Definition,
    DynamicFact,
    HeaderKey,
    ImportFact,
    Summary,
    UseFact,
)
from archwright.facts.walk import children, walk

_HEADER = re.compile(r"#\s*(?P<key>[A-Za-z][\w /-]{0,40}?)\s*:\s*(?P<value>\S.*)?$")
_WORD = re.compile(r"[^\W\d]\w*")
_LOADERS = {
    "importlib.import_module": "import_module",
    "importlib.__import__": "__import__",
    "__import__": "__import__",
    "builtins.__import__": "__import__",
    "runpy.run_module": "run_module",
    "pkgutil.resolve_name": "resolve_name",
}


def summarise(module: ir.Module, text: str) -> Summary:
    """The summary of a module that could be parsed from *text*."""
    collector = _Collector(module, walrus=":=" in text, declares_globals="global" in text)
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
        bindings=tuple(_module_bindings(collector.frames[0])),
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


class _Collector:
    """One pass over a module; frames are the chain of scopes the code at hand can see."""

    def __init__(self, module: ir.Module, *, walrus: bool, declares_globals: bool) -> None:
        self.walrus = walrus
        self.frames: list[Names] = [bound_names(module.body, walrus=walrus)]
        if declares_globals:
            for node in walk(module):
                if isinstance(node, ir.FunctionDef):
                    for name, how in global_names(node.body, node.params):
                        self.frames[0].add(name, how)
        self.frame_is_class: list[bool] = [False]
        self.modes: list[str] = []
        self.imports: list[ImportFact] = []
        self.definitions: list[Definition] = []
        self.uses: dict[tuple[object, ...], UseFact] = {}
        self.dynamic: list[DynamicFact] = []
        # Names that occur only as the value of a constant expression: ``getattr(x, "wri" "te")``.
        self.spelled: set[str] = set()
        # Imports are numbered up front: a function may use a module-level import that stands below it.
        self._numbers: dict[int, int] = {}
        self._hidden: list[frozenset[str]] = []

    # --- statements ---

    def block(self, body: tuple[ir.Stmt, ...], scope: str) -> None:
        self._number(body)
        for statement in body:
            self._statement(statement, scope)

    def _number(self, body: tuple[ir.Stmt, ...]) -> None:
        """Gives the imports of one scope their indexes, so that uses above them can refer to them."""
        for alias_id in self._aliases(self.frames[-1]):
            self._numbers.setdefault(alias_id, len(self._numbers))

    @staticmethod
    def _aliases(names: Names) -> list[int]:
        return [id(b.node) for bounds in names.bound.values() for b in bounds if b.kind == "import"]

    def _statement(self, statement: Any, scope: str) -> None:
        special = _STATEMENTS.get(type(statement))
        if special is not None:
            special(self, statement, scope)
            return
        at = getattr(statement, "at", (1, 1, 0, 0))
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

    def _if(self, statement: ir.If, scope: str) -> None:
        self._expression(statement.test, scope, statement.at)
        then, other = self._branch_modes(statement.test)
        self._under(then, statement.body, scope)
        self._under(other, statement.orelse, scope)

    def _try(self, statement: ir.Try, scope: str) -> None:
        guarded = "fallback" if any(self._catches_import(h) for h in statement.handlers) else None
        self._under(guarded, statement.body, scope)
        for handler in statement.handlers:
            self._expression(handler.type, scope, handler.at)
            self._under(guarded or "conditional", handler.body, scope)
        self._under(None, statement.orelse, scope)
        self._under(None, statement.final, scope)

    def _under(self, mode: str | None, body: tuple[ir.Stmt, ...], scope: str) -> None:
        if mode:
            self.modes.append(mode)
        for statement in body:
            self._statement(statement, scope)
        if mode:
            self.modes.pop()

    def _function(self, node: ir.FunctionDef, scope: str) -> None:
        qualname = f"{scope}.{node.name}" if scope else node.name
        decorators = tuple(filter(None, (_callee(d) for d in node.decorators)))
        self.definitions.append(Definition(qualname, "function", node.is_async, (), decorators, node.at[0]))
        for expr in (*node.decorators, node.returns):
            self._expression(expr, scope, node.at)
        for param in node.params:
            self._expression(param.annotation, scope, node.at)
            self._expression(param.default, scope, node.at)
        self.frames.append(bound_names(node.body, node.params, walrus=self.walrus))
        self.frame_is_class.append(False)
        self.modes.append("local")
        self.block(node.body, qualname)
        self.modes.pop()
        self.frame_is_class.pop()
        self.frames.pop()

    def _class(self, node: ir.ClassDef, scope: str) -> None:
        qualname = f"{scope}.{node.name}" if scope else node.name
        bases = tuple(filter(None, (_base(arg.value) for arg in node.bases if not arg.keyword)))
        decorators = tuple(filter(None, (_callee(d) for d in node.decorators)))
        self.definitions.append(Definition(qualname, "class", False, bases, decorators, node.at[0]))
        for expr in (*node.decorators, *(arg.value for arg in node.bases)):
            self._expression(expr, scope, node.at)
        self.frames.append(bound_names(node.body, walrus=self.walrus))
        self.frame_is_class.append(True)
        self.modes.append("class-body")
        self.block(node.body, qualname)
        self.modes.pop()
        self.frame_is_class.pop()
        self.frames.pop()

    # --- imports ---

    def _import(self, statement: ir.Import | ir.ImportFrom, scope: str) -> None:
        mode = "lazy" if statement.lazy else self._mode()
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
            number = self._numbers.setdefault(id(alias), len(self._numbers))
            while len(self.imports) <= number:
                self.imports.append(fact)
            self.imports[number] = fact

    def _mode(self) -> str:
        for mode in ("type-only", "local", "class-body", "type-else", "fallback", "conditional"):
            if mode in self.modes:
                return mode
        return "runtime"

    def _branch_modes(self, test: ir.Expr) -> tuple[str, str]:
        if self._is_type_checking(test):
            return "type-only", "type-else"
        if isinstance(test, ir.Unary) and test.op == "not" and self._is_type_checking(test.operand):
            return "type-else", "type-only"
        if isinstance(test, ir.BoolOp) and test.op == "and":
            parts = (test.left, test.right)
            if any(self._is_type_checking(part) for part in parts):
                return "type-only", "conditional"
        return "conditional", "conditional"

    def _is_type_checking(self, test: ir.Expr) -> bool:
        """Only ``typing.TYPE_CHECKING`` itself, or a module constant set to False under that name, is never true."""
        name = ir.dotted(test)
        if name is None:
            return False
        if any(how.kind == "assign" and not _is_false(how.value) for how in self._lookup(name)):
            return name != "TYPE_CHECKING" and self._absolute(name) in _TYPE_CHECKING
        if self._absolute(name) in _TYPE_CHECKING:
            return True
        return name == "TYPE_CHECKING" and _is_false(self.frames[0].only(name))

    def _catches_import(self, handler: ir.Handler) -> bool:
        kinds = handler.type.items if isinstance(handler.type, ir.Seq) else (handler.type,)
        names = {ir.dotted(kind) for kind in kinds}
        return bool(names & {None, "ImportError", "ModuleNotFoundError", "Exception", "BaseException"})

    # --- expressions ---

    def _expression(self, expr: Any, scope: str, at: ir.Span) -> None:
        if expr is None:
            return
        kind = type(expr)
        if kind in _LEAVES:
            return
        if kind is ir.Attr:
            name = ir.dotted(expr)
            if name is not None:
                self._use(name, (), scope, at)
                return
        elif kind is ir.Call:
            self._call(expr, scope)
        elif kind is ir.Subscript:
            if self._absolute(ir.dotted(expr.value)) == "sys.modules":
                target = fold(expr.index[0], self._constant)
                self.dynamic.append(DynamicFact("sys.modules", target, "", (), (), scope, self._mode(), at))
        elif kind is ir.Lambda:
            self._hiding({param.name for param in expr.params}, expr, scope, at)
            return
        elif kind is ir.Comp:
            targets = {n.id for c in expr.clauses for n in walk(c.target) if isinstance(n, ir.Name)}
            self._hiding(targets, expr, scope, at)
            return
        for child in children(expr):
            self._expression(child, scope, at)

    def _hiding(self, names: set[str], expr: object, scope: str, at: ir.Span) -> None:
        self._hidden.append(frozenset(names))
        for child in children(expr):
            self._expression(child, scope, at)
        self._hidden.pop()

    def _call(self, call: ir.Call, scope: str) -> None:
        callee = self._absolute(ir.dotted(call.func))
        if callee == "getattr" and len(call.args) >= 2:
            base = ir.dotted(call.args[0].value)
            target = fold(call.args[1].value, self._constant)
            if target is not None:
                self.spelled.update(target.split("."))
            if base is not None:
                if target is not None:
                    self._use(base, tuple(target.split(".")), scope, call.at)
                else:
                    imports, chain = self._chain(base)
                    if imports:
                        fact = DynamicFact("getattr", None, "", imports, chain, scope, self._mode(), call.at)
                        self.dynamic.append(fact)
        elif callee == "sys.modules.get" and call.args:
            target = fold(call.args[0].value, self._constant)
            self.dynamic.append(DynamicFact("sys.modules", target, "", (), (), scope, self._mode(), call.at))
        elif callee in _LOADERS and call.args:
            given = {arg.keyword or index: arg.value for index, arg in enumerate(call.args)}
            target = fold(given.get(0, given.get("name")), self._constant)
            package_argument = given.get(1, given.get("package"))
            package = "" if package_argument is None else fold(package_argument, self._constant)
            if callee != "importlib.import_module":
                package = ""
            fact = DynamicFact(_LOADERS[callee], target, package, (), (), scope, self._mode(), call.at)
            self.dynamic.append(fact)

    def _use(self, name: str, more: tuple[str, ...], scope: str, at: ir.Span) -> None:
        imports, chain = self._chain(name)
        if imports and (chain or more):
            key = (imports, chain + more, scope, self._mode())
            if key not in self.uses:
                self.uses[key] = UseFact(imports, chain + more, scope, self._mode(), at)

    # --- names ---

    def _lookup(self, name: str) -> list[Bound]:
        if any(name in hidden for hidden in self._hidden):
            return []
        for depth in range(len(self.frames) - 1, -1, -1):
            if self.frame_is_class[depth] and depth != len(self.frames) - 1:
                continue
            if name in self.frames[depth].bound:
                return self.frames[depth].bound[name]
        return [_BUILTIN]

    def _constant(self, name: str) -> ir.Expr | None:
        bounds = self._lookup(name)
        return bounds[0].value if len(bounds) == 1 and bounds[0].kind == "assign" else None

    def _chain(self, name: str, depth: int = 4) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The imports a dotted name may start from and the attributes after them, through local aliases."""
        root, *rest = name.split(".")
        bounds = self._lookup(root)
        imports = tuple(
            self._numbers.setdefault(id(b.node), len(self._numbers)) for b in bounds if b.kind == "import"
        )
        if imports:
            return imports, tuple(rest)
        if depth and len(bounds) == 1 and bounds[0].kind == "assign":
            target = ir.dotted(bounds[0].value)
            if target is not None and target.split(".")[0] != root:
                found, chain = self._chain(target, depth - 1)
                return found, chain + tuple(rest)
        return (), ()

    def _absolute(self, name: str | None, depth: int = 4) -> str | None:
        """The dotted name with its root replaced by what the root was imported as; for names of other packages."""
        if name is None:
            return None
        root, _, rest = name.partition(".")
        bounds = self._lookup(root)
        suffix = f".{rest}" if rest else ""
        for how in bounds:
            if how.kind == "import" and isinstance(how.node, ir.Alias):
                if isinstance(how.statement, ir.ImportFrom):
                    if how.statement.level == 0:
                        return f"{how.statement.module}.{how.node.name}{suffix}"
                    return None
                return (how.node.name if how.node.asname else root) + suffix
            if how.kind == "assign" and depth and len(bounds) == 1:
                target = ir.dotted(how.value)
                if target is not None and target.split(".")[0] != root:
                    return self._absolute(target + suffix, depth - 1)
            if how is _BUILTIN:
                return name
        return None


_BUILTIN = Bound("builtin")
_TYPE_CHECKING = ("typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING")
_LEAVES = frozenset({ir.Name, ir.Str, ir.Num, ir.Const})
_STATEMENT_TYPES = frozenset(typing.get_args(ir.Stmt))
_STATEMENTS: dict[type, Callable[[_Collector, Any, str], None]] = {
    ir.Import: _Collector._import,
    ir.ImportFrom: _Collector._import,
    ir.FunctionDef: _Collector._function,
    ir.ClassDef: _Collector._class,
    ir.If: _Collector._if,
    ir.Try: _Collector._try,
}


def _callee(expr: ir.Expr) -> str | None:
    return ir.dotted(expr.func if isinstance(expr, ir.Call) else expr)


def _base(expr: ir.Expr) -> str | None:
    return ir.dotted(expr.value if isinstance(expr, ir.Subscript) else expr)


def _is_false(expr: ir.Expr | None) -> bool:
    return isinstance(expr, ir.Const) and expr.text == "False"


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
