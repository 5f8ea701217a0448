"""Which table an expression of SQLAlchemy's speaks about: classes, aliases, ``Table`` objects, statements and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import Scope
from archwright.project.inference import Inference
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.storage.keys import UNKNOWN, Keys, Part, bindings_of
from archwright.project.storage.literals import Made
from archwright.project.storage.models import Model, Models
from archwright.project.storage.schema import table_key
from archwright.project.values import ClassValue, ExternalValue, InstanceValue, Values

Answer = TypeVar("Answer")
DML = frozenset({"delete", "insert", "update"})
_DEPTH = 12
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
_NAMED = frozenset(
    f"sqlalchemy.{path}"
    for path in ("table", "sql.table", "sql.expression.table", "Table", "schema.Table", "sql.schema.Table")
)
"""Calls that make a table of a name; one declared in full at module level is known by its columns instead."""
_OF_COLLECTIONS = frozenset(
    {"as_readonly", "contains_column", "corresponding_column", "get", "items", "keys", "values"}
)
_CLASS_ATTRIBUTES = frozenset({"metadata", "registry", "query"})
_SQLMODEL = frozenset({"sqlmodel.SQLModel", "sqlmodel.main.SQLModel"})
_SQLMODEL_MEMBERS = frozenset(
    {
        *("construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema"),
        *(
            "model_computed_fields",
            "model_config",
            "model_construct",
            "model_copy",
            "model_dump",
            "model_dump_json",
        ),
        *("model_extra", "model_fields", "model_fields_set", "model_json_schema", "model_post_init"),
        *("model_rebuild", "model_validate", "model_validate_json", "model_validate_strings"),
        *("schema_json", "sqlmodel_update", "update_forward_refs", "validate"),
    }
)
"""What every class of SQLModel has from pydantic."""


class Target(msgspec.Struct, frozen=True):
    """A table, and how its columns are called in code."""

    name: str
    attributes: Mapping[str, str] = {}
    """Attribute: column; empty for a table that is only named."""
    others: frozenset[str] = frozenset()
    """Attributes that are not columns: relationships, methods, proxies."""
    mapped: bool = True
    """Whether ``attributes`` is all there is."""


class Targets:
    """Answers for one code base."""

    def __init__(self, inference: Inference, models: Models, evaluator: Evaluator) -> None:
        self._inference = inference
        self._models = models
        self._evaluator = evaluator
        self._known: dict[str, Target] = {}
        self._busy: set[tuple[str, int, str]] = set()
        self._keys = Keys(inference, evaluator, self.column)

    def table(self, expr: ir.Expr, scope: Scope, depth: int = _DEPTH) -> Target | None:
        """The table that *expr*, used as an entity, is; None when it is none, or more than one."""
        if depth == 0:
            return None
        if isinstance(expr, ir.Attr) and expr.name == "__table__":
            return self.table(expr.value, scope, depth - 1)
        if isinstance(expr, ir.Call):
            return self._called_table(expr, scope, depth)
        if not isinstance(expr, ir.Name | ir.Attr):
            return None
        classes = {v.qualified for v in self._inference.evaluate(expr, scope) if isinstance(v, ClassValue)}
        found = {name: model for name in classes if (model := self._models.of(name)) is not None}
        if len(found) == 1 and len(classes) == 1:
            ((name, model),) = found.items()
            return self._target(name, model)
        variable = self._variable(expr, scope)
        if variable is not None:
            return variable
        how = self._binding(expr, scope)
        if how is not None and how[0].kind == "assign" and isinstance(how[0].value, ir.Call | ir.Attr):
            return self.table(how[0].value, how[1], depth - 1)
        return None

    def column(self, node: ir.Attr, scope: Scope) -> tuple[Target, str] | None:
        """The column an attribute of a mapped class, or of a table's ``c``, names; an unknown one under its own name."""
        holder = node.value
        if isinstance(holder, ir.Attr) and holder.name in ("c", "columns"):
            target = self.table(holder.value, scope)
            if target is None or (_is_of_collections(node.name) and node.name not in target.attributes):
                return None
            return target, target.attributes.get(node.name, node.name)
        if node.name.startswith("__") or node.name in _CLASS_ATTRIBUTES:
            return None
        if not isinstance(holder, ir.Name | ir.Attr) or self._is_table_itself(holder, scope):
            return None
        target = self.table(holder, scope)
        if target is None or not target.mapped or node.name in target.others:
            return None
        if node.name in ("c", "columns") and node.name not in target.attributes:
            return None  # of a subquery that goes by the same name on another branch
        return target, target.attributes.get(node.name, node.name)

    def root(
        self, expr: ir.Expr | None, scope: Scope, depth: int = _DEPTH
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

    def row(self, expr: ir.Expr, scope: Scope, depth: int = _DEPTH) -> Target | None:
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

    def _is_table_itself(self, expr: ir.Name | ir.Attr, scope: Scope) -> bool:
        """Whether *expr* is the ``Table`` behind a mapped class, whose columns stand behind ``c`` only."""
        if isinstance(expr, ir.Attr):
            return expr.name == "__table__"
        how = self._binding(expr, scope)
        return how is not None and isinstance(how[0].value, ir.Attr) and how[0].value.name == "__table__"

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

    def _called_table(self, call: ir.Call, scope: Scope, depth: int) -> Target | None:
        names = external_names(self._inference.callees(call, scope))
        if any(n.rpartition(".")[2] in ("aliased", "with_polymorphic") for n in names) and call.args:
            return self.table(call.args[0].value, scope, depth - 1)
        if isinstance(call.func, ir.Attr) and call.func.name in ("alias", "tablesample"):
            return self.table(call.func.value, scope, depth - 1)
        if names & _NAMED:
            made = self._evaluator.evaluate(call, Frame(scope))
            if isinstance(made, Made) and made.args and isinstance(made.args[0], str):
                return Target(table_key(made.kwargs.get("schema"), made.args[0]), mapped=False)
        if names == {"builtins.type"} and len(call.args) == 1:
            return self.row(call.args[0].value, scope, depth - 1)
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

    def _variable(self, expr: ir.Name | ir.Attr, scope: Scope) -> Target | None:
        dotted = ir.dotted(expr)
        if dotted is None:
            return None
        root = dotted.partition(".")[0]
        current: Scope | None = scope
        while current is not None and current.kind != "module":
            if current.kind == "function" and root in current.names.bound:
                if current.names.bound[root][0].kind != "import":
                    return None
                break
            current = current.parent
        found = self._inference.project.names.resolve_in(scope.module, dotted)
        model = self._models.of(found.qualified) if found is not None and found.kind == "symbol" else None
        return None if model is None else self._target(model.cls, model)

    def _binding(self, expr: ir.Expr, scope: Scope) -> tuple[Bound, Scope] | None:
        found = list(self._bindings(expr, scope))
        return found[0] if len(found) == 1 else None

    @staticmethod
    def _bindings(expr: ir.Expr, scope: Scope) -> list[tuple[Bound, Scope]]:
        return bindings_of(expr, scope)

    def _target(self, name: str, model: Model) -> Target:
        known = self._known.get(name)
        if known is None:
            lineage = self._inference.classes.lineage(name)
            others = set() if _SQLMODEL.isdisjoint(lineage) else set(_SQLMODEL_MEMBERS)
            for base in lineage:
                if self._inference.classes.known(base):
                    module, qualname = self._inference.classes.locate(base)
                    scope = self._inference.index(module).scopes.get(qualname)
                    others.update(scope.names.bound if scope is not None else ())
            hidden = frozenset((others | self._models.backrefs) - set(model.attributes))
            known = Target(model.table.name, model.attributes, hidden, self._inference.classes.known(name))
            self._known[name] = known
        return known


def _is_of_collections(name: str) -> bool:
    """Whether a name is a member of what holds the columns of a table, which no column need be."""
    return name.startswith("__") or name in _OF_COLLECTIONS


def builds_statement(name: str) -> bool:
    """Whether a dotted name is SQLAlchemy's ``select``, ``insert``, ``update`` or ``delete``, of whatever dialect."""
    parts = name.split(".")
    # ``Session.query.filter.update``, ``Table.insert`` and ``insert.values.delete`` are methods.
    is_method = any(p[:1].isupper() or p in (*DML, "select", "query") for p in parts[:-1])
    return parts[0] in ("sqlalchemy", "sqlmodel") and parts[-1] in (*DML, "select") and not is_method


def external_names(values: Values) -> set[str]:
    """The dotted names of what is not of this code base among *values*."""
    return {v.name for v in values if isinstance(v, ExternalValue)}
