"""The fields classes declare; which of them hold data: dataclasses, pydantic models, structs, named tuples, typed dictionaries."""

from __future__ import annotations

import msgspec

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.types.inference import Inference
from archwright.project.types.values import external_names

_PYDANTIC = ("BaseModel", "BaseSettings", "RootModel")
_STRUCTS = frozenset({"msgspec.Struct", "msgspec._core.Struct"})
_TUPLES = frozenset({"typing.NamedTuple", "typing_extensions.NamedTuple"})
_DICTS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
_DATACLASS = frozenset({"dataclass", "define", "frozen", "mutable", "attrs", "s"})
_DESCRIPTIONS = frozenset({"Factory", "Field", "field", "ib"})
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag"})
_CLASS_VARIABLES = frozenset({"typing.ClassVar", "typing_extensions.ClassVar"})
_OPTIONAL_KEYS = frozenset({"typing.NotRequired", "typing_extensions.NotRequired"})


class DataField(msgspec.Struct, frozen=True):
    """One field."""

    name: str
    annotation: ir.Expr
    default: ir.Expr | None
    owner: Scope
    """The class body it stands in."""
    required: bool
    at: ir.Span
    alias: str = ""
    """The name it goes by outside, where that is another."""
    given: bool = True
    """Whether it is a parameter of the constructor."""
    description: ir.Call | None = None
    """The call that stands for its default and describes it: ``field(default_factory=list)``."""


class DataClass(msgspec.Struct, frozen=True):
    """A class that holds data."""

    kind: str
    """``pydantic``, ``dataclass``, ``struct``, ``tuple`` or ``dict``."""
    fields: tuple[DataField, ...]
    extra: bool
    """Whether it takes and keeps keys it does not declare."""


