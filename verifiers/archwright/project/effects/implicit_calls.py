"""What runs in a body without being called by name: operators, conditions, loops, texts, attributes, the making of classes.

Only where the object is one of this code base: what is done by objects of unknown type is not known, and by those of other
packages it is in the effect catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.effects import special_methods as special
from archwright.project.effects.implicit_attributes import ImplicitAttributes, Objects
from archwright.project.types.values import ClassValue, FunctionValue, InstanceValue

_OF_METACLASS = ("__prepare__", "__new__", "__init__")


class ImplicitCalls:
    """Reads one body."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._attributes = ImplicitAttributes(objects)

    def read(self, node: Any, at: ir.Span) -> None:
        """What *node* itself makes run; *at* is where it, or the statement around it, stands."""
        self._objects.at = at
        reader = _READERS.get(type(node))
        if reader is not None:
            reader(self, node)

    def called(self, names: Iterable[str], call: ir.Call) -> None:
        """What functions outside of this code base call on their arguments, by the full names of the functions."""
        given = [arg.value for arg in call.args]
        for name in names:
            for methods, elements in (
                (special.ARGUMENTS.get(name), False),
                (special.ELEMENTS.get(name), True),
            ):
                if methods and (wanted := self._objects.wanted(methods)):
                    for expr in given:
                        self._objects.run(
                            self._objects.elements(expr) if elements else self._objects.of(expr), wanted
                        )
            own = special.STARTED.get(name)
            if own and isinstance(call.func, ir.Attr):
                for value in self._objects.of(call.func.value):
                    if isinstance(value, InstanceValue):
                        self._objects.edges.methods(
                            value, own, "runs", self._objects.at, handed_off=own == "run"
                        )
        if isinstance(call.func, ir.Attr) and call.func.name in special.ELEMENTS_OF_RECEIVER:
            wanted = self._objects.wanted(special.ELEMENTS_OF_RECEIVER[call.func.name])
            if wanted:
                self._objects.run(self._objects.elements(call.func.value), wanted)

    # --- operators and conditions ---

    def _binary(self, node: ir.BinOp) -> None:
        self._objects.ask(node.left, special.LEFT.get(node.op, ()))
        self._objects.ask(node.right, special.RIGHT.get(node.op, ()))
        if node.op == "%" and isinstance(node.left, ir.Str | ir.FString):
            for part in node.right.items if isinstance(node.right, ir.Seq) else (node.right,):
                self._objects.ask(part, special.TEXT)

    def _unary(self, node: ir.Unary) -> None:
        self._objects.ask(node.operand, special.UNARY.get(node.op, ()))

    def _compare(self, node: ir.Compare) -> None:
        left = node.left
        for op, right in zip(node.ops, node.rights, strict=True):
            on_left, on_right = special.COMPARED.get(op, ((), ()))
            self._objects.ask(left, on_left)
            self._objects.ask(right, on_right)
            left = right

    def _condition(self, node: ir.If | ir.While | ir.IfExp | ir.Assert) -> None:
        self._objects.ask(node.test, special.TRUTH)

    def _either(self, node: ir.BoolOp) -> None:
        self._objects.ask(node.left, special.TRUTH)

    def _text(self, node: ir.FString) -> None:
        for part in node.parts:
            self._objects.ask(part, special.TEXT)

    def _hashed(self, node: ir.Seq | ir.Dict) -> None:
        if isinstance(node, ir.Dict) or node.kind == "set":
            for item in node.keys if isinstance(node, ir.Dict) else node.items:
                if item is not None:
                    self._objects.ask(item, special.HASH)

    # --- loops and waiting ---

    def _loop(self, node: ir.For) -> None:
        self._iterate(node.iter, asynchronously=node.is_async)
        self._attributes.target(node.target, "sets")

    def _comprehension(self, node: ir.Comp) -> None:
        for clause in node.clauses:
            self._iterate(clause.iter, asynchronously=clause.is_async)
            for test in clause.ifs:
                self._objects.ask(test, special.TRUTH)

    def _spread(self, node: ir.Star) -> None:
        self._iterate(node.value)

    def _delegated(self, node: ir.Yield) -> None:
        if node.is_from and node.value is not None:
            self._iterate(node.value)

    def _awaited(self, node: ir.Await) -> None:
        self._objects.ask(node.value, ("__await__",))

    def _iterate(self, expr: ir.Expr, *, asynchronously: bool = False) -> None:
        first, following = special.ITERATION[asynchronously]
        wanted = self._objects.wanted((first, following))
        if not wanted:
            return
        objects = self._objects.of(expr)
        self._objects.run(objects, wanted)
        for value in objects:
            for method in (
                self._objects.inference.member(value, first) if isinstance(value, InstanceValue) else ()
            ):
                if isinstance(method, FunctionValue):
                    self._objects.run(self._objects.inference.returned(method), (following,))

    # --- attributes and items ---

    def _assigned(self, node: ir.Assign | ir.AnnAssign | ir.AugAssign | ir.Delete) -> None:
        if isinstance(node, ir.Assign) and any(isinstance(target, ir.Seq) for target in node.targets):
            self._iterate(node.value)
        self._attributes.assigned(node)

    def _attribute(self, node: ir.Attr) -> None:
        self._attributes.attribute(node)

    def _item(self, node: ir.Subscript) -> None:
        self._attributes.item(node)

    def _matched(self, node: ir.Match) -> None:
        """A class pattern reads the attributes it names; a value in a pattern is compared with the subject."""
        for case in node.cases:
            for pattern in case.classes:
                made = ir.Call(pattern.cls, (), self._objects.at)
                for name in (*self._by_position(pattern), *pattern.keywords):
                    self._attributes.read(made, name)
            for value in case.values:
                self._objects.ask(value, ("__eq__",))
                self._objects.ask(node.subject, ("__eq__",))

    def _by_position(self, pattern: ir.ClassPattern) -> list[str]:
        found: list[str] = []
        for value in self._objects.of(pattern.cls) if pattern.positional else ():
            named = (
                self._objects.inference.members.sources(value, "__match_args__")
                if isinstance(value, ClassValue)
                else []
            )
            for _, names, _ in named:
                items = names.items if isinstance(names, ir.Seq) else ()
                found += [item.value for item in items[: pattern.positional] if isinstance(item, ir.Str)]
        return found

    # --- classes ---

    def _class(self, node: ir.ClassDef) -> None:
        """Making a class runs methods of its bases, of its metaclass and of its attributes."""
        body = self._objects.inference.index(self._objects.scope.module).by_node.get(id(node))
        if body is None:
            return
        made = ClassValue(body.module, body.qualname)
        if self._objects.wanted(("__init_subclass__",)):
            for base in self._objects.inference.classes.bases(made.qualified):
                if self._objects.inference.classes.known(base):
                    parent = ClassValue(*self._objects.inference.classes.locate(base))
                    self._objects.edges.own_method(parent, "__init_subclass__", "runs", self._objects.at)
        for metaclass in self._objects.edges.metaclasses(made):
            for name in _OF_METACLASS:
                self._objects.edges.own_method(metaclass, name, "runs", self._objects.at)
        if self._objects.wanted(("__set_name__",)):
            for bindings in body.names.bound.values():
                for how in bindings:
                    if how.kind == "assign" and how.value is not None:
                        self._objects.run(
                            self._objects.inference.evaluate(how.value, body), ("__set_name__",)
                        )

    def _by_text(self, call: ir.Call) -> None:
        """``getattr(order, "total")`` reads an attribute; ``isinstance(x, Kind)`` asks the metaclass of the class."""
        read = self._objects.inference.reflection.read_by_text(call, self._objects.scope)
        for name in sorted(read[1]) if read is not None else ():
            self._attributes.read(read[0] if read is not None else call, name)
        wanted = self._objects.wanted(("__instancecheck__", "__subclasscheck__"))
        if not wanted or len(call.args) != 2 or not isinstance(call.func, ir.Name):
            return
        for node in walk(call.args[1].value):
            for value in self._objects.of(node) if isinstance(node, ir.Name | ir.Attr) else ():
                for metaclass in (
                    self._objects.edges.metaclasses(value) if isinstance(value, ClassValue) else ()
                ):
                    for name in wanted:
                        self._objects.edges.own_method(metaclass, name, "runs", self._objects.at)


