"""What an expression may come to when code is followed without being run.

A value is a tuple of alternatives, each once and in the order in which they were met, so that everything derived from it is
the same on every run. Dictionaries, sequences and instances are on the heap, reached through ``Ref``, because code changes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir

if TYPE_CHECKING:
    from archwright.project.execution.arguments import Arguments

_LIMIT = 24


class _Alternative(msgspec.Struct, frozen=True):
    pass


class Literal(_Alternative, frozen=True):
    """A constant: text, number, truth value or None. ``kind`` keeps 1 and True apart; a ``number`` is one in SQL, as written."""

    value: Any
    kind: str


class Token(_Alternative, frozen=True):
    """The value whose way is being followed. ``raw``: as it came in, not yet normalised."""

    name: str
    raw: bool = False


class Ref(_Alternative, frozen=True):
    """An object on the heap."""

    loc: int


class Function(_Alternative, frozen=True):
    """A function of the code base; ``receiver`` is what it is a method of, ``captured`` names what a nested one sees."""

    module: str
    qualname: str
    """The key of its scope, ``#n`` included."""
    receiver: Any = None
    """An alternative, or None for a plain function."""
    captured: int = 0
    """Which recorded environment it closes over; 0 for none."""
    found_on: str = ""
    """The qualified class it was looked up on, where that is known; the defining class may be a base of it."""

    @property
    def qualified(self) -> str:
        """The full dotted name of the definition."""
        return f"{self.module}.{self.qualname.split('#')[0]}"

    @property
    def looked_up_as(self) -> str:
        """The full dotted name under the class it was looked up on; the same as ``qualified`` for a function."""
        if not self.found_on:
            return self.qualified
        return f"{self.found_on}.{self.qualname.split('#')[0].rpartition('.')[2]}"


class LambdaFunction(_Alternative, frozen=True):
    """A lambda; ``number`` finds its node and what it closes over."""

    number: int


class Partial(_Alternative, frozen=True, eq=False):
    """A callable with some arguments given already."""

    function: Value
    given: Arguments


class Class(_Alternative, frozen=True):
    """A class of the code base."""

    module: str
    qualname: str

    @property
    def qualified(self) -> str:
        """The full dotted name."""
        return f"{self.module}.{self.qualname.split('#')[0]}"


class Module(_Alternative, frozen=True):
    """A module of the code base."""

    name: str


class External(_Alternative, frozen=True):
    """Something of another package; ``of`` is the object it is a method of, where that is known."""

    name: str
    of: Any = None

    @property
    def last(self) -> str:
        """The last word of the name."""
        return self.name.rpartition(".")[2]


class Typed(_Alternative, frozen=True):
    """An instance of a class of the code base about which nothing else is known."""

    module: str
    qualname: str
    there: bool = False
    """Whether it is surely not None."""

    @property
    def qualified(self) -> str:
        """The full dotted name of the class."""
        return f"{self.module}.{self.qualname.split('#')[0]}"


class Unknown(_Alternative, frozen=True):
    """A value that cannot be told."""

    reason: str = ""
    """What it is, as far as that helps a reader."""
    parameter: str = ""
    """The parameter of the function execution began with that it comes from, where it does: its callers may know more."""
    type: str = ""
    """The external type it is known to have, e.g. ``builtins.str``."""
    there: bool = False
    """Whether it is surely not None."""


class Column(_Alternative, frozen=True):
    """A column of a table, as an attribute of the class that maps it."""

    table: str
    name: str


class Made(_Alternative, frozen=True, eq=False):
    """What code outside the code base made: of what, and with which arguments.

    ``name`` is the dotted name of all that led to it: ``sqlalchemy.select.where.order_by``. An attribute that was only read has
    ``called`` False.
    """

    name: str
    receiver: Value = ()
    given: Arguments | None = None
    called: bool = True
    module: str = ""
    at: ir.Span = (0, 0, 0, 0)
    field: str = ""
    """The attribute it was read from, where the name is that of a type instead."""

    @property
    def last(self) -> str:
        """The last word of the name."""
        return self.name.rpartition(".")[2]


class Operation(_Alternative, frozen=True, eq=False):
    """An arithmetic, boolean or comparing expression."""

    op: str
    operands: tuple[Value, ...]
    module: str = ""
    at: ir.Span = (0, 0, 0, 0)


Alternative = (
    Literal
    | Token
    | Ref
    | Function
    | LambdaFunction
    | Partial
    | Class
    | Module
    | External
    | Typed
    | Unknown
    | Column
    | Made
    | Operation
)
Value = tuple[Alternative, ...]

NONE: Value = (Literal(None, "NoneType"),)
NOT_TOLD: Value = (Unknown(),)
GROUPED = "grouped"
"""What is left of an order where items are told apart by something first: groups, or sorting. It is given what that is."""


def constant(value: Any) -> Value:
    """The value that is a constant."""
    return (Literal(value, type(value).__name__),)


def union(*parts: Value) -> Value:
    """All alternatives of *parts*, each once; too many are no longer told apart, but for constants and objects."""
    if len(parts) == 1:
        return limited(parts[0])
    if len(parts) == 2 and parts[0] == parts[1]:
        return parts[0]
    found: dict[Alternative, None] = {}
    for part in parts:
        found.update(dict.fromkeys(part))
    return limited(found)


def limited(alternatives: Iterable[Alternative]) -> Value:
    """*alternatives*, each once, or the most telling of them and a word that there are more."""
    found = tuple(dict.fromkeys(alternatives))
    if len(found) <= _LIMIT or all(isinstance(a, Literal | Ref) for a in found):
        return found
    telling = [a for a in found if isinstance(a, Token | Ref)]
    others = [a for a in found if not isinstance(a, Token | Ref)]
    return (*[*telling, *others][: _LIMIT - 1], Unknown("too many possibilities"))


def texts(value: Value) -> list[str] | None:
    """The texts *value* may be, sorted; None when it may be anything else."""
    if not value or not all(isinstance(a, Literal) and isinstance(a.value, str) for a in value):
        return None
    return sorted({a.value for a in value if isinstance(a, Literal)})


def only_text(value: Value) -> str | None:
    """The text *value* surely is; None when it may be anything else."""
    if len(value) == 1 and isinstance(value[0], Literal) and isinstance(value[0].value, str):
        return value[0].value
    return None


def literal_of(value: Value) -> Any:
    """The constant *value* is; Ellipsis when it is none, or more than one."""
    if len(value) == 1 and isinstance(value[0], Literal):
        return value[0].value
    return ...


def is_none(one: Alternative) -> bool:
    """Whether an alternative is None."""
    return isinstance(one, Literal) and one.value is None


def is_open(one: Alternative) -> bool:
    """Whether an alternative may be anything."""
    return isinstance(one, Unknown) and not one.type


def parameters_of(value: Value) -> set[str]:
    """The parameters unknown parts of *value* come from."""
    return {a.parameter for a in value if isinstance(a, Unknown) and a.parameter}


def reason_of(value: Value) -> str:
    """Why the first unknown part of *value* cannot be told, as far as that is said; empty when there is no value at all."""
    for one in value:
        if isinstance(one, Unknown) and one.reason:
            return one.reason
    return "something that cannot be told" if value else ""
