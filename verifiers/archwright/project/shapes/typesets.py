"""Annotations as sets of types: everything a value of that type is or holds, containers, aliases and fields included."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.contracts.language import Selector, Subject
from archwright.facts import ir
from archwright.project.code import Scope, enclosing_class
from archwright.project.project import Project
from archwright.project.types.annotations import parse_annotation
from archwright.project.types.inference import Inference
from archwright.project.types.type_names import type_parameter
from archwright.project.types.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    InstanceValue,
    Value,
    Values,
    external_names,
)

_DEPTH = 24
_MAX_FIELDS = 256
_TYPING = ("typing", "typing_extensions")
_OPAQUE = frozenset({"builtins.object", *(f"{m}.Any" for m in _TYPING)})
_LITERAL = frozenset(f"{m}.{n}" for m in _TYPING for n in ("Literal", "LiteralString"))
_CLASSES = frozenset({"builtins.type", "typing.Type"})
_STATEMENTS = frozenset(
    {"ColumnElement", "Delete", "Executable", "Insert", "Select", "SelectOfScalar", "Update"}
)
_ANNOTATED = frozenset(f"{m}.Annotated" for m in _TYPING)
_MADE_TYPES = frozenset(
    f"{m}.{n}" for m in _TYPING for n in ("NewType", "TypeVar", "ParamSpec", "TypeVarTuple")
)


class TypeSets:
    """Answers for one code base."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._fields: dict[str, tuple[tuple[str, ir.Expr, Scope], ...]] = {}

    def of(self, annotation: ir.Expr | None, scope: Scope, *, asked: bool = False) -> Values:
        """The instances *annotation* speaks of, at any depth: ``dict[str, list[Order] | None]`` is a dict, a str, a list and an
        Order. UNKNOWN is among them where something is Any, object, or cannot be resolved; so it is without an annotation.

        ``type[Order]`` holds no order, and neither does a statement, ``Select[Order]``, unless *asked* for what it asks for.
        """
        return (
            ANYTHING
            if annotation is None
            else _TypeReading(self._inference, asked).read(annotation, scope, _DEPTH)
        )

    def within(self, values: Values, *, private: bool) -> Iterator[tuple[Value, tuple[str, ...]]]:
        """Every value among *values* and in the annotated fields of their classes, with the fields that lead there.

        *private* says whether fields count whose name begins with an underscore.
        """
        seen: set[Value] = set()
        pending: list[tuple[Value, tuple[str, ...]]] = [(value, ()) for value in sorted(values, key=repr)]
        while pending and len(seen) < _MAX_FIELDS:
            value, way = pending.pop(0)
            if value in seen:
                continue
            seen.add(value)
            yield value, way
            if isinstance(value, InstanceValue):
                for name, annotation, scope in self.fields(value.cls.qualified):
                    if name.startswith("_") and not private:
                        continue
                    pending += [(v, (*way, name)) for v in sorted(self.of(annotation, scope), key=repr)]

    def fields(self, qualified: str) -> tuple[tuple[str, ir.Expr, Scope], ...]:
        """The annotated attributes in the body of a class and its bases: name, annotation and the scope it stands in.

        Class variables are none of its instances.
        """
        known = self._fields.get(qualified)
        if known is None:
            known = self._fields[qualified] = tuple(self._annotated(qualified))
        return known

    def _annotated(self, qualified: str) -> Iterator[tuple[str, ir.Expr, Scope]]:
        seen: set[str] = set()
        classes = self._inference.classes
        for base in classes.lineage(qualified):
            if not classes.known(base):
                continue
            module, qualname = classes.locate(base)
            scope = self._inference.index(module).scopes.get(qualname)
            for name, bindings in scope.names.bound.items() if scope is not None else ():
                for how in bindings:
                    if how.kind == "assign" and how.annotation is not None and name not in seen and scope:
                        seen.add(name)
                        if not self._is_class_variable(how.annotation, module):
                            yield name, how.annotation, scope

    def _is_class_variable(self, annotation: ir.Expr, module: str) -> bool:
        if isinstance(annotation, ir.Str):
            annotation = parse_annotation(annotation.value) or annotation
        outermost = annotation.value if isinstance(annotation, ir.Subscript) else annotation
        name = ir.dotted(outermost)
        found = self._inference.project.names.resolve_in(module, name) if name else None
        return found is not None and found.qualified in _CLASS_VARIABLE


_CLASS_VARIABLE = frozenset({"typing.ClassVar", "typing_extensions.ClassVar"})


