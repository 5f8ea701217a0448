"""What ``Mapped[...]`` and other annotations say about a column: its type and whether it may be NULL."""

from __future__ import annotations

from typing import Any

import msgspec

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.storage.columntypes import ColumnTypes
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import Class, Made, Outside
from archwright.project.storage.sqltypes import UNTOLD, SqlType, read_python_type, read_type
from archwright.project.types.annotations import TRANSPARENT, UNIONS, parse_annotation
from archwright.project.types.inference import Inference

_DEPTH = 12
_COLLECTIONS = frozenset(
    {"builtins.list", "builtins.set", "typing.List", "typing.Set", "collections.abc.Sequence"}
)


class Mapped(msgspec.Struct, frozen=True):
    """One annotation."""

    type: SqlType
    optional: bool
    defaults: Any = None
    """A ``mapped_column(...)`` inside ``Annotated``."""
    related: bool = False
    """It names another mapped class: a relationship, not a column."""


class Annotations:
    """Reads annotations in the bodies of mapped classes."""

    def __init__(self, inference: Inference, evaluator: Evaluator, types: ColumnTypes) -> None:
        self._inference = inference
        self._evaluator = evaluator
        self._types = types
        self._maps: dict[str, dict[str, SqlType]] = {}

    def read(self, annotation: ir.Expr | None, scope: Scope, cls: str, *, bare: bool) -> Mapped | None:
        """What *annotation* says; None when it maps no column. *bare*: it need not be wrapped in ``Mapped``."""
        if isinstance(annotation, ir.Str):
            annotation = parse_annotation(annotation.value)
        inner = self._unwrapped(annotation, scope)
        if inner is None and not bare:
            return None
        expr = annotation if inner is None else inner
        if expr is None or self._name(expr, scope) in ("typing.ClassVar", "sqlalchemy.orm.DynamicMapped"):
            return None
        return self._plain(expr, scope, cls, _DEPTH)

    def _unwrapped(self, annotation: ir.Expr | None, scope: Scope) -> ir.Expr | None:
        """What stands in ``Mapped[...]``, whatever ``Mapped`` is called here."""
        if not isinstance(annotation, ir.Subscript):
            return None
        name = self._name(annotation.value, scope) or ir.dotted(annotation.value) or ""
        return annotation.index[0] if name.rpartition(".")[2] == "Mapped" else None

    def _plain(self, expr: ir.Expr, scope: Scope, cls: str, depth: int) -> Mapped:
        if depth == 0:
            return Mapped(UNTOLD, False)
        if isinstance(expr, ir.Str):
            parsed = parse_annotation(expr.value)
            return Mapped(UNTOLD, False) if parsed is None else self._plain(parsed, scope, cls, depth - 1)
        mapping = self._annotation_map(cls)
        found = mapping.get(self._canonical(expr, scope, depth))
        if found is not None:
            return Mapped(found, False)
        if isinstance(expr, ir.BinOp) and expr.op == "|":
            return self._union([expr.left, expr.right], scope, cls, depth)
        if isinstance(expr, ir.Subscript):
            name = self._name(expr.value, scope)
            if name in UNIONS:
                return self._union(list(expr.index), scope, cls, depth)
            if name == "typing.Optional":
                return self._union([*expr.index, ir.Const("None")], scope, cls, depth)
            if name == "typing.Annotated" or name == "typing_extensions.Annotated":
                return self._annotated(expr, scope, cls, depth)
            if name in TRANSPARENT:
                return self._plain(expr.index[0], scope, cls, depth - 1)
            if name in ("typing.Literal", "typing_extensions.Literal"):
                return Mapped(SqlType("enum"), False)
            if name in _COLLECTIONS:
                item = self._plain(expr.index[0], scope, cls, depth - 1)
                return Mapped(UNTOLD, False, None, item.related)
            return Mapped(read_python_type(name or ""), False)
        return self._named(expr, scope, cls, depth)

    def _named(self, expr: ir.Expr, scope: Scope, cls: str, depth: int) -> Mapped:
        value = self._evaluator.evaluate(expr, Frame(scope))
        if isinstance(value, Outside):
            return Mapped(read_python_type(value.name), False)
        if isinstance(value, Class):
            type_ = read_type(value, self._evaluator.dialect, self._types.impl)
            return Mapped(type_, False, None, not type_.known)
        alias = self._alias(expr, scope)
        if alias is not None:
            return self._plain(alias[0], alias[1], cls, depth - 1)
        return Mapped(UNTOLD, False)

    def _alias(self, expr: ir.Expr, scope: Scope) -> tuple[ir.Expr, Scope] | None:
        """The expression behind ``short = Annotated[str, ...]``, and where it stands."""
        name = ir.dotted(expr)
        found = self._inference.project.names.resolve_in(scope.module, name) if name else None
        if found is None or found.kind != "symbol" or not self._inference.project.has(found.module):
            return None
        root = self._inference.index(found.module).root
        value = root.names.only(found.symbol)
        return None if value is None else (value, root)

    def _annotated(self, expr: ir.Subscript, scope: Scope, cls: str, depth: int) -> Mapped:
        base = self._plain(expr.index[0], scope, cls, depth - 1)
        type_, defaults = base.type, base.defaults
        for item in expr.index[1:]:
            value = self._evaluator.evaluate(item, Frame(scope))
            if isinstance(value, Made) and value.last == "mapped_column":
                defaults = value
            elif isinstance(value, Made | Outside | Class):
                said = read_type(value, self._evaluator.dialect, self._types.impl)
                type_ = said if said.known else type_
        return Mapped(type_, base.optional, defaults, base.related)

    def _union(self, items: list[ir.Expr], scope: Scope, cls: str, depth: int) -> Mapped:
        rest = [i for i in items if i != ir.Const("None")]
        if len(rest) != 1:
            return Mapped(UNTOLD, len(rest) != len(items))
        inner = self._plain(rest[0], scope, cls, depth - 1)
        return Mapped(inner.type, inner.optional or len(rest) != len(items), inner.defaults, inner.related)

    def _annotation_map(self, cls: str) -> dict[str, SqlType]:
        """``type_annotation_map`` of the class's bases, keys in canonical form."""
        known = self._maps.get(cls)
        if known is not None:
            return known
        table: dict[str, SqlType] = {}
        for base in reversed(self._inference.classes.lineage(cls)):
            if not self._inference.classes.known(base):
                continue
            module, qualname = self._inference.classes.locate(base)
            scope = self._inference.index(module).scopes.get(qualname)
            if scope is None:
                continue
            for literal in _maps_in(scope):
                for key, value in zip(literal.keys, literal.values, strict=True):
                    if key is not None:
                        said = self._evaluator.evaluate(value, Frame(scope))
                        type_ = read_type(said, self._evaluator.dialect, self._types.impl)
                        table[self._canonical(key, scope, _DEPTH)] = type_
        self._maps[cls] = table
        return table

    def _canonical(self, expr: ir.Expr, scope: Scope, depth: int) -> str:
        """An annotation with its names resolved, as text to compare by."""
        if depth == 0:
            return "?"
        if isinstance(expr, ir.Subscript):
            items = ", ".join(self._canonical(i, scope, depth - 1) for i in expr.index)
            return f"{self._canonical(expr.value, scope, depth - 1)}[{items}]"
        if isinstance(expr, ir.BinOp):
            return f"{self._canonical(expr.left, scope, depth - 1)} {expr.op} {self._canonical(expr.right, scope, depth - 1)}"
        if isinstance(expr, ir.Const):
            return expr.text
        return self._name(expr, scope) or "?"

    def _name(self, expr: ir.Expr, scope: Scope) -> str | None:
        """The qualified name of what an annotation names."""
        base = expr.value if isinstance(expr, ir.Subscript) else expr
        dotted = ir.dotted(base)
        if dotted is None:
            return None
        found = self._inference.project.names.resolve_in(scope.module, dotted)
        return f"builtins.{dotted}" if found is None else found.qualified


def _maps_in(scope: Scope) -> list[ir.Dict]:
    found: list[ir.Dict] = []
    for how in scope.names.bound.get("type_annotation_map", ()):
        if isinstance(how.value, ir.Dict):
            found.append(how.value)
    for how in scope.names.bound.get("registry", ()):
        if isinstance(how.value, ir.Call):
            found += [
                a.value
                for a in how.value.args
                if a.keyword == "type_annotation_map" and isinstance(a.value, ir.Dict)
            ]
    return found
