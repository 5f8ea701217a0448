"""What classes promise about themselves: which are frozen values, what their fields are and what they give for them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.shapes.typesets import TypeSets
from archwright.project.types.inference import Inference
from archwright.project.types.values import ExternalInstance, ExternalValue, external_names

_DATACLASSES = frozenset(
    {
        *("attr.attrs", "attr.define", "attr.mutable", "attr.s", "attrs.define", "attrs.mutable"),
        *("dataclasses.dataclass", "pydantic.dataclasses.dataclass"),
    }
)
_FROZEN_DECORATORS = frozenset({"attr.frozen", "attrs.frozen", "attr.frozen.frozen"})
_FROZEN_BASES = frozenset(
    {"typing.NamedTuple", "enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "builtins.tuple"}
)
_CONFIGURED = {
    "msgspec.Struct": "class keyword",
    "pydantic.BaseModel": "model_config",
    "sqlmodel.SQLModel": "model_config",
}
_FLAGS = {"True": True, "False": False}
_MUTABLE = frozenset(
    {
        *("builtins.bytearray", "builtins.dict", "builtins.list", "builtins.set"),
        *("typing.DefaultDict", "typing.Deque", "typing.Dict", "typing.List"),
        *("typing.MutableMapping", "typing.MutableSequence", "typing.MutableSet", "typing.Set"),
        *("typing.OrderedDict", "typing.Counter", "typing.ChainMap", "collections.ChainMap"),
        *("collections.Counter", "collections.OrderedDict", "collections.defaultdict"),
        *("collections.deque", "collections.abc.MutableMapping", "collections.abc.MutableSequence"),
        "collections.abc.MutableSet",
    }
)


class Frozenness(msgspec.Struct, frozen=True):
    """Whether instances of a class can be changed."""

    frozen: bool | None
    """None when it cannot be told."""
    reason: str
    """What makes them frozen, or is missing, or cannot be told."""


class ClassShapes:
    """Answers for one code base."""

    def __init__(self, inference: Inference, types: TypeSets) -> None:
        self._inference = inference
        self._types = types

    def scope(self, qualified: str) -> Scope | None:
        """The body of a class of this code base."""
        if not self._inference.classes.known(qualified):
            return None
        module, qualname = self._inference.classes.locate(qualified)
        return self._inference.index(module).scopes.get(qualname)

    def frozenness(self, qualified: str) -> Frozenness:
        """Whether instances can be changed after they are made, by what their class and its bases declare."""
        for base in self._inference.classes.lineage(qualified):
            if base in _FROZEN_BASES:
                return Frozenness(True, f"it is a {base.rpartition('.')[2]}")
            scope = self.scope(base)
            if scope is None:
                continue
            told = self._told(scope, base)
            if told is not None:
                return told
        return Frozenness(False, "it is no frozen dataclass, struct, model or named tuple")

    def mutable_fields(self, qualified: str) -> Iterator[tuple[str, str]]:
        """The fields declared as containers that can be changed: (field, type)."""
        for name, annotation, scope in self._types.fields(qualified):
            for value in sorted(self._types.of(annotation, scope), key=repr):
                if isinstance(value, ExternalInstance) and value.name in _MUTABLE:
                    yield name, value.name
                    break

    def default(self, qualified: str, field: str) -> tuple[ir.Expr, Scope] | None:
        """What a class gives a field that its constructor is not given: the default, and the scope it stands in."""
        for base in self._inference.classes.lineage(qualified):
            scope = self.scope(base)
            for how in reversed(scope.names.bound.get(field, [])) if scope is not None else ():
                if how.kind == "assign" and how.value is not None and scope is not None:
                    return _field_default(how.value), scope
        return None

    def initialiser(self, qualified: str) -> Scope | None:
        """The ``__init__`` a class or one of its bases writes out."""
        for base in self._inference.classes.lineage(qualified):
            scope = self.scope(base)
            if scope is not None:
                module, qualname = self._inference.classes.locate(base)
                own = self._inference.index(module).scopes.get(f"{qualname}.__init__")
                if own is not None:
                    return own
        return None

    # --- frozen? ---

    def _told(self, scope: Scope, qualified: str) -> Frozenness | None:
        """What one class says; None when it leaves the question to its bases."""
        node = scope.node
        if not isinstance(node, ir.ClassDef) or scope.parent is None:
            return None
        if "__setattr__" in scope.names.bound:
            return Frozenness(None, f"`{qualified}` has a `__setattr__` of its own")
        for decorator in node.decorators:
            told = self._decorated(decorator, scope.parent)
            if told is not None:
                return told
        lineage = self._inference.classes.lineage(qualified)
        configured = next((b for b in lineage if b in _CONFIGURED), None)
        if configured is None:
            return None
        given = next((a.value for a in node.bases if a.keyword == "frozen"), None)
        if given is not None:
            return self._flag(given, scope.parent, "its class keyword `frozen`")
        return self._configured(scope) if configured != "msgspec.Struct" else None

    def _decorated(self, decorator: ir.Expr, scope: Scope) -> Frozenness | None:
        call = decorator if isinstance(decorator, ir.Call) else None
        target = call.func if call is not None else decorator
        preset = self._partial(target, scope)
        if preset is not None:
            call, target = preset, preset.args[0].value
        names = external_names(self._inference.evaluate(target, scope))
        if names & _FROZEN_DECORATORS:
            return Frozenness(True, "it is decorated as frozen")
        if not names & _DATACLASSES:
            return None
        for arg in call.args if call is not None else ():
            if arg.keyword == "frozen":
                return self._flag(arg.value, scope, "`frozen` of its decorator")
            if arg.star:
                return Frozenness(None, "the options of its decorator are spread")
        return Frozenness(False, "its decorator does not say `frozen=True`")

    def _partial(self, target: ir.Expr, scope: Scope) -> ir.Call | None:
        """``value = partial(dataclass, frozen=True)`` behind a decorator ``@value``."""
        if not isinstance(target, ir.Name):
            return None
        found = self._inference.project.names.resolve_in(scope.module, target.id)
        if found is None or found.kind != "symbol" or not self._inference.project.has(found.module):
            return None
        root = self._inference.index(found.module).root
        value = root.names.only(found.symbol)
        if not isinstance(value, ir.Call) or not value.args:
            return None
        is_partial = ExternalValue("functools.partial") in self._inference.callees(value, root)
        return value if is_partial else None

    def _configured(self, scope: Scope) -> Frozenness | None:
        config = scope.names.only("model_config")
        if isinstance(config, ir.Call):
            for arg in config.args:
                if arg.keyword == "frozen":
                    return self._flag(arg.value, scope, "its `model_config`")
                if arg.star:
                    return Frozenness(None, "its `model_config` is spread")
        elif isinstance(config, ir.Dict):
            for key, value in zip(config.keys, config.values, strict=True):
                if isinstance(key, ir.Str) and key.value == "frozen":
                    return self._flag(value, scope, "its `model_config`")
                if key is None:
                    return Frozenness(None, "its `model_config` is spread")
        elif config is not None:
            return Frozenness(None, "its `model_config` is made elsewhere")
        return None

    def _flag(self, expr: ir.Expr, scope: Scope, where: str) -> Frozenness:
        value = constant_of(expr, scope)
        told = _FLAGS.get(value.text) if isinstance(value, ir.Const) else None
        if told is None:
            return Frozenness(None, f"{where} is no constant")
        return Frozenness(told, f"{where} says `frozen={told}`")


def constant_of(expr: ir.Expr | None, scope: Scope) -> ir.Expr | None:
    """The literal *expr* is, or the one a name it gives is bound to once; *expr* itself when that is not a plain name."""
    for _ in range(4):
        if not isinstance(expr, ir.Name):
            return expr
        current: Scope | None = scope
        while current is not None and expr.id not in current.names.bound:
            current = current.parent
        value = None if current is None else current.names.only(expr.id)
        if value is None:
            return expr
        expr = value
    return expr


def _field_default(value: ir.Expr) -> ir.Expr:
    """``field(default=x)``, ``Field(x)``, ``mapped_column(default=x)`` give x."""
    if not isinstance(value, ir.Call):
        return value
    for arg in value.args:
        if arg.keyword in ("default", "insert_default"):
            return arg.value
    plain = [a.value for a in value.args if a.keyword is None and not a.star]
    name = (ir.dotted(value.func) or "").rpartition(".")[2]
    return plain[0] if plain and name == "Field" else value
