"""Attributes of classes and instances: methods, properties, class attributes and what methods assign on ``self``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import CodeIndex, Scope, enclosing_class
from archwright.project.types.signatures import Given, takes
from archwright.project.types.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Value,
    Values,
)

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference

_PROPERTIES = ("property", "cached_property")
_THE_FUNCTION_ITSELF = frozenset({"__call__", "__func__", "__wrapped__"})
"""Attributes of a function that stand for it, or for what it is wrapped around."""
_Assignment = tuple[Scope, ir.Expr | None, ir.Expr | None]
"""A method that assigns an attribute, the value and the annotation."""


class Members:
    """Looks attributes up the way Python does, through bases, and down into overriding subclasses and implementers."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._reads = inference.project.reads
        self._attributes: dict[tuple[str, str, str, bool], Values] = self._reads.table("attributes")
        self._assigned_attributes: dict[int, dict[str, list[_Assignment]]] = self._reads.table(
            "assigned attributes"
        )
        self._taking: dict[tuple[str, Given], tuple[tuple[str, str], ...]] = self._reads.table("takers")
        self._owners: dict[tuple[str, str], str] = self._reads.table("owners of attributes")

    def property_of(self, value: InstanceValue, name: str) -> Scope | None:
        """The function behind a property of *value*; None when the attribute is none, or is overridden somewhere."""
        owner = self.find(value.cls.qualified, name)
        cls = self._class_scope(owner) if owner is not None else None
        if cls is None or any(
            self._inference.classes.defines(d, name)
            for d in self._inference.classes.descendants(value.cls.qualified)
        ):
            return None
        bindings = cls.names.bound.get(name, [])
        if len(bindings) != 1 or bindings[0].kind != "function":
            return None
        method = self._inference.index(cls.module).by_node.get(id(bindings[0].node))
        return method if method is not None and any(method.decorated(p) for p in _PROPERTIES) else None

    def of(self, values: Iterable[Value], name: str, depth: int) -> Values:
        """What attribute *name* of any of *values* may be."""
        found: set[Value] = set()
        for value in values:
            if isinstance(value, ModuleValue):
                found |= self._inference.resolved(
                    self._inference.project.names.resolve(f"{value.name}.{name}"), depth - 1
                )
            elif isinstance(value, ClassValue):
                found |= self.of_class(value, name, depth, instance=False)
            elif isinstance(value, InstanceValue) and name == "__class__":
                found.add(value.cls)
            elif isinstance(value, InstanceValue):
                found |= self.of_class(value.cls, name, depth, instance=True)
            elif (isinstance(value, FunctionValue) and name in _THE_FUNCTION_ITSELF) or (
                isinstance(value, ExternalValue) and name in _THE_FUNCTION_ITSELF
            ):
                found.add(value)
            elif isinstance(value, ExternalInstance) and name == "__class__":
                found.add(ExternalValue(value.name))
            elif isinstance(value, ExternalValue | ExternalInstance):
                found.add(ExternalValue(f"{value.name}.{name}"))
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def of_class(self, cls: ClassValue, name: str, depth: int, *, instance: bool) -> Values:
        """What *name* is on the class; *instance*: on an instance of it, or of any subclass or implementer."""
        found: set[Value] = set()
        owner = self.find(cls.qualified, name)
        candidates = [] if owner is None else [owner]
        if instance:
            below = list(self._inference.classes.descendants(cls.qualified))
            if self._inference.classes.is_protocol(cls.qualified):
                below += self._inference.protocols.implementers(cls.qualified)
            for descendant in below:
                defining = self.find(descendant, name)
                if defining is not None and defining not in candidates:
                    candidates.append(defining)
        for defining in candidates:
            found |= self._own_member(defining, name, cls, depth, instance=instance)
        if owner is None or not found:
            found |= self._inherited_externally(cls, name)
        return frozenset(found) or ANYTHING

    def _inherited_externally(self, cls: ClassValue, name: str) -> Values:
        lineage = self._inference.classes.lineage(cls.qualified)
        outside = [
            b
            for b in lineage
            if not self._inference.classes.known(b) and b not in ("builtins.object", "typing.Protocol")
        ]
        if not outside and self.find(cls.qualified, "__getattr__") is None:
            return NOTHING
        return frozenset({UNKNOWN, *(ExternalValue(f"{base}.{name}") for base in outside)})

    def find(self, qualified: str, name: str) -> str | None:
        """The class in the lineage of *qualified* that has *name*, as a method, class attribute or instance attribute."""
        key = (qualified, name)
        known = self._owners.get(key)
        if known is None:
            known = self._reads.made(self._owners, key, lambda: self._owner(qualified, name))
        return known or None

    def _owner(self, qualified: str, name: str) -> str:
        """See ``find``; empty where no class has it."""
        for base in self._inference.classes.lineage(qualified):
            if self._inference.classes.known(base) and (
                self._inference.classes.defines(base, name) or self._assigned(base, name)
            ):
                return base
        return ""

    def taking(self, name: str, given: Given) -> tuple[tuple[str, str], ...]:
        """The methods called *name* of all classes that take what is given: their modules and qualified names."""
        key = (name, given)
        known = self._taking.get(key)
        if known is None:
            known = self._reads.made(self._taking, key, lambda: tuple(self._takers(name, given)))
        return known

    def _takers(self, name: str, given: Given) -> Iterator[tuple[str, str]]:
        for cls in self._inference.classes.with_method(name):
            module, qualname = self._inference.classes.locate(cls)
            method = self._inference.index(module).scopes.get(f"{qualname}.{name}")
            if method is not None and takes(method, given):
                yield module, method.qualname

    def assignments(self, cls: ClassValue, name: str) -> list[_Assignment]:
        """What methods of *cls* and its bases assign to ``self.name``: method, value and annotation."""
        found: list[_Assignment] = []
        for base in self._inference.classes.lineage(cls.qualified):
            scope = self._class_scope(base) if self._inference.classes.known(base) else None
            if scope is not None:
                found += self._instance_assignments(scope, name)
        return found

    def sources(self, cls: ClassValue, name: str) -> list[tuple[ir.Expr | None, ir.Expr | None, Scope]]:
        """Where attribute *name* comes from: annotation and value, each in its scope. A property by what it returns."""
        owner = self.find(cls.qualified, name)
        body = None if owner is None else self._class_scope(owner)
        if body is None:
            return []
        found: list[tuple[ir.Expr | None, ir.Expr | None, Scope]] = []
        for how in body.names.bound.get(name, ()):
            if how.kind == "assign":
                found.append((how.annotation, how.value, body))
            elif how.kind == "function":
                inner = self._inference.index(body.module).by_node.get(id(how.node))
                if inner is not None and isinstance(inner.node, ir.FunctionDef):
                    found.append((inner.node.returns, None, inner))
        for method, value, annotation in self._instance_assignments(body, name):
            found.append((annotation, value, method))
        return found

    def _class_scope(self, qualified: str) -> Scope | None:
        module, qualname = self._inference.classes.locate(qualified)
        return self._inference.index(module).scopes.get(qualname)

    def _assigned(self, qualified: str, name: str) -> bool:
        scope = self._class_scope(qualified)
        if scope is None:
            return False
        return name in scope.names.bound or bool(self._instance_assignments(scope, name))

    def _instance_assignments(self, cls: Scope, name: str) -> list[_Assignment]:
        """``self.name = value`` in the methods of *cls*."""
        table = self._assigned_attributes.get(id(cls))
        if table is None:
            table = self._reads.made(
                self._assigned_attributes,
                id(cls),
                lambda: _attribute_assignments(cls, self._inference.index(cls.module)),
            )
        return table.get(name, [])

    def _own_member(
        self, qualified: str, name: str, looked_up: ClassValue, depth: int, *, instance: bool
    ) -> Values:
        key = (qualified, name, looked_up.qualified, instance)
        return self._inference.answer(
            self._attributes,
            key,
            lambda: self._read_member(qualified, name, looked_up, depth, instance=instance),
            NOTHING,
        )

    def _read_member(
        self, qualified: str, name: str, looked_up: ClassValue, depth: int, *, instance: bool
    ) -> Values:
        cls = self._class_scope(qualified)
        if cls is None:
            return ANYTHING
        values: set[Value] = set()
        for how in cls.names.bound.get(name, ()):
            if how.kind == "function":
                inner = self._inference.index(cls.module).by_node.get(id(how.node))
                if inner is not None:
                    values |= self._method(inner, looked_up, depth, instance=instance)
            elif how.kind == "class":
                values |= self._inference.bound(how, name, cls, depth - 1)
            elif how.annotation is not None:
                values |= self._declared(how.annotation, cls, looked_up, depth)
            else:
                values |= self._inference.bound(how, name, cls, depth - 1)
        for method, value, annotation in self._instance_assignments(cls, name):
            if annotation is None and isinstance(value, ir.Name):
                annotation = next((p.annotation for p in method.params if p.name == value.id), None)
            if annotation is not None:
                values |= self._declared(annotation, method, looked_up, depth)
            else:
                values |= self._inference.evaluate(value, method, depth - 1)
        return frozenset(values)

    def _declared(self, annotation: ir.Expr, scope: Scope, looked_up: ClassValue, depth: int) -> Values:
        inference = self._inference
        return inference.generics.instances(
            annotation, scope, looked_up.qualified, depth
        ) or inference.annotations.of(annotation, scope, depth - 1)

    def _method(self, method: Scope, looked_up: ClassValue, depth: int, *, instance: bool) -> Values:
        if instance and any(method.decorated(name) for name in _PROPERTIES):
            return self._inference.returned(FunctionValue(method.module, method.qualname, True), depth)
        if method.decorated("setter") or method.decorated("deleter") or method.decorated("overload"):
            return NOTHING
        bound = (instance and not method.decorated("staticmethod")) or method.decorated("classmethod")
        return frozenset({FunctionValue(method.module, method.qualname, bound, looked_up.qualified)})

    def inherited(self, name: str, scope: Scope, depth: int) -> Values:
        """What ``super().name`` is in a method of the class around *scope*."""
        owner = enclosing_class(scope)
        if owner is None:
            return ANYTHING
        lineage = self._inference.classes.lineage(owner.qualified)[1:]
        for base in lineage:
            if not self._inference.classes.known(base):
                return frozenset({ExternalValue(f"{base}.{name}")})
            if self._inference.classes.defines(base, name):
                module, qualname = self._inference.classes.locate(base)
                return self._own_member(base, name, ClassValue(module, qualname), depth, instance=True)
        return frozenset({ExternalValue(f"builtins.object.{name}")})


def _attribute_assignments(cls: Scope, index: CodeIndex) -> dict[str, list[_Assignment]]:
    """The attributes that methods of *cls* assign on their first parameter."""
    table: dict[str, list[_Assignment]] = {}
    for method in index.methods(cls):
        if not method.params:
            continue
        receiver = ir.Name(method.params[0].name)
        for node in walk_own(method.body):
            targets: tuple[ir.Expr, ...] = ()
            annotation = None
            if isinstance(node, ir.Assign):
                targets = node.targets
            elif isinstance(node, ir.AnnAssign):
                targets, annotation = (node.target,), node.annotation
            for target in targets:
                if isinstance(target, ir.Attr) and target.value == receiver:
                    table.setdefault(target.name, []).append((method, node.value, annotation))
    return table