class _TypeReading:
    def __init__(self, inference: Inference, asked: bool) -> None:
        self._inference = inference
        self._asked = asked

    def read(self, expr: ir.Expr, scope: Scope, depth: int) -> Values:
        if depth <= 0:
            return ANYTHING
        if isinstance(expr, ir.Str):
            parsed = parse_annotation(expr.value)
            return ANYTHING if parsed is None else self.read(parsed, scope, depth - 1)
        if isinstance(expr, ir.Const):
            return NOTHING
        if isinstance(expr, ir.BinOp) and expr.op == "|":
            return self.read(expr.left, scope, depth - 1) | self.read(expr.right, scope, depth - 1)
        if isinstance(expr, ir.Seq):
            return frozenset().union(*(self.read(item, scope, depth - 1) for item in expr.items))
        if isinstance(expr, ir.Star):
            return self.read(expr.value, scope, depth - 1)
        if isinstance(expr, ir.Subscript):
            return self._generic(expr, scope, depth)
        if isinstance(expr, ir.Name | ir.Attr):
            return self._named(expr, scope, depth)
        if isinstance(expr, ir.Call):
            return self._made(expr, scope, depth)
        return ANYTHING

    def _generic(self, expr: ir.Subscript, scope: Scope, depth: int) -> Values:
        names = external_names(self._inference.evaluate(expr.value, scope))
        if names & _LITERAL:
            return NOTHING
        if names & _CLASSES or (not self._asked and any(_is_statement(name) for name in names)):
            return self.read(expr.value, scope, depth - 1)
        parts = expr.index[:1] if names & _ANNOTATED else expr.index
        inner = frozenset[Value]().union(*(self.read(part, scope, depth - 1) for part in parts))
        if names and all(name.startswith(("typing.", "typing_extensions.")) for name in names):
            return inner
        return inner | self.read(expr.value, scope, depth - 1)

    def _named(self, expr: ir.Name | ir.Attr, scope: Scope, depth: int) -> Values:
        if isinstance(expr, ir.Name) and expr.id == "Self":
            owner = enclosing_class(scope)
            return ANYTHING if owner is None else frozenset({InstanceValue(owner.module, owner.qualname)})
        parameter = type_parameter(expr.id, scope) if isinstance(expr, ir.Name) else None
        if parameter is not None:
            bound = parameter[0].bound
            return ANYTHING if bound is None else self.read(bound, parameter[1], depth - 1)
        alias = self._alias(expr, scope)
        if alias is not None:
            return self.read(alias[0], alias[1], depth - 1)
        found: set[Value] = set()
        for value in self._inference.evaluate(expr, scope):
            if isinstance(value, ClassValue):
                found.add(InstanceValue(value.module, value.qualname))
            elif isinstance(value, ExternalValue):
                found.add(UNKNOWN if value.name in _OPAQUE else ExternalInstance(value.name))
            elif isinstance(value, InstanceValue | ExternalInstance):
                found.add(value)
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _made(self, expr: ir.Call, scope: Scope, depth: int) -> Values:
        """``NewType("Row", Order)``, ``TypeVar("T", bound=Order)``: an Order, as far as anybody can do something with it."""
        names = external_names(self._inference.evaluate(expr.func, scope))
        if not names & _MADE_TYPES:
            return ANYTHING
        parts = [a.value for a in expr.args[1:] if a.keyword in (None, "bound")]
        parts = [p for p in parts if not isinstance(p, ir.Const)]
        if not parts:
            return ANYTHING
        return frozenset[Value]().union(*(self.read(part, scope, depth - 1) for part in parts))

    def _alias(self, expr: ir.Name | ir.Attr, scope: Scope) -> tuple[ir.Expr, Scope] | None:
        """The type expression a name is an alias for, and where that stands; None for a class or an unclear name."""
        if isinstance(expr, ir.Name):
            current: Scope | None = scope
            first = True
            while current is not None and current.kind != "module":
                if (first or current.kind != "class") and expr.id in current.names.bound:
                    value = current.names.only(expr.id)
                    return (value, current) if _may_be_type(value) and value is not None else None
                first = False
                current = current.parent
        dotted = ir.dotted(expr)
        found = None if dotted is None else self._inference.project.names.resolve_in(scope.module, dotted)
        if found is None or found.kind != "symbol" or not self._inference.project.has(found.module):
            return None
        root = self._inference.index(found.module).root
        value = root.names.only(found.symbol)
        return (value, root) if _may_be_type(value) and value is not None else None


def meant(value: Value, selector: Selector, inference: Inference) -> bool:
    """Whether *selector* means the type of *value*, or a base of it."""
    return any(selector.matches(subject) for subject in _subjects(value, inference))


def type_name(value: Value) -> str:
    """How a message calls the type of *value*."""
    if isinstance(value, InstanceValue):
        return value.cls.qualified
    return value.name if isinstance(value, ExternalInstance) else "?"


def class_subject(qualified: str, inference: Inference) -> Subject:
    """A class, of this code base or not, as selectors see it."""
    project: Project = inference.project
    classes = inference.classes
    if not classes.known(qualified):
        return Subject(package=qualified, symbol=qualified, class_=qualified)
    module, _ = classes.locate(qualified)
    return Subject(
        module=module,
        unit=project.unit(module),
        symbol=qualified,
        class_=qualified,
        bases=classes.lineage(qualified)[1:],
    )


def _subjects(value: Value, inference: Inference) -> Iterator[Subject]:
    if isinstance(value, InstanceValue):
        for base in inference.classes.lineage(value.cls.qualified):
            yield class_subject(base, inference)
    elif isinstance(value, ExternalInstance):
        yield class_subject(value.name, inference)


def _is_statement(name: str) -> bool:
    return name.startswith(("sqlalchemy.", "sqlmodel.")) and name.rpartition(".")[2] in _STATEMENTS


def _may_be_type(value: ir.Expr | None) -> bool:
    return isinstance(value, ir.Name | ir.Attr | ir.Subscript | ir.Str | ir.Call) or (
        isinstance(value, ir.BinOp) and value.op == "|"
    )
