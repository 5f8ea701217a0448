"""What an executed statement does: SQL texts and SQLAlchemy constructs, followed to where they are built."""

from __future__ import annotations

from typing import Any

from archwright.facts import ir
from archwright.facts.folding import fold
from archwright.facts.walk import walk, walk_own
from archwright.project.code import Scope
from archwright.project.effects.catalogue import statement_kind
from archwright.project.effects.facts import Effect
from archwright.project.effects.sql import ANY_STATEMENT, read_sql
from archwright.project.storage.evaluate import DEPTH
from archwright.project.storage.execute import Executor
from archwright.project.storage.literals import Class, Function, Made
from archwright.project.storage.schema import Schema
from archwright.project.types.inference import Inference
from archwright.project.types.values import (
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    Values,
)

_DEPTH = 8
_SQLMODEL = frozenset({"sqlmodel.SQLModel", "sqlmodel.main.SQLModel"})
_VERBS = {"select": "db.read", "insert": "db.write", "update": "db.write", "delete": "db.write"}
_UNKNOWN = (Effect("db.read"), Effect("db.write"))
_ANYTHING = tuple(Effect(name) for name in ANY_STATEMENT)
Reading = tuple[tuple[Effect, ...], bool]
"""Effects, and whether they all happen (True) or one of them does (False)."""


