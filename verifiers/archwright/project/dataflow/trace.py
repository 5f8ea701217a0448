"""What is noted down while code is followed: who was called from where, what was compared, which statements were run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archwright.facts.ir import Span
from archwright.project.dataflow.values import Args, Cell, Made, Values
from archwright.project.values import FunctionValue

Key = tuple[str, str]
"""Module and qualified name of a function."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A function that is being followed, and the call that led to it."""

    function: Key
    caller: Chain | None = None
    at: Span = (0, 0, 0, 0)
    """The call, in the module of the caller."""
    guessed: bool = False
    """Something outside the code base may make the call, with arguments nobody knows."""

    def hops(self) -> tuple[Chain, ...]:
        """From the root down to this."""
        found: list[Chain] = []
        current: Chain | None = self
        while current is not None:
            found.append(current)
            current = current.caller
        return tuple(reversed(found))

    @property
    def depth(self) -> int:
        """How many calls it is away from the root."""
        return len(self.hops()) - 1

    def __contains__(self, function: object) -> bool:
        return any(hop.function == function for hop in self._up())

    def _up(self) -> Iterator[Chain]:
        current: Chain | None = self
        while current is not None:
            yield current
            current = current.caller


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two values compared, in Python or as part of a query."""

    op: str
    left: Values
    right: Values
    chain: Chain
    at: Span


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A statement handed to a database."""

    how: str
    """The method: ``execute``, ``scalars``, ``get`` …"""
    given: Args
    chain: Chain
    at: Span
    result: Made
    """What it gives, by which its rows are told."""
    store: dict[int, Cell]
    """The cells at that moment."""


@dataclass(frozen=True, slots=True, eq=False)
class Passing:
    """A call of a function of this code base."""

    target: FunctionValue
    parameters: tuple[str, ...]
    """The parameters that carry the value followed."""
    chain: Chain
    """Of the function called."""


@dataclass(frozen=True, slots=True, eq=False)
class Rejection:
    """A call whose arguments do not fit the function's parameters."""

    target: FunctionValue
    problem: str
    carries: bool
    """Whether the value followed is among the arguments."""
    chain: Chain
    at: Span


@dataclass(frozen=True, slots=True, eq=False)
class Escape:
    """The value followed handed to something unknown."""

    what: str
    chain: Chain
    at: Span


@dataclass(slots=True)
class Trace:
    """Everything noted from one root."""

    comparisons: list[Comparison] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    passings: list[Passing] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    escapes: list[Escape] = field(default_factory=list)
    visited: dict[Key, Chain] = field(default_factory=dict)
    """Every function followed, with the first way to it."""
    followed: set[tuple[str, Span]] = field(default_factory=set)
    """The calls whose targets are known, by module and place."""
    constructed: dict[int, tuple[Chain, Span]] = field(default_factory=dict)
    """Where objects were made, by their cells."""
    returned: Values = ()
    store: dict[int, Cell] = field(default_factory=dict)
    """The store at the end."""
    exhausted: bool = False
    """It was given up because there was too much to follow."""
