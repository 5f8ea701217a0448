"""Type variables: what they stand for in a class that names its base's arguments, ``class Orders(Repository[Order])``,
and in what calls give, ``def first[T](rows: list[T]) -> T``. New types, and aliases that take arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.code import Scope
from archwright.project.substitution import bind_arguments
from archwright.project.types.annotations import CALLABLES, NEW_TYPES, TRANSPARENT, UNIONS, parse_annotation
from archwright.project.types.type_names import TypeNames, Variable
from archwright.project.types.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    Value,
    Values,
    external_names,
)

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference


_PARAMETERS = frozenset(
    f"{module}.{form}" for module in ("typing", "typing_extensions") for form in ("Generic", "Protocol")
)
_CLASSES = frozenset({"typing.Type", "builtins.type"})


class Generics:
    """Reads type variables of a project."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._names = TypeNames(inference)

    def instances(self, annotation: ir.Expr | None, scope: Scope, looked_up: str, depth: int) -> Values:
        """What *annotation* admits where it is a type variable and *looked_up* is the class of the object it is seen on.

        The argument a subclass gives, else the bound or constraints of the variable; nothing for any other annotation.
        """
        variable = self._names.variable(annotation, scope)
        if variable is None or depth <= 0:
            return NOTHING
        argument = self._argument(variable, looked_up, depth)
        if argument is not None:
            expr, subclass = argument
            found = self.instances(expr, subclass, looked_up, depth - 1)
            return found or self._inference.annotations.of(expr, subclass, depth - 1)
        return self._bounds(variable, depth)

    def stands_for(self, annotation: ir.Expr, scope: Scope, depth: int) -> Values:
        """The instances that the name of a type variable or of a new type admits where nothing more is known of it."""
        variable = self._names.variable(annotation, scope)
        if variable is not None:
            return self._bounds(variable, depth) or ANYTHING
        made = self._names.made(annotation, scope)
        if made is None or not external_names(self._inference.evaluate(made[0].func, made[1])) & NEW_TYPES:
            return ANYTHING
        call, where = made
        base = next((arg.value for arg in call.args[1:] if not arg.star), None)
        return self._inference.annotations.of(base, where, depth - 1)

    def returned(self, function: FunctionValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        """What *call*, read in *scope*, gives where the function returns a type variable that its arguments tell; else nothing."""
        body = self._inference.scope(function)
        if body is None or not isinstance(body.node, ir.FunctionDef) or depth <= 0:
            return NOTHING
        variable = self._names.variable(body.node.returns, body)
        if variable is None:
            return NOTHING
        given = bind_arguments(call, body, function)
        found: Values = NOTHING
        for param in body.params:
            if self._mentions(param.annotation, variable, body):
                argument = given.get(param.name)
                found |= (
                    ANYTHING
                    if argument is None
                    else self._told(param.annotation, variable, body, argument, scope, depth - 1)
                )
        return NOTHING if UNKNOWN in found else found

    def alias(self, annotation: ir.Subscript, scope: Scope, depth: int) -> Values:
        """What an alias with arguments admits, ``type Maybe[T] = T | None``; nothing for anything else."""
        found = self._names.binding(annotation.value, scope)
        if found is None or not isinstance(found[0].node, ir.TypeAlias):
            return NOTHING
        statement, where = found[0].node, found[1]
        arguments = dict(zip((p.name for p in statement.type_params), annotation.index, strict=False))
        values: Values = NOTHING
        for part in self._alternatives(statement.value, where, depth):
            argument = arguments.get(part.id) if isinstance(part, ir.Name) else None
            if argument is not None:
                values |= self._inference.annotations.of(argument, scope, depth - 1)
            elif any(isinstance(one, ir.Name) and one.id in arguments for one in walk(part)):
                values |= ANYTHING
            else:
                values |= self._inference.annotations.of(part, where, depth - 1)
        return values

    def _alternatives(self, annotation: ir.Expr, scope: Scope, depth: int) -> Iterator[ir.Expr]:
        """The types one of which *annotation* stands for, taken out of unions and of forms that only wrap them."""
        parts: tuple[ir.Expr, ...] = ()
        if isinstance(annotation, ir.BinOp) and annotation.op == "|":
            parts = (annotation.left, annotation.right)
        elif isinstance(annotation, ir.Subscript):
            form = external_names(self._inference.evaluate(annotation.value, scope, depth - 1))
            parts = annotation.index if form & UNIONS else annotation.index[:1] if form & TRANSPARENT else ()
        if not parts:
            yield annotation
        for part in parts:
            yield from self._alternatives(part, scope, depth)

    def _told(
        self,
        annotation: ir.Expr | None,
        variable: Variable,
        body: Scope,
        given: ir.Expr,
        scope: Scope,
        depth: int,
    ) -> Values:
        """What an argument tells of a type variable in the annotation of its parameter."""
        if self._is(annotation, variable, body):
            return self._inference.evaluate(given, scope, depth)
        if not isinstance(annotation, ir.Subscript) or not self._is(annotation.index[-1], variable, body):
            return ANYTHING
        form = external_names(self._inference.evaluate(annotation.value, body, depth))
        if not form & (_CLASSES | CALLABLES):
            return ANYTHING
        found: set[Value] = set()
        for value in self._inference.evaluate(given, scope, depth):
            if isinstance(value, ClassValue):
                found.add(InstanceValue(value.module, value.qualname))
            elif isinstance(value, ExternalValue):
                found.add(ExternalInstance(value.name))
            elif isinstance(value, FunctionValue) and form & CALLABLES:
                found |= self._inference.returned(value, depth)
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _mentions(self, annotation: ir.Expr | None, variable: Variable, scope: Scope) -> bool:
        if isinstance(annotation, ir.Str):
            annotation = parse_annotation(annotation.value)
        return annotation is not None and any(
            self._is(part, variable, scope) for part in walk(annotation) if isinstance(part, ir.Name | ir.Str)
        )

    def _is(self, annotation: ir.Expr | None, variable: Variable, scope: Scope) -> bool:
        found = self._names.variable(annotation, scope)
        return found is not None and found.made is variable.made

    def _bounds(self, variable: Variable, depth: int) -> Values:
        annotations = self._inference.annotations
        return frozenset().union(*(annotations.of(b, variable.scope, depth - 1) for b in variable.bounds))

    def _argument(self, variable: Variable, looked_up: str, depth: int) -> tuple[ir.Expr, Scope] | None:
        """What the classes from *looked_up* upwards give for *variable*, with the class that does."""
        for name in self._inference.classes.lineage(looked_up):
            body = self._body(name)
            if body is None or not isinstance(body.node, ir.ClassDef):
                continue
            for base in (arg.value for arg in body.node.bases):
                if not isinstance(base, ir.Subscript):
                    continue
                for value in self._inference.evaluate(base.value, body, depth - 1):
                    if not isinstance(value, ClassValue):
                        continue
                    places = [made is variable.made for made in self._parameters(value)]
                    if any(places) and places.index(True) < len(base.index):
                        return base.index[places.index(True)], body
        return None

    def _parameters(self, cls: ClassValue) -> list[ir.Call | ir.TypeParam]:
        """The type variables of a class, in the order of its parameters."""
        body = self._inference.scope(cls)
        if body is None or not isinstance(body.node, ir.ClassDef):
            return []
        if body.node.type_params:
            return list(body.node.type_params)
        generic: list[ir.Call | ir.TypeParam] = []
        other: list[ir.Call | ir.TypeParam] = []
        for base in (arg.value for arg in body.node.bases):
            if isinstance(base, ir.Subscript):
                values = self._inference.evaluate(base.value, body)
                into = generic if _is_form(values) else other
                found = (self._names.variable(part, body) for part in base.index)
                into += (variable.made for variable in found if variable is not None)
        return list({id(made): made for made in generic or other}.values())

    def _body(self, name: str) -> Scope | None:
        if not self._inference.classes.known(name):
            return None
        module, qualname = self._inference.classes.locate(name)
        return self._inference.index(module).scopes.get(qualname)


def _is_form(values: Values) -> bool:
    return any(isinstance(value, ExternalValue) and value.name in _PARAMETERS for value in values)