class StatementReader:
    """Reads statement expressions; one per project."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._reads = inference.project.reads
        self._tables: dict[tuple[str, str], str] = self._reads.table(None)

    def read(self, expr: ir.Expr | None, scope: Scope, *, text: bool = False) -> list[Reading]:
        """What running *expr* does; *text*: a plain string is SQL there."""
        found = self._read(expr, scope, text=text, depth=_DEPTH)
        return found or [(_UNKNOWN, False)]

    def text(self, expr: ir.Expr | None, scope: Scope) -> Reading | None:
        """What the SQL in a string expression does; None when nothing of it can be told."""
        folded = fold(expr, self._constants(scope))
        if folded is not None:
            effects = read_sql(folded)
            return None if effects is None else (effects, True)
        if isinstance(expr, ir.FString) and expr.parts and isinstance(expr.parts[0], ir.Str):
            effects = read_sql(expr.parts[0].value, whole=False)
            return None if effects is None else (effects, True)
        if isinstance(expr, ir.BinOp) and expr.op in ("+", "%"):
            head = fold(expr.left, self._constants(scope))
            effects = None if head is None else read_sql(head, whole=False)
            return None if effects is None else (effects, True)
        return None

    def table(self, values: Values) -> str:
        """The one table of the mapped classes, and instances of them, among *values*; empty for none or several."""
        names = self.tables(values)
        return names[0] if len(names) == 1 else ""

    def tables(self, values: Values) -> tuple[str, ...]:
        """The tables of the mapped classes, and instances of them, among *values*, sorted."""
        mapped = (v for v in values if isinstance(v, ClassValue | InstanceValue))
        return tuple(sorted({name for v in mapped if (name := self._table_of(v.module, v.qualname))}))

    # --- statements ---

    def _read(self, expr: ir.Expr | None, scope: Scope, *, text: bool, depth: int) -> list[Reading]:
        if expr is None or depth <= 0:
            return []
        if isinstance(expr, ir.Await | ir.Walrus):
            return self._read(expr.value, scope, text=text, depth=depth - 1)
        if isinstance(expr, ir.IfExp):
            arms = [self._read(arm, scope, text=text, depth=depth - 1) for arm in (expr.body, expr.orelse)]
            return _one_of(arms)
        if text and isinstance(expr, ir.Str | ir.FString | ir.BinOp):
            reading = self.text(expr, scope)
            return [reading] if reading else [(_ANYTHING, False)]
        if isinstance(expr, ir.Name):
            return self._named(expr.id, scope, text=text, depth=depth)
        if isinstance(expr, ir.Call):
            built = self._built(expr, scope, depth)
            if built:
                return built
        return self._by_type(self._inference.evaluate(expr, scope))

    def _named(self, name: str, scope: Scope, *, text: bool, depth: int) -> list[Reading]:
        """A name stands for any of the expressions it is bound to, ``statement = statement.where(...)`` included."""
        current: Scope | None = scope
        while current is not None:
            bindings = current.names.bound.get(name)
            if bindings and (current is scope or current.kind != "class"):
                values = [b.value for b in bindings if b.kind == "assign" and b.value is not None]
                fresh = [v for v in values if not _starts_from(v, name)]
                if fresh and len(values) == len(bindings):
                    readings = _one_of([self._read(v, current, text=text, depth=depth - 1) for v in fresh])
                    if readings:
                        return readings
                imported = self._imported(name, current, text=text, depth=depth)
                return imported or self._by_type(self._inference.name(name, scope))
            current = current.parent
        return []

    def _imported(self, name: str, scope: Scope, *, text: bool, depth: int) -> list[Reading]:
        found = self._inference.project.names.resolve_in(scope.module, name)
        if found is None or found.kind != "symbol" or found.module == scope.module:
            return []
        index = self._inference.index(found.module)
        return (
            self._named(found.symbol, index.root, text=text, depth=depth - 1)
            if "." not in found.symbol
            else []
        )

    def _built(self, call: ir.Call, scope: Scope, depth: int) -> list[Reading]:
        """``select(Model).where(...)`` and its kin, ``text("...")``, or a function of this code base that returns one."""
        values = self._inference.callees(call, scope)
        kinds = {k for v in values if isinstance(v, ExternalValue) and (k := statement_kind(v.name))}
        if kinds == {"text"}:
            if isinstance(call.func, ir.Attr) and isinstance(call.func.value, ir.Call):
                return self._built(call.func.value, scope, depth - 1)
            reading = self.text(call.args[0].value if call.args else None, scope)
            return [reading] if reading else [(_ANYTHING, False)]
        if len(kinds) == 1:
            return [self._construct(call, scope, kinds.pop(), depth)]
        made: list[list[Reading]] = []
        for value in sorted((v for v in values if isinstance(v, FunctionValue)), key=repr):
            inner = self._inference.scope(value)
            if inner is not None and depth > 1:
                returned = [n.value for n in walk_own(inner.body) if isinstance(n, ir.Return)]
                made.append(_one_of([self._read(r, inner, text=False, depth=depth - 2) for r in returned]))
        return _one_of(made)

    def _construct(self, call: ir.Call, scope: Scope, kind: str, depth: int) -> Reading:
        tables: list[str] = []
        head: ir.Call = call
        current: Any = call
        while isinstance(current, ir.Call):
            head = current
            for arg in current.args:
                tables += self._tables_in(arg.value, scope)
            current = current.func.value if isinstance(current.func, ir.Attr) else None
        base = (
            self._named(current.id, scope, text=False, depth=depth - 1)
            if isinstance(current, ir.Name)
            else []
        )
        if base:
            more = [Effect("db.read", table) for table in tables if kind == "select"]
            effects = dict.fromkeys([*(e for reading, _ in base for e in reading), *more])
            return tuple(effects), all(all_happen for _, all_happen in base)
        if kind == "select":
            return tuple(Effect("db.read", t) for t in dict.fromkeys(tables)) or (Effect("db.read"),), True
        target = self._tables_in(head.args[0].value, scope) if head.args else []
        return (Effect(_VERBS[kind], target[0] if target else ""),), True

    def _tables_in(self, expr: ir.Expr, scope: Scope) -> list[str]:
        """The tables of mapped classes, and of ``Table`` objects, that are named in *expr*."""
        found: list[str] = []
        for node in walk(expr):
            if isinstance(node, ir.Name):
                values = self._inference.name(node.id, scope)
                name = self.table(frozenset(v for v in values if isinstance(v, ClassValue)))
                found += [name] if name else self._classic(node.id, values, scope)
        return found

    def _classic(self, name: str, values: Values, scope: Scope) -> list[str]:
        if not any(isinstance(v, ExternalInstance) and v.name.endswith(".Table") for v in values):
            return []
        found = self._inference.project.names.resolve_in(scope.module, name)
        if found is None or found.kind != "symbol":
            return []
        root = self._inference.index(found.module).root
        made = root.names.only(found.symbol)
        if isinstance(made, ir.Call) and made.args:
            table = fold(made.args[0].value, self._constants(root))
            return [table] if table else []
        return []

    def _by_type(self, values: Values) -> list[Reading]:
        kinds = {
            statement_kind(value.name) if isinstance(value, ExternalInstance | ExternalValue) else ""
            for value in values
        }
        verb = _VERBS.get(kinds.pop()) if len(kinds) == 1 else None
        return [((Effect(verb),), True)] if verb else []

    # --- tables and constants ---

    def _table_of(self, module: str, qualname: str) -> str:
        key = (module, qualname)
        known = self._tables.get(key)
        if known is None:
            named = f"{module}.{qualname.split('#')[0]}"
            known = self._reads.made(self._tables, key, lambda: self._read_table(named))
        return known

    def _read_table(self, qualified: str) -> str:
        classes = self._inference.classes
        lineage = classes.lineage(qualified)
        own = classes.locate(qualified)[1].rpartition(".")[2]
        named_so = own.lower() if not _SQLMODEL.isdisjoint(lineage) else ""
        if named_so and not self._is_table(qualified):
            return ""
        for base in lineage:
            if not classes.known(base):
                continue
            module, qualname = classes.locate(base)
            scope = self._inference.index(module).scopes.get(qualname)
            bindings = scope.names.bound.get("__tablename__", []) if scope is not None else []
            if scope is None or not bindings:
                continue
            if len(bindings) == 1 and bindings[0].kind == "assign":
                return fold(bindings[0].value, self._constants(scope)) or ""
            if bindings[-1].kind == "function":
                return self._computed(qualified, own=base == qualified)
        return named_so

    def _computed(self, qualified: str, *, own: bool) -> str:
        """The table of a class that gets its name from a declared attribute; a base or mixin of tables has none itself."""
        cls = Class(*self._inference.classes.locate(qualified))
        scope = self._inference.index(cls.module).scopes.get(cls.qualname)
        if scope is None or "__abstract__" in scope.names.bound:
            return ""
        runner = Executor(self._inference, "postgresql", Schema())
        made = runner.class_attribute(cls, "__tablename__")
        if not isinstance(made, Function):
            return ""
        if own:
            # What a base computes for each class says nothing of the base; its own constant does.
            returns = [node.value for node in walk_own(made.scope.body) if isinstance(node, ir.Return)]
            if not all(isinstance(value, ir.Str) for value in returns):
                return ""
        name = runner.call_function(made, Made("__tablename__", (cls,)), DEPTH)
        return name if isinstance(name, str) else ""

    def _is_table(self, qualified: str) -> bool:
        """Whether a class of SQLModel is a table, and no mere shape of data."""
        module, qualname = self._inference.classes.locate(qualified)
        scope = self._inference.index(module).scopes.get(qualname)
        node = scope.node if scope is not None else None
        return isinstance(node, ir.ClassDef) and any(
            arg.keyword == "table" and arg.value == ir.Const("True") for arg in node.bases
        )

    def _constants(self, scope: Scope) -> Any:
        def look_up(name: str) -> ir.Expr | None:
            current: Scope | None = scope
            while current is not None:
                if name in current.names.bound:
                    only = current.names.only(name)
                    return only if only is not None else self._constant_elsewhere(name, current)
                current = current.parent
            return None

        return look_up

    def _constant_elsewhere(self, name: str, scope: Scope) -> ir.Expr | None:
        found = self._inference.project.names.resolve_in(scope.module, name)
        if found is None or found.kind != "symbol" or "." in found.symbol or found.module == scope.module:
            return None
        only = self._inference.index(found.module).root.names.only(found.symbol)
        # Only what needs no further look-up: its names would be looked up in the wrong module.
        return only if isinstance(only, ir.Str) else None


def _one_of(arms: list[list[Reading]]) -> list[Reading]:
    """What happens when one of several statements is run: all must be known to say anything."""
    if not arms or any(not arm for arm in arms):
        return []
    return list(dict.fromkeys(reading for arm in arms for reading in arm))


def _starts_from(expr: ir.Expr, name: str) -> bool:
    """Whether *expr* is a chain of calls on *name* itself."""
    current: Any = expr
    while isinstance(current, ir.Call | ir.Attr):
        current = current.func if isinstance(current, ir.Call) else current.value
    return isinstance(current, ir.Name) and current.id == name