_READERS: dict[type, Any] = {
    ir.AnnAssign: ImplicitCalls._assigned,
    ir.Assert: ImplicitCalls._condition,
    ir.Assign: ImplicitCalls._assigned,
    ir.Attr: ImplicitCalls._attribute,
    ir.AugAssign: ImplicitCalls._assigned,
    ir.Await: ImplicitCalls._awaited,
    ir.BinOp: ImplicitCalls._binary,
    ir.BoolOp: ImplicitCalls._either,
    ir.Call: ImplicitCalls._by_text,
    ir.ClassDef: ImplicitCalls._class,
    ir.Comp: ImplicitCalls._comprehension,
    ir.Compare: ImplicitCalls._compare,
    ir.Delete: ImplicitCalls._assigned,
    ir.Dict: ImplicitCalls._hashed,
    ir.FString: ImplicitCalls._text,
    ir.For: ImplicitCalls._loop,
    ir.If: ImplicitCalls._condition,
    ir.IfExp: ImplicitCalls._condition,
    ir.Match: ImplicitCalls._matched,
    ir.Seq: ImplicitCalls._hashed,
    ir.Star: ImplicitCalls._spread,
    ir.Subscript: ImplicitCalls._item,
    ir.Unary: ImplicitCalls._unary,
    ir.While: ImplicitCalls._condition,
    ir.Yield: ImplicitCalls._delegated,
}
