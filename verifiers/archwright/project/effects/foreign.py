"""Code of other packages that runs without being called by name: bases of classes, decorators, callbacks, methods of objects.

Where nobody has judged the package, that is a site of its own: what it does is not known. Looking at an attribute is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archwright.facts import ir
from archwright.project.effects import catalogue
from archwright.project.effects.body import Body
from archwright.project.types.values import ClassValue, ExternalInstance, ExternalValue

_LOOKED_AT = frozenset(
    f"builtins.{name}"
    for name in (
        *("isinstance", "issubclass", "hasattr", "getattr", "callable", "id", "type", "repr", "str", "bool"),
        *("len", "print", "super", "format"),
    )
) | {"typing.cast", "typing.TypeVar", "typing.NewType", "typing.assert_type"}
"""Functions that call nothing they are given."""
_MAKING = ("__init__", "__new__")


class ForeignCode:
    """Finds it in one body."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def made(self, cls: ClassValue, at: ir.Span) -> None:
        """Making an instance of a class of this code base runs what it inherits from classes of other packages."""
        classes = self._body.inference.classes
        own = False
        for base in classes.lineage(cls.qualified):
            if classes.known(base):
                own = own or any(classes.defines(base, name) for name in _MAKING)
                continue
            if not own:  # otherwise it runs if the class's own asks for it, where that stands
                self._body.by_names((base,), at)
            self._body.foreign(base, at)

    def derived(self, node: ir.ClassDef) -> None:
        """Making a class runs code of its bases."""
        for base in node.bases:
            for name in self._names(base.value):
                self._body.foreign(name, node.at)

    def around(self, names: Iterable[tuple[str, ir.Span]]) -> None:
        """Decorators of other packages run around every call of what they are put on."""
        for name, at in names:
            self._body.by_names((name,), at)
            self._body.foreign(name, at, awaited=self._body.scope.is_async)

    def applied(self, node: ir.FunctionDef | ir.ClassDef) -> None:
        """Decorators run where the definition stands; ``@made(…)`` is a call besides."""
        for decorator in node.decorators:
            for name in self._names(decorator):
                self._body.foreign(name, node.at)

    def given(self, call: ir.Call, names: Iterable[str]) -> None:
        """What a call is given it may call, unless it is a function that only looks at it."""
        if _LOOKED_AT.intersection(names):
            return
        for arg in call.args:
            for name in self._names(arg.value):
                if "." in name and not name.rpartition(".")[2].isupper():  # neither a module nor a constant
                    self._body.foreign(name, call.at)

    def used(self, expr: ir.Expr, method: str, at: ir.Span, *, awaited: bool = False) -> None:
        """An object that is entered, awaited, gone through or asked for an item by the language: *method* of it runs."""
        if not isinstance(expr, ir.Name | ir.Attr):
            return  # what a call gives belongs to the package that was called: that is a site already
        for value in self._values(expr):
            # A class with an item is a type, as in ``Page[int]``.
            if isinstance(value, ExternalInstance) or value.name.rpartition(".")[2].islower():
                self._body.foreign(f"{value.name}.{method}", at, awaited=awaited)

    def _names(self, expr: ir.Expr) -> Iterator[str]:
        """The full names of what is not called, only named."""
        if isinstance(expr, ir.Name | ir.Attr):
            for value in self._values(expr):
                if isinstance(value, ExternalValue) and catalogue.unjudged_package(value.name):
                    yield value.name

    def _values(self, expr: ir.Expr) -> list[ExternalValue | ExternalInstance]:
        found = self._body.inference.evaluate(expr, self._body.scope)
        return sorted((v for v in found if isinstance(v, ExternalValue | ExternalInstance)), key=repr)
