"""What a container, or something in one, is known as: an expression, an annotation, or its parts."""

from __future__ import annotations

from dataclasses import dataclass

from archwright.facts import ir
from archwright.project.code import Scope


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """An expression in its scope; the same one is equal, which is cheaper to tell than the same code."""

    expr: ir.Expr
    scope: Scope

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, _Place) and self.expr is other.expr

    def __hash__(self) -> int:
        return id(self.expr)


class Written(_Place):
    """Whatever an expression gives."""

    __slots__ = ()


class Declared(_Place):
    """Whatever an annotation admits."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A sequence whose places are known."""

    parts: tuple[Things, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """A sequence of any length."""

    element: Things


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dictionary; *entries* are those under constant keys, *values* what there may be besides."""

    keys: Things
    values: Things
    entries: tuple[tuple[str, Things], ...] = ()

    def all_values(self) -> Things:
        """Whatever may be under any key."""
        return (*(thing for _, things in self.entries for thing in things), *self.values)


@dataclass(frozen=True, slots=True)
class Gives:
    """No container, but something to call for one."""

    result: Things


@dataclass(frozen=True, slots=True)
class Anything:
    """What cannot be told."""


Thing = Written | Declared | Row | Several | Mapping | Gives | Anything
Things = tuple[Thing, ...]

UNTOLD: Things = (Anything(),)
