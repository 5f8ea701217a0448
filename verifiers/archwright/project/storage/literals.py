"""What evaluating a declaration gives: concrete values, calls of other packages kept as data, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from archwright.model import Location
from archwright.project.code import Scope


@dataclass(frozen=True, slots=True)
class Outside:
    """Something of another package, by dotted name: ``sqlalchemy.String``."""

    name: str


@dataclass(frozen=True, slots=True)
class InModule:
    """A module or package of the code base."""

    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the code base; ``frame`` holds what an enclosing call bound, ``receiver`` the object it is a method of."""

    scope: Scope
    frame: Any = None
    receiver: Any = None


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the code base."""

    module: str
    qualname: str

    @property
    def qualified(self) -> str:
        """The full dotted name."""
        return f"{self.module}.{self.qualname}"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapped class as its own declarations see it: its attributes are columns."""

    cls: Class
    columns: dict[str, str]
    """Attribute: name of its column."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enumeration."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Made:
    """A call of something outside, kept as what it says: ``Column("id", String(36), nullable=False)``."""

    name: str
    """Dotted; of a method on another call's result just ``.method``."""
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    at: Location | None = None
    receiver: Any = None
    complete: bool = True
    """False where ``*args`` or ``**kwargs`` of unknown content were passed."""

    @property
    def last(self) -> str:
        """The last segment of the name."""
        return self.name.rpartition(".")[2]

    def argument(self, position: int, *names: str, default: Any = None) -> Any:
        """The argument at *position* or under one of *names*; *default* when absent."""
        for name in names:
            if name in self.kwargs:
                return self.kwargs[name]
        return self.args[position] if 0 <= position < len(self.args) else default


@dataclass(frozen=True, slots=True)
class Placed:
    """The place of a column that is spoken of by the attribute of its class."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a value that is not of this code base, before it is called."""

    receiver: Any
    name: str


@dataclass(frozen=True, slots=True)
class DialectValue:
    """The dialect the code runs on."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be told, and why."""

    reason: str
    at: Location | None = None
    beginning: str = ""
    """Of a text with parts that cannot be told: what comes before the first of them."""
    away: bool = False
    """Whether it is of a module that is not among those to be judged."""
    missing: bool = False
    """Whether there surely is no such thing: to ask for it raises."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of names some of which may not be in it."""

    names: frozenset[str]
    unsure: frozenset[str]
    """Those of which it cannot be told."""
    sure: frozenset[str] | None = None
    """All those of which it can, if these are not simply the others."""

    def has(self, name: str) -> bool | None:
        """Whether *name* is in it; None when that cannot be told."""
        untold = name in self.unsure or (self.sure is not None and name not in self.sure)
        return None if untold else name in self.names


CONCRETE = (str, int, float, bool, bytes, type(None))


def is_known(value: Any) -> bool:
    """Whether a value is concrete through and through."""
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(is_known, value))
    if isinstance(value, dict):
        return all(is_known(k) and is_known(v) for k, v in value.items())
    return isinstance(value, CONCRETE)


def truth(value: Any) -> bool | None:
    """What a test of *value* comes to; None when that cannot be told."""
    if isinstance(value, (*CONCRETE, list, tuple, set, frozenset, dict)):
        return bool(value)
    if isinstance(value, Outside) and value.name.endswith(".TYPE_CHECKING"):
        return False
    return None
