"""What a name may hold while code is executed symbolically: alternatives, and objects on a heap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.project.code import Scope

MAX_ALTERNATIVES = 8


class _Alternative(msgspec.Struct, frozen=True):
    pass


class Literal(_Alternative, frozen=True):
    """A constant: text, number, truth value or None. ``kind`` keeps 1 and True apart."""

    value: Any
    kind: str


class Ref(_Alternative, frozen=True):
    """An object on the heap."""

    loc: int


class Function(_Alternative, frozen=True):
    """A function of the code base; ``receiver`` is what it is a method of, ``captured`` names what a nested one sees."""

    module: str
    qualname: str
    receiver: Any = None
    """An alternative, or None for a plain function."""
    captured: int = 0
    """Which recorded environment it closes over; 0 for none."""


class LambdaFunction(_Alternative, frozen=True):
    """A lambda; ``number`` finds its node and what it closes over."""

    number: int


class Partial(_Alternative, frozen=True):
    """A callable with some arguments given already."""

    function: Any
    positional: tuple[tuple[Any, ...], ...]
    keywords: tuple[tuple[str, tuple[Any, ...]], ...]


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
    parameter: str = ""
    """The parameter of the function execution began with that it comes from, where it does: its callers may know more."""
    type: str = ""
    """The external type it is known to have, e.g. ``builtins.str``."""
    there: bool = False
    """Whether it is surely not None."""


Alternative = (
    Literal | Ref | Function | LambdaFunction | Partial | Class | Module | External | Typed | Unknown
)
Value = tuple[Alternative, ...]

NONE: Value = (Literal(None, "NoneType"),)
NOT_TOLD: Value = (Unknown(),)


class Entry(msgspec.Struct, frozen=True):
    """One key of an object."""

    value: Value
    sure: bool = True
    """Whether the key is there on every path."""
    origin: str = ""
    """Where it was first put, for who asks what becomes of it; kept when it is copied."""
    at: ir.Span | None = None
    """Where that is written."""


class Object(msgspec.Struct, frozen=True):
    """A dictionary, sequence or instance as far as it is known."""

    kind: str
    """``dict``, ``list``, ``tuple``, ``set`` or ``instance``."""
    entries: Mapping[Any, Entry]
    """By key, index or attribute, in order."""
    open: str = ""
    """Why there may be further entries; empty when there are none."""
    parameter: str = ""
    """The parameter whose callers may know them."""
    cls: str = ""
    """For an instance: the qualified name of its class."""
    made_at: tuple[str, ir.Span] | None = None
    """For an instance: the module and place of the call that made it."""
    sources: frozenset[int] = frozenset()
    """The objects it was copied or spread from."""
    implies: Mapping[Any, tuple[tuple[int, Any], ...]] = {}
    """For a list of what is missing: entries and the keys of objects that are there if the entry is not."""


class Closure(msgspec.Struct, frozen=True):
    """The node of a lambda with the scope and names around it."""

    node: ir.Lambda
    scope: Scope
    names: Mapping[str, Value]


def constant(value: Any) -> Value:
    """The value that is a constant."""
    return (Literal(value, type(value).__name__),)


def union(parts: Iterable[Value]) -> Value:
    """All alternatives of *parts*, each once; too many are no longer told apart."""
    found: dict[Alternative, None] = {}
    for part in parts:
        found.update(dict.fromkeys(part))
    if len(found) > MAX_ALTERNATIVES and not all(isinstance(a, Literal | Ref) for a in found):
        kept = [a for a in found if isinstance(a, Ref)]
        return (*kept[: MAX_ALTERNATIVES - 1], Unknown("too many possibilities"))
    return tuple(found)


def texts(value: Value) -> list[str] | None:
    """The texts *value* may be, sorted; None when it may be anything else."""
    if not value or not all(isinstance(a, Literal) and isinstance(a.value, str) for a in value):
        return None
    return sorted({a.value for a in value if isinstance(a, Literal)})


def parameters_of(value: Value) -> set[str]:
    """The parameters unknown parts of *value* come from."""
    return {a.parameter for a in value if isinstance(a, Unknown) and a.parameter}
