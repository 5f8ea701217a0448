"""Lambdas and nested functions as values: numbers, by which the names around them are found again."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.execution.values import Function, LambdaFunction, Value


class Closure(msgspec.Struct, frozen=True):
    """What a lambda or a nested function sees."""

    scope: Scope
    """Where it is written."""
    names: Mapping[str, Value]
    """The names around it, which go on changing with the body around it."""
    defined: Mapping[str, Value]
    """The same names when it was defined: defaults are made of those."""
    node: ir.Lambda | None = None
    """For a lambda."""


class Closures:
    """Keeps what was closed over; one per machine."""

    def __init__(self, kept: dict[int, Closure]) -> None:
        """*kept*: where they are kept."""
        self._kept = kept

    def function(self, inner: Scope, around: Scope, names: Mapping[str, Value]) -> Function:
        """The nested function *inner* of *around*."""
        return Function(inner.module, inner.qualname, None, self._keep(Closure(around, names, dict(names))))

    def lambda_(self, node: ir.Lambda, around: Scope, names: Mapping[str, Value]) -> LambdaFunction:
        """A lambda in the body of *around*."""
        return LambdaFunction(self._keep(Closure(around, names, dict(names), node)))

    def _keep(self, closure: Closure) -> int:
        number = len(self._kept) + 1
        self._kept[number] = closure
        return number

    def of(self, one: Function | LambdaFunction) -> Closure | None:
        """What a function closes over; None for one that is not nested."""
        number = one.number if isinstance(one, LambdaFunction) else one.captured
        return self._kept[number] if number else None
