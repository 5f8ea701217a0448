"""What reading, setting and deleting attributes and items of objects makes run: properties, descriptors, special methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.effects import special_methods as special
from archwright.project.effects.edges import Edges
from archwright.project.effects.implicit_names import PROPERTIES, ImplicitNames
from archwright.project.types.inference import Inference
from archwright.project.types.values import ClassValue, ExternalInstance, InstanceValue, Value, Values

_ON_ANY_READ = ("__getattribute__", "__getattr__")
_MADE_PROPERTY = ExternalInstance("builtins.property")
_LISTED = "each"
"""The name of an element of a container that is looked into."""
_PLAIN = (ir.Str, ir.Num, ir.Const)


class Objects:
    """Asks which objects of this code base expressions of one body stand for, and has their methods run."""

    def __init__(self, inference: Inference, names: ImplicitNames, scope: Scope, edges: Edges) -> None:
        self.inference = inference
        self.names = names
        self.scope = scope
        self.edges = edges
        self.at: ir.Span = (1, 1, 1, 1)
        """Where what is being read, or the statement around it, stands."""

    def ask(self, expr: ir.Expr, methods: tuple[str, ...]) -> None:
        """Has those of *methods* run that the objects *expr* stands for have."""
        wanted = self.wanted(methods)
        if wanted:
            self.run(self.of(expr), wanted)

    def wanted(self, methods: tuple[str, ...]) -> tuple[str, ...]:
        """Those of *methods* that any class has at all."""
        return self.names.special(methods) if methods else ()

    def of(self, expr: ir.Expr) -> list[Value]:
        """What *expr* stands for, in order."""
        if isinstance(expr, _PLAIN):
            return []
        return sorted(self.inference.evaluate(expr, self.scope), key=repr)

    def elements(self, expr: ir.Expr) -> Values:
        """What the elements of *expr* stand for."""
        clause = ir.Clause(ir.Name(_LISTED), expr, (), False)
        return self.inference.containers.in_clause(clause, _LISTED, self.scope, 24)

    def run(self, values: Iterable[Value], methods: tuple[str, ...]) -> None:
        """Has *methods* of the instances among *values* run."""
        for value in sorted(values, key=repr):
            if isinstance(value, InstanceValue):
                for name in methods:
                    if self.inference.members.find(value.cls.qualified, name) is not None or any(
                        self.inference.classes.defines(below, name)
                        for below in self.inference.classes.descendants(value.cls.qualified)
                    ):
                        self.edges.methods(value, name, "runs", self.at)


class ImplicitAttributes:
    """Reads the attributes and items of one body."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._stored: set[int] = set()
        """Targets: attributes and items that are set or deleted, not read."""

    def assigned(self, node: ir.Assign | ir.AnnAssign | ir.AugAssign | ir.Delete) -> None:
        """What setting or deleting the targets of *node* makes run."""
        if isinstance(node, ir.AnnAssign) and node.value is None:
            return
        targets = node.targets if isinstance(node, ir.Assign | ir.Delete) else (node.target,)
        for target in targets:
            self.target(target, "deletes" if isinstance(node, ir.Delete) else "sets")
        if isinstance(node, ir.AugAssign):
            self._stored.discard(id(node.target))
            self._objects.ask(node.target, special.IN_PLACE.get(node.op, ()))

    def target(self, target: ir.Expr, how: str) -> None:
        """What giving *target* a value makes run; *how*: ``sets`` or ``deletes``."""
        self._stored.add(id(target))
        if isinstance(target, ir.Seq):
            for item in target.items:
                self.target(item, how)
        elif isinstance(target, ir.Star):
            self.target(target.value, how)
        elif isinstance(target, ir.Name) and how == "deletes":
            self._objects.ask(target, ("__del__",))
        elif isinstance(target, ir.Subscript):
            self._objects.ask(target.value, ("__setitem__",) if how == "sets" else ("__delitem__",))
        elif isinstance(target, ir.Attr):
            self._objects.ask(target.value, ("__setattr__",) if how == "sets" else ("__delattr__",))
            self._made_property(target.value, target.name, 1 if how == "sets" else 2, how)
            self._descriptor(target, ("__set__",) if how == "sets" else ("__delete__",))
            decorator = "setter" if how == "sets" else "deleter"
            if self._objects.names.is_property(target.name):
                for function in self._accessors(target.value, target.name, (decorator,)):
                    self._objects.edges.add(function.module, function.qualname, how, self._objects.at)

    def attribute(self, node: ir.Attr) -> None:
        """What reading an attribute makes run."""
        if id(node) not in self._stored:
            self.read(node.value, node.name)

    def read(self, owner: ir.Expr, name: str) -> None:
        """What reading attribute *name* of what *owner* stands for makes run."""
        if self._objects.names.is_property(name):
            for function in self._accessors(owner, name, tuple(sorted(PROPERTIES))):
                self._objects.edges.add(function.module, function.qualname, "reads", self._objects.at)
        self._made_property(owner, name, 0, "reads")
        self._descriptor(ir.Attr(owner, name), ("__get__",))
        for method in self._objects.wanted(_ON_ANY_READ):
            for value in self._objects.of(owner):
                if isinstance(value, InstanceValue) and (
                    method == "__getattribute__"
                    or self._objects.inference.members.find(value.cls.qualified, name) is None
                ):
                    self._objects.edges.methods(value, method, "reads", self._objects.at)

    def _accessors(self, owner: ir.Expr, name: str, decorators: tuple[str, ...]) -> Iterator[Scope]:
        """The functions behind a property, in a class and those below it."""
        classes = self._objects.inference.classes
        for value in self._objects.of(owner):
            if not isinstance(value, InstanceValue):
                continue
            below = [value.cls.qualified, *classes.descendants(value.cls.qualified)]
            if classes.is_protocol(value.cls.qualified):
                below += self._objects.inference.protocols.implementers(value.cls.qualified)
            seen: set[str] = set()
            for cls in below:
                defining = self._objects.inference.members.find(cls, name)
                if defining is None or defining in seen:
                    continue
                seen.add(defining)
                module, qualname = classes.locate(defining)
                index = self._objects.inference.index(module)
                body = index.scopes.get(qualname)
                for scope in index.methods(body) if body is not None else ():
                    plain = scope.qualname.split("#")[0]
                    if plain == f"{qualname}.{name}" and any(scope.decorated(d) for d in decorators):
                        yield scope

    def _made_property(self, owner: ir.Expr, name: str, place: int, how: str) -> None:
        """``total = property(_read, _set)``: the function given at that place."""
        if _MADE_PROPERTY not in self._objects.inference.evaluate(ir.Attr(owner, name), self._objects.scope):
            return
        for value in self._objects.of(owner):
            cls = value.cls if isinstance(value, InstanceValue) else None
            for _, made, where in (
                self._objects.inference.members.sources(cls, name) if cls is not None else ()
            ):
                if isinstance(made, ir.Call) and len(made.args) > place:
                    for function in self._objects.inference.evaluate(made.args[place].value, where):
                        self._objects.edges.value(function, self._objects.at, how)

    def _descriptor(self, node: ir.Attr, methods: tuple[str, ...]) -> None:
        """Attributes that are objects with a say in how they are read and set."""
        wanted = self._objects.wanted(methods)
        for value in self._objects.of(node.value) if wanted else ():
            if not isinstance(value, InstanceValue):
                continue
            owner = self._objects.inference.members.find(value.cls.qualified, node.name)
            if owner is None:
                continue
            module, qualname = self._objects.inference.classes.locate(owner)
            body = self._objects.inference.index(module).scopes.get(qualname)
            for how in body.names.bound.get(node.name, ()) if body is not None else ():
                if body is not None and how.kind == "assign" and how.value is not None:
                    self._objects.run(self._objects.inference.evaluate(how.value, body), wanted)
                elif body is not None and isinstance(how.node, ir.FunctionDef):
                    self._wrapped(how.node, body, wanted)

    def _wrapped(self, node: ir.FunctionDef, body: Scope, methods: tuple[str, ...]) -> None:
        """A method under a decorator that makes a descriptor of it runs when the attribute is read."""
        for decorator in node.decorators:
            made = decorator.func if isinstance(decorator, ir.Call) else decorator
            for cls in sorted(self._objects.inference.evaluate(made, body), key=repr):
                if isinstance(cls, ClassValue) and any(
                    self._objects.inference.members.find(cls.qualified, method) for method in methods
                ):
                    self._objects.run((InstanceValue(cls.module, cls.qualname),), methods)
                    inner = self._objects.inference.index(body.module).by_node.get(id(node))
                    if inner is not None:
                        self._objects.edges.add(inner.module, inner.qualname, "reads", self._objects.at)

    def item(self, node: ir.Subscript) -> None:
        """What reading an item makes run."""
        if id(node) in self._stored:
            return
        self._objects.ask(node.value, ("__getitem__", "__missing__"))
        wanted = self._objects.wanted(("__class_getitem__", "__getitem__"))
        for value in self._objects.of(node.value) if wanted else ():
            if isinstance(value, ClassValue):
                self._objects.edges.own_method(value, "__class_getitem__", "runs", self._objects.at)
                for metaclass in self._objects.edges.metaclasses(value):
                    self._objects.edges.own_method(metaclass, "__getitem__", "runs", self._objects.at)
