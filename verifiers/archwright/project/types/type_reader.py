"""Annotations as the values they admit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope, enclosing_class
from archwright.project.types.annotations import (
    ITERATED,
    LAST_ARGUMENT,
    NEW_TYPES,
    TRANSPARENT,
    TYPE_VARIABLES,
    UNIONS,
    parse_annotation,
)
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

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference


_MADE = TYPE_VARIABLES | NEW_TYPES
"""Functions whose results are names for types."""


class TypeReader:
    """Reads annotations in the scopes they stand in."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def of(self, annotation: ir.Expr | None, scope: Scope, depth: int) -> Values:
        """The instances an annotation admits; None is left out, Any and what cannot be resolved is UNKNOWN."""
        if annotation is None or depth <= 0:
            self._inference.cuts += depth <= 0
            return ANYTHING
        if isinstance(annotation, ir.Str):
            return self.of(parse_annotation(annotation.value), scope, depth - 1)
        if isinstance(annotation, ir.Const):
            return NOTHING if annotation.text == "None" else ANYTHING
        if isinstance(annotation, ir.BinOp) and annotation.op == "|":
            return self.of(annotation.left, scope, depth - 1) | self.of(annotation.right, scope, depth - 1)
        if isinstance(annotation, ir.Subscript):
            return self._generic(annotation, scope, depth)
        if (isinstance(annotation, ir.Name) and annotation.id == "Self") or _is_self(annotation):
            owner = enclosing_class(scope)
            return ANYTHING if owner is None else frozenset({InstanceValue(owner.module, owner.qualname)})
        values = self._inference.evaluate(annotation, scope, depth - 1)
        if any(isinstance(value, ExternalInstance) and value.name in _MADE for value in values):
            return self._inference.generics.stands_for(annotation, scope, depth)
        return self._instances(values, scope, depth)

    def _generic(self, annotation: ir.Subscript, scope: Scope, depth: int) -> Values:
        base = self._inference.evaluate(annotation.value, scope, depth - 1)
        names = external_names(base)
        if names & TRANSPARENT:
            return self.of(annotation.index[0], scope, depth - 1)
        if names & UNIONS:
            return frozenset().union(*(self.of(item, scope, depth - 1) for item in annotation.index))
        if names & LAST_ARGUMENT:
            return self.of(annotation.index[-1], scope, depth - 1)
        if names & {"builtins.type", "typing.Type"}:
            instances = self.of(annotation.index[0], scope, depth - 1)
            return frozenset(v.cls if isinstance(v, InstanceValue) else UNKNOWN for v in instances)
        return self._inference.generics.alias(annotation, scope, depth) or self._instances(base, scope, depth)

    def _instances(self, values: Values, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        for value in values:
            if isinstance(value, ClassValue):
                found.add(InstanceValue(value.module, value.qualname))
            elif isinstance(value, ExternalValue):
                opaque = value.name in ("typing.Any", "builtins.object", "typing_extensions.Any")
                found.add(UNKNOWN if opaque else ExternalInstance(value.name))
            elif isinstance(value, InstanceValue) or _is_alias(value):
                found.add(value)  # an alias such as ``Port = Foo | Bar`` evaluates to instances already
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def yielded(self, returns: ir.Expr | None, scope: Scope, depth: int) -> Values:
        """What a generator function with this return annotation yields."""
        if isinstance(returns, ir.Str):
            returns = parse_annotation(returns.value)
        if (
            isinstance(returns, ir.Subscript)
            and external_names(self._inference.evaluate(returns.value, scope, depth - 1)) & ITERATED
        ):
            return self.of(returns.index[0], scope, depth - 1)
        return ANYTHING


def _is_alias(value: Value) -> bool:
    """Whether an external instance is what an alias for a type stands for, and not a type variable or new type."""
    return isinstance(value, ExternalInstance) and not value.name.startswith(
        ("typing.", "typing_extensions.")
    )


def _is_self(annotation: ir.Expr) -> bool:
    return ir.dotted(annotation) in ("typing.Self", "typing_extensions.Self")
