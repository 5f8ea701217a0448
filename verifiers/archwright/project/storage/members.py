"""What attributes in a declaration come to: of modules, classes, mapped classes, enumerations and dialects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.storage.frames import Frame
from archwright.project.storage.literals import (
    CONCRETE,
    Class,
    DialectValue,
    Function,
    InModule,
    Made,
    Mapped,
    Member,
    Method,
    Outside,
    Placed,
    Unknown,
)

if TYPE_CHECKING:
    from archwright.project.storage.evaluate import Evaluator

_OF_BASES = frozenset({"metadata", "query", "registry"})
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})


def attribute(evaluator: Evaluator, expr: ir.Attr, frame: Frame, depth: int) -> Any:
    """``a.name``."""
    return member(evaluator, evaluator.evaluate(expr.value, frame, depth), expr.name, depth)


def member(evaluator: Evaluator, value: Any, name: str, depth: int) -> Any:
    """The attribute *name* of a value."""
    if isinstance(value, Outside):
        return DialectValue(evaluator.dialect) if name == "dialect" else Outside(f"{value.name}.{name}")
    if isinstance(value, InModule):
        return evaluator.names.resolved(evaluator.project.names.resolve(f"{value.name}.{name}"), depth)
    if isinstance(value, DialectValue):
        return evaluator.dialect if name == "name" else value if name == "dialect" else Method(value, name)
    if isinstance(value, Member):
        return value.value if name in ("value", "_value_") else value.name if name == "name" else Unknown("")
    if isinstance(value, Mapped):
        return value.columns.get(name) or _of_class(evaluator, value.cls, name, depth)
    if isinstance(value, Class):
        return _of_class(evaluator, value, name, depth)
    if name == "name" and isinstance(value, Made) and value.last == "Column":
        said = value.argument(0, "name")
        return said if isinstance(said, str) else Unknown("the name of a column", value.at)
    # Whatever has an engine or a dialect has that of the database the code runs on.
    return DialectValue(evaluator.dialect) if name in ("dialect", "engine") else Method(value, name)


def in_body(evaluator: Evaluator, cls: Class, name: str, depth: int) -> Any:
    """The value a class, or the nearest base that has it, gives *name* in its body; Unknown when none does."""
    inference = evaluator.inference
    bound = False
    for base in inference.classes.lineage(cls.qualified):
        if not inference.classes.known(base):
            continue
        module, qualname = inference.classes.locate(base)
        scope = inference.index(module).scopes.get(qualname)
        bindings = scope.names.bound.get(name, []) if scope is not None else []
        if scope is None or not bindings:
            continue
        bound = True
        how = bindings[-1]
        if how.kind == "assign" and how.value is not None:
            since = scope.node.at[:2] if scope.node is not None else None
            return evaluator.evaluate(how.value, Frame(scope, since=since), depth - 1)
        if how.kind == "function":
            inner = inference.index(module).by_node.get(id(how.node))
            if inner is not None:
                return Function(inner, None, cls)
        if how.kind != "assign":
            break
    missing = not bound and _is_closed(evaluator, cls) and not _is_given(evaluator, cls.module, name)
    return Unknown(f"`{cls.qualname}` has no constant `{name}`", missing=missing)


def _is_closed(evaluator: Evaluator, cls: Class) -> bool:
    """Whether all that a class has stands in its body and those of its bases, apart from what SQLAlchemy's bases give."""
    classes = evaluator.inference.classes
    for base in classes.lineage(cls.qualified):
        if not classes.known(base):
            found = evaluator.project.names.resolve(base)
            if found.kind != "symbol" or not evaluator.project.has(found.module):
                return False
            made = evaluator.module_value(found.module, found.symbol)
            if not isinstance(made, Made) or made.last != "declarative_base":
                return False
            continue
        module, qualname = classes.locate(base)
        scope = evaluator.inference.index(module).scopes.get(qualname)
        node = scope.node if scope is not None else None
        if scope is None or not isinstance(node, ir.ClassDef) or node.decorators:
            return False
        if any(b.keyword for b in node.bases) or "__getattr__" in scope.names.bound:
            return False
    return True


def _is_given(evaluator: Evaluator, module: str, name: str) -> bool:
    """Whether a class may have an attribute from elsewhere: of every class, of SQLAlchemy's bases, or assigned from outside."""
    if name.startswith("__") or name in _OF_BASES or hasattr(type, name):
        return True
    body = evaluator.inference.index(module).root.body
    stored = (
        t
        for b in body
        for s in walk(b)
        if isinstance(s, ir.Assign)
        for t in s.targets
        if isinstance(t, ir.Attr)
    )
    return any(target.name == name for target in stored)


def _of_class(evaluator: Evaluator, cls: Class, name: str, depth: int) -> Any:
    if name == "__name__":
        return cls.qualname.rpartition(".")[2]
    value = in_body(evaluator, cls, name, depth)
    if name == "__tablename__" and isinstance(value, Function):
        return evaluator.call_function(value, Made(name, (cls,)), depth)
    lineage = evaluator.inference.classes.lineage(cls.qualified)
    if isinstance(value, CONCRETE) and _ENUMS & set(lineage):
        return Member(name, value)
    if isinstance(value, Function) and not value.scope.decorated("classmethod"):
        return Function(value.scope, value.frame)
    if isinstance(value, Made) and value.last in ("Column", "mapped_column"):
        table = _of_class(evaluator, cls, "__tablename__", depth - 1) if depth > 0 else None
        said = value.argument(0, "name")
        if isinstance(table, str):
            return replace(value, receiver=Placed(table, said if isinstance(said, str) else name))
    return value
