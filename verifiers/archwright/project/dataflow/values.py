"""Abstract values: what an expression may come to when code is followed without being run.

A value is a tuple of alternatives (``Values``), in the order in which they were met, so that everything derived from it is the
same on every run. Dictionaries, lists and objects are cells of a store, reached through ``Ref``, because code changes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.values import ClassValue, FunctionValue
from archwright.project.values import Value as InferredValue


@dataclass(frozen=True, slots=True)
class Const:
    """A constant. ``kind`` keeps ``1``, ``1.0`` and ``True`` apart."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Token:
    """The value whose way is being followed. ``raw``: as it came in, not yet normalised."""

    name: str
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Something inference knows by name: a function, a class, a module, anything of another package."""

    value: InferredValue


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """Anything. ``why`` says what it is as far as that helps a reader, ``param`` which parameter of a root it is."""

    why: str
    param: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """A cell of the store."""

    cell: int


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A function of this code base with its first parameter given."""

    function: FunctionValue
    receiver: Atom


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method of a container, or of anything else that is not of this code base."""

    receiver: Atom
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A lambda or a nested function with the names around it."""

    scope: Scope
    params: tuple[ir.Param, ...]
    body: ir.Expr | tuple[ir.Stmt, ...]
    names: Mapping[str, Values]
    inner: Scope
    """Where names in the body are looked up."""


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """``functools.partial``: a callable with some of its arguments."""

    function: Values
    given: Args


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of a table, as an attribute of the class that maps it."""

    table: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What code outside this code base made: of what, and with which arguments.

    ``name`` is the dotted name of all that led to it: ``sqlalchemy.select.where.order_by``. An attribute that was only read has
    ``called`` False.
    """

    name: str
    receiver: Values = ()
    given: Args | None = None
    called: bool = True
    module: str = ""
    at: ir.Span = (0, 0, 0, 0)
    field: str = ""
    """The attribute it was read from, where the name is that of a type instead."""

    @property
    def last(self) -> str:
        """The last word of the name."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """An arithmetic, boolean or comparing expression."""

    op: str
    operands: tuple[Values, ...]
    module: str = ""
    at: ir.Span = (0, 0, 0, 0)


Atom = Const | Token | Known | Unknown | Ref | Bound | Method | Closure | Partial | Column | Made | Operation
Values = tuple[Atom, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Args:
    """The arguments of a call."""

    positional: tuple[Values, ...] = ()
    keywords: Mapping[str, Values] = field(default_factory=dict)
    star: Values = ()
    """What further positional arguments may be; empty when there are none."""
    rest: Values = ()
    """What further keyword arguments may be; empty when there are none."""
    further: tuple[Values, ...] = ()
    """Positional arguments that surely are given, but in a place that is not known."""

    def all(self) -> tuple[Values, ...]:
        """Every argument."""
        return (*self.positional, *self.further, *self.keywords.values(), self.star, self.rest)

    def after(self, first: int) -> Args:
        """The arguments without the *first* positional ones."""
        return Args(self.positional[first:], self.keywords, self.star, self.rest, self.further)

    def behind(self, *values: Values) -> Args:
        """The arguments with further positional ones before them."""
        return Args((*values, *self.positional), self.keywords, self.star, self.rest, self.further)

    def get(self, position: int, keyword: str = "") -> Values:
        """The argument in that place or of that name; empty when it is not given."""
        if position < len(self.positional):
            return self.positional[position]
        return self.keywords.get(keyword, ())


# --- cells ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Object:
    """An instance of a class of this code base."""

    cls: ClassValue
    fields: Mapping[str, Values]
    exact: bool
    """It was made by calling the class itself, so that it is of no subclass and has no fields but these."""
    source: str = ""
    """What it came from: ``request`` for what a client sends."""


@dataclass(frozen=True, slots=True)
class Table:
    """A dictionary."""

    entries: Mapping[Const, Values]
    rest: Values = ()
    """What may be under further keys; empty when there are none."""
    maybe: frozenset[Const] = frozenset()
    """Keys that may be missing."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, tuple, set or iterator."""

    kind: str
    items: tuple[Values, ...] = ()
    """The elements known one by one, in their order."""
    element: Values = ()
    """What further elements may be, of which neither place nor number is known; empty when there are none."""
    maybe: frozenset[int] = frozenset()
    """Which of ``items`` may be missing."""
    order_of: tuple[Atom, ...] = ()
    """What was gone through to make it: the elements are in its order."""

    @property
    def exact(self) -> bool:
        """Whether ``items`` are all there are, each in its place."""
        return not self.element and not self.maybe


Cell = Object | Table | Sequence

NONE: Values = (Const("NoneType", None),)
TRUE: Values = (Const("bool", True),)
FALSE: Values = (Const("bool", False),)
_LIMIT = 24


def const(value: Any) -> Values:
    """A constant as a value."""
    return (Const(type(value).__name__, value),)


def union(*parts: Values) -> Values:
    """Any of *parts*, each alternative once."""
    if len(parts) == 2 and parts[0] == parts[1]:
        return parts[0]
    found: dict[Atom, None] = {}
    for part in parts:
        for atom in part:
            found[atom] = None
    return limited(found)


def limited(atoms: Iterable[Atom]) -> Values:
    """*atoms*, or the first of them and a word that there are more."""
    found = tuple(atoms)
    if len(found) <= _LIMIT:
        return found
    kept = [a for a in found if isinstance(a, Token)] + [a for a in found if not isinstance(a, Token)]
    return (*kept[: _LIMIT - 1], Unknown("one of very many values"))


def is_none(atom: Atom) -> bool:
    """Whether an alternative is None."""
    return isinstance(atom, Const) and atom.value is None


def only_text(values: Values) -> str | None:
    """The string a value surely is."""
    if len(values) == 1 and isinstance(values[0], Const) and isinstance(values[0].value, str):
        return values[0].value
    return None
