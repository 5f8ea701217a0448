"""Which table an expression of SQLAlchemy's speaks about: classes, aliases, ``Table`` objects, statements and rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.keys import UNKNOWN, Keys, Part, bindings_of
from archwright.project.storage.models import Models
from archwright.project.storage.statementnames import DML, builds_statement, external_names
from archwright.project.storage.tabletargets import DEPTH, TableTargets, Target
from archwright.project.types.inference import Inference
from archwright.project.types.values import ClassValue, InstanceValue

Answer = TypeVar("Answer")
_ROWS = frozenset(
    {
        *(
            "all",
            "execute",
            "fetchall",
            "fetchone",
            "first",
            "freeze",
            "get",
            "get_one",
            "mappings",
            "merge",
            "one",
        ),
        *("one_or_none", "partitions", "scalar", "scalar_one", "scalar_one_or_none", "scalars", "stream"),
        *("stream_scalars", "unique", "yield_per"),
    }
)
"""Methods of sessions and results that give rows, or more of what gives rows."""
_SAME = frozenset({"builtins.iter", "builtins.list", "builtins.next", "builtins.reversed", "builtins.sorted"})


class Targets(TableTargets):
    """Answers for one code base."""

    def __init__(self, inference: Inference, models: Models, evaluator: Evaluator) -> None:
        super().__init__(inference, models, evaluator)
        self._busy: set[tuple[str, int, str]] = set()
        self._keys = Keys(inference, evaluator, self.column)

    def root(
        self, expr: ir.Expr | None, scope: Scope, depth: int = DEPTH
    ) -> tuple[str, Target | None] | None:
        """The verb and table of the statement a chain of calls builds on; None when it is no such chain."""
        if depth == 0 or expr is None:
            return None
        if isinstance(expr, ir.Await):
            return self.root(expr.value, scope, depth - 1)
        if isinstance(expr, ir.Name):
            return self._once(("root", id(scope), expr.id), lambda: self._named_root(expr, scope, depth))
        if not isinstance(expr, ir.Call):
            return None
        for name in external_names(self._inference.callees(expr, scope)):
            verb = name.rpartition(".")[2]
            if builds_statement(name):
                return verb, self.table(expr.args[0].value, scope) if expr.args else None
        if isinstance(expr.func, ir.Attr):
            if expr.func.name in DML:
                target = self.table(expr.func.value, scope)
                if target is not None:
                    return expr.func.name, target
            if expr.func.name == "query" and expr.args:
                return "query", self.table(expr.args[0].value, scope)
            return self.root(expr.func.value, scope, depth - 1)
        return None

    def row(self, expr: ir.Expr, scope: Scope, depth: int = DEPTH) -> Target | None:
        """The table whose row *expr* is, or gives when it is gone through."""
        if depth == 0:
            return None
        if isinstance(expr, ir.Await | ir.Walrus | ir.Star):
            return self.row(expr.value, scope, depth - 1)
        if isinstance(expr, ir.Subscript):
            return self.row(expr.value, scope, depth - 1)
        names = {
            v.cls.qualified for v in self._inference.evaluate(expr, scope) if isinstance(v, InstanceValue)
        }
        for name in sorted(names):
            model = self._models.of(name)
            if model is not None:
                return self._target(name, model)
        if isinstance(expr, ir.Call):
            return self._called_row(expr, scope, depth)
        if isinstance(expr, ir.Name):
            return self._once(("row", id(scope), expr.id), lambda: self._named_row(expr, scope, depth))
        return None

    def constructed(self, call: ir.Call, scope: Scope) -> Target | None:
        """The table a row of which *call* makes."""
        values = self._inference.callees(call, scope)
        names = {v.qualified for v in values if isinstance(v, ClassValue)}
        found = [name for name in sorted(names) if self._models.of(name) is not None]
        model = self._models.of(found[0]) if len(found) == 1 else None
        return None if model is None else self._target(found[0], model)

    def keys(self, expr: ir.Expr | None, scope: Scope) -> tuple[Part, ...]:
        """The column names in a dict, a list of dicts or a list of names."""
        return self._keys.of(expr, scope)

    def assigned(self, expr: ir.Name, scope: Scope) -> list[tuple[ir.Expr, Scope]]:
        """The expressions assigned to a name, here or at the top level of the module it is imported from."""
        found: list[tuple[ir.Expr, Scope]] = []
        for how, where in bindings_of(expr, scope):
            if how.kind == "assign" and how.value is not None:
                found.append((how.value, where))
            elif how.kind == "import":
                resolved = self._inference.project.names.resolve_in(where.module, expr.id)
                if (
                    resolved is not None
                    and resolved.kind == "symbol"
                    and self._inference.project.has(resolved.module)
                ):
                    root = self._inference.index(resolved.module).root
                    value = root.names.only(resolved.symbol)
                    found += [(value, root)] if value is not None else []
        return found

    def loop_names(self, expr: ir.Expr, scope: Scope) -> tuple[Part, ...]:
        """The strings a loop variable goes through: ``for name in (...)``, ``for name, value in table.items()``."""
        for how, where in self._bindings(expr, scope):
            loop = how.node
            if how.kind != "for" or not isinstance(loop, ir.For):
                return UNKNOWN
            source, first = loop.iter, loop.target
            if isinstance(source, ir.Call) and isinstance(source.func, ir.Attr) and not source.args:
                if source.func.name == "items" and isinstance(first, ir.Seq):
                    first = first.items[0]
                elif source.func.name != "keys":
                    return UNKNOWN
                source = source.func.value
            return self._keys.of(source, where) if first == expr else UNKNOWN
        return UNKNOWN

    # --- helpers ---

    def _once(self, key: tuple[str, int, str], find: Callable[[], Answer | None]) -> Answer | None:
        """*find* for a name, unless it is being looked for already: ``query = query.where(…)`` leads back to itself."""
        if key in self._busy:
            return None
        self._busy.add(key)
        try:
            return find()
        finally:
            self._busy.discard(key)

    def _named_root(self, expr: ir.Name, scope: Scope, depth: int) -> tuple[str, Target | None] | None:
        for how, where in self._bindings(expr, scope):
            found = self.root(how.value, where, depth - 1) if how.kind == "assign" else None
            if found is not None:
                return found
        return None

    def _named_row(self, expr: ir.Name, scope: Scope, depth: int) -> Target | None:
        for how, where in self._bindings(expr, scope):
            source: Any = how.value
            if how.kind == "for" and isinstance(how.node, ir.For) and isinstance(how.node.target, ir.Name):
                source = how.node.iter
            found = self.row(source, where, depth - 1) if source is not None else None
            if found is not None:
                return found
        return None

    def _called_row(self, call: ir.Call, scope: Scope, depth: int) -> Target | None:
        if isinstance(call.func, ir.Attr) and call.func.name in _ROWS:
            if call.args:
                direct = self.table(call.args[0].value, scope)
                if direct is not None:
                    return direct
                found = self.root(call.args[0].value, scope)
                if found is not None:
                    return found[1]
                if call.func.name == "merge":
                    return self.row(call.args[0].value, scope, depth - 1)
            queried = self.root(call.func.value, scope)
            if queried is not None and queried[0] == "query":
                return queried[1]
            return self.row(call.func.value, scope, depth - 1)
        if call.args and external_names(self._inference.callees(call, scope)) & _SAME:
            return self.row(call.args[0].value, scope, depth - 1)
        return None
