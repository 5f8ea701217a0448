"""Which table an entity of SQLAlchemy's is – a class, an alias, a ``Table`` – and how its columns are called in code."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import Scope
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.storage.keys import bindings_of
from archwright.project.storage.literals import Made
from archwright.project.storage.models import Model, Models
from archwright.project.storage.schema import table_key
from archwright.project.storage.statementnames import external_names
from archwright.project.types.inference import Inference
from archwright.project.types.values import ClassValue

DEPTH = 12
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


class TableTargets:
    """Answers about entities."""

    def __init__(self, inference: Inference, models: Models, evaluator: Evaluator) -> None:
        self._inference = inference
        self._models = models
        self._evaluator = evaluator
        self._known: dict[str, Target] = {}

    def row(self, expr: ir.Expr, scope: Scope, depth: int = DEPTH) -> Target | None:
        """The table whose row *expr* is; None here, where rows are not followed."""
        return None

    def table(self, expr: ir.Expr, scope: Scope, depth: int = DEPTH) -> Target | None:
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

    def _is_table_itself(self, expr: ir.Name | ir.Attr, scope: Scope) -> bool:
        """Whether *expr* is the ``Table`` behind a mapped class, whose columns stand behind ``c`` only."""
        if isinstance(expr, ir.Attr):
            return expr.name == "__table__"
        how = self._binding(expr, scope)
        return how is not None and isinstance(how[0].value, ir.Attr) and how[0].value.name == "__table__"

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