class DataClasses:
    """Looks data classes up; one per project."""

    def __init__(self, inference: Inference, kept_as: str | None = None) -> None:
        """*kept_as*: the name under which what is found can be carried over to changed code; only one for all has it."""
        self._inference = inference
        self._reads = inference.project.reads
        self._known: dict[str, DataClass | None] = self._reads.table(kept_as and f"{kept_as}: data classes")
        self._declared: dict[str, dict[str, DataField]] = self._reads.table(kept_as and f"{kept_as}: fields")

    def of(self, qualified: str) -> DataClass | None:
        """What the class called *qualified* holds; None when it is no data class."""
        if qualified not in self._known:
            self._reads.made(self._known, qualified, lambda: self._read(qualified))
        return self._known[qualified]

    def is_enum(self, qualified: str) -> bool:
        """Whether the class is an enumeration."""
        return bool(_ENUMS.intersection(self._inference.classes.lineage(qualified)))

    def declared(self, qualified: str) -> dict[str, DataField]:
        """The annotated fields of any class and its bases, in the order in which a generated constructor takes them."""
        known = self._declared.get(qualified)
        if known is None:
            known = self._reads.made(self._declared, qualified, lambda: self._read_fields(qualified))
        return known

    def _read_fields(self, qualified: str) -> dict[str, DataField]:
        lineage = self._inference.classes.lineage(qualified)
        kind = self._kind(lineage) or ""
        found: dict[str, DataField] = {}
        for scope in map(self.scope, reversed(lineage)):
            for statement in scope.body if scope is not None else ():
                if scope is None or not isinstance(statement, ir.AnnAssign):
                    continue
                name = statement.target.id if isinstance(statement.target, ir.Name) else ""
                if name and not self._mentions(statement.annotation, scope, _CLASS_VARIABLES):
                    found[name] = self._field(statement, name, scope, kind)
        return found

    def _read(self, qualified: str) -> DataClass | None:
        lineage = self._inference.classes.lineage(qualified)
        kind = self._kind(lineage)
        if kind is None:
            return None
        scopes = [scope for base in lineage if (scope := self.scope(base)) is not None]
        configured = [
            statement.value
            for scope in scopes
            for statement in scope.body
            if isinstance(statement, ir.Assign) and statement.targets == (ir.Name("model_config"),)
        ]
        extra = bool(configured) and _keeps_extra(configured[0])
        return DataClass(kind, tuple(self.declared(qualified).values()), extra)

    def scope(self, qualified: str) -> Scope | None:
        """The body of a class of the code base."""
        if not self._inference.classes.known(qualified):
            return None
        module, qualname = self._inference.classes.locate(qualified)
        return self._inference.index(module).scopes.get(qualname)

    def _kind(self, lineage: tuple[str, ...]) -> str | None:
        for base in lineage:
            if base.startswith("pydantic") and base.rpartition(".")[2] in _PYDANTIC:
                return "pydantic"
            if base in _STRUCTS:
                return "struct"
            if base in _TUPLES:
                return "tuple"
            if base in _DICTS:
                return "dict"
        if any((s := self.scope(base)) is not None and self._is_dataclass(s) for base in lineage):
            return "dataclass"
        return None

    def _is_dataclass(self, scope: Scope) -> bool:
        """Whether a decorator makes it one, under whatever name it was imported."""
        decorators = scope.node.decorators if scope.node is not None else ()
        for decorator in decorators:
            made_by = decorator.func if isinstance(decorator, ir.Call) else decorator
            names = external_names(self._inference.evaluate(made_by, scope.parent or scope))
            if any(name.rpartition(".")[2] in _DATACLASS for name in names):
                return True
        return any(map(scope.decorated, _DATACLASS))

    def _field(self, statement: ir.AnnAssign, name: str, scope: Scope, kind: str) -> DataField:
        default, alias, is_given = statement.value, "", True
        required = default is None
        description = default if isinstance(default, ir.Call) and self._describes(default, scope) else None
        if description is not None:
            given = {arg.keyword: arg.value for arg in description.args if arg.keyword}
            first = next((arg.value for arg in description.args if not arg.keyword and not arg.star), None)
            chosen = given.get("default", first)
            required = (chosen is None or chosen == ir.Const("...")) and not (
                given.keys() & {"default_factory", "factory"}
            )
            is_given = given.get("init") != ir.Const("False")
            outside = given.get("serialization_alias") or given.get("alias") or given.get("name")
            alias = outside.value if isinstance(outside, ir.Str) else ""
        if kind == "dict" and self._mentions(statement.annotation, scope, _OPTIONAL_KEYS):
            required = False
        return DataField(
            name, statement.annotation, default, scope, required, statement.at, alias, is_given, description
        )

    def _describes(self, call: ir.Call, scope: Scope) -> bool:
        """Whether a call that stands for a default only describes the field: ``field(default_factory=list)``."""
        names = external_names(self._inference.evaluate(call.func, scope))
        words = {name.rpartition(".")[2] for name in (*names, ir.dotted(call.func) or "")}
        return bool(words & _DESCRIPTIONS)

    def _mentions(self, annotation: ir.Expr, scope: Scope, names: frozenset[str]) -> bool:
        head = annotation.value if isinstance(annotation, ir.Subscript) else annotation
        if isinstance(head, ir.Str):
            return any(name.rpartition(".")[2] in head.value for name in names)
        return bool(external_names(self._inference.evaluate(head, scope)) & names)

    def literal_choices(self, annotation: ir.Expr, scope: Scope) -> list[ir.Expr] | None:
        """The constants of a ``Literal[...]`` annotation; None when it is none."""
        if isinstance(annotation, ir.Subscript) and external_names(
            self._inference.evaluate(annotation.value, scope)
        ) & {"typing.Literal", "typing_extensions.Literal"}:
            return list(annotation.index)
        return None

    def admits_none(self, annotation: ir.Expr, scope: Scope, depth: int = 6) -> bool:
        """Whether an annotation admits None, aliases followed; also where that cannot be told."""
        if depth == 0 or isinstance(annotation, ir.Str):
            return True
        if isinstance(annotation, ir.Const):
            return annotation.text == "None"
        if isinstance(annotation, ir.BinOp):
            return any(
                self.admits_none(side, scope, depth - 1) for side in (annotation.left, annotation.right)
            )
        if isinstance(annotation, ir.Subscript):
            last = (ir.dotted(annotation.value) or "").rpartition(".")[2]
            if last == "Annotated":
                return self.admits_none(annotation.index[0], scope, depth - 1)
            if last == "Union":
                return any(self.admits_none(item, scope, depth - 1) for item in annotation.index)
            return last in ("Optional", "Literal") and (
                last == "Optional" or ir.Const("None") in annotation.index
            )
        if (ir.dotted(annotation) or "").rpartition(".")[2] in ("Any", "object", "None"):
            return True
        if isinstance(annotation, ir.Name):
            return self._alias_admits_none(annotation.id, scope, depth)
        return False

    def _alias_admits_none(self, name: str, scope: Scope, depth: int) -> bool:
        found = self._inference.project.names.resolve_in(scope.module, name)
        if found is None or found.kind == "external":
            return False
        if found.kind != "symbol" or not self._inference.project.has(found.module):
            return True
        root = self._inference.index(found.module).root
        bindings = root.names.bound.get(found.symbol, [])
        if len(bindings) == 1 and bindings[0].kind == "class":
            return False
        value = root.names.only(found.symbol)
        if isinstance(value, ir.Subscript | ir.BinOp | ir.Name):
            return self.admits_none(value, root, depth - 1)
        return True


def _keeps_extra(config: ir.Expr) -> bool:
    given: dict[object, ir.Expr] = {}
    if isinstance(config, ir.Call):
        given = {arg.keyword: arg.value for arg in config.args}
    elif isinstance(config, ir.Dict):
        given = {k.value: v for k, v in zip(config.keys, config.values, strict=True) if isinstance(k, ir.Str)}
    return given.get("extra") == ir.Str("allow")
