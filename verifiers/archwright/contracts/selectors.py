"""Selectors: a small algebra that says which modules, symbols, calls or tables a contract is about."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta, field

from archwright.contracts.convert import Problem
from archwright.contracts.patterns import PackagePattern, Pattern, SymbolPattern
from archwright.contracts.places import NOWHERE, LayerId, Name
from archwright.contracts.topology import Unit
from archwright.model import Location

RELATIONS = frozenset({"same", "other"})
"""Values of ``domain`` that compare with the domain of the other end of an edge."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a selector is asked about. None, or empty, where the question does not arise."""

    module: str | None = None
    """Dotted name of the module (of this code base) it is, or is in."""
    unit: Unit | None = None
    package: str | None = None
    """Dotted name of a module outside this code base, as deep as it is known: ``sqlalchemy.orm``."""
    symbol: str | None = None
    """Qualified name of any symbol: ``app.x.Engine.run``."""
    function: str | None = None
    """Qualified name, when the symbol is a function or method."""
    class_: str | None = None
    """Qualified name, when the symbol is a class."""
    call: str | None = None
    """Qualified name of what is called, when the subject is a call."""
    table: str | None = None
    operation: str | None = None
    decorators: tuple[str, ...] = ()
    """Qualified names."""
    bases: tuple[str, ...] = ()
    """Qualified names of all base classes, direct and indirect."""


class Selector(msgspec.Struct, frozen=True, kw_only=True):
    """Which subjects are meant. All keys given must agree; of the values of one key, one must match."""

    layer: Annotated[tuple[LayerId, ...], Meta(description="Ids of layers")] = ()
    domain: Annotated[
        tuple[Name, ...],
        Meta(description="Names of domains; same or other: compared with the other end of an edge"),
    ] = ()
    audience: Annotated[tuple[Name, ...], Meta(description="Names of audiences")] = ()
    module: Annotated[tuple[Pattern, ...], Meta(description="Modules of this code base: app.x.**")] = ()
    package: Annotated[
        tuple[PackagePattern, ...], Meta(description="Other packages with all they contain")
    ] = ()
    symbol: Annotated[tuple[SymbolPattern, ...], Meta(description="Qualified names of symbols")] = ()
    function: Annotated[tuple[SymbolPattern, ...], Meta(description="Qualified names of functions")] = ()
    class_: Annotated[tuple[SymbolPattern, ...], Meta(description="Qualified names of classes")] = field(
        name="class", default=()
    )
    call: Annotated[tuple[SymbolPattern, ...], Meta(description="Qualified names of what is called")] = ()
    table: Annotated[tuple[Pattern, ...], Meta(description="Names of tables")] = ()
    operation: Annotated[tuple[Pattern, ...], Meta(description="Names of operations")] = ()
    decorated_with: Annotated[
        tuple[SymbolPattern, ...], Meta(description="Qualified names of decorators")
    ] = ()
    subclass_of: Annotated[
        tuple[SymbolPattern, ...], Meta(description="Qualified names of base classes")
    ] = ()
    any_of: Annotated[tuple[Selector, ...], Meta(description="At least one of these must match")] = field(
        name="any", default=()
    )
    all_of: Annotated[tuple[Selector, ...], Meta(description="All of these must match")] = field(
        name="all", default=()
    )
    none_of: Annotated[tuple[Selector, ...], Meta(description="None of these may match")] = field(
        name="not", default=()
    )
    origin: Location = NOWHERE

    def matches(self, subject: Subject, other: Subject | None = None) -> bool:
        """Whether *subject* is meant. *other* is the other end, where the subject is one end of an edge.

        ``domain: same`` and ``domain: other`` hold only where both ends have a domain. Raises
        ``ValueError`` when the selector is relational and there is no other end (only an ``EdgeSelector``
        is read with such values).
        """
        unit = subject.unit
        return (
            (not self.layer or (unit is not None and unit.layer in self.layer))
            and (not self.domain or self._domain_matches(unit, other))
            and (not self.audience or (unit is not None and unit.audience in self.audience))
            and (not self.module or _matches(self.module, subject.module))
            and (not self.package or _matches(self.package, subject.package))
            and (not self.symbol or _matches(self.symbol, subject.symbol))
            and (not self.function or _matches(self.function, subject.function))
            and (not self.class_ or _matches(self.class_, subject.class_))
            and (not self.call or _matches(self.call, subject.call))
            and (not self.table or _matches(self.table, subject.table))
            and (not self.operation or _matches(self.operation, subject.operation))
            and (not self.decorated_with or any(_matches(self.decorated_with, d) for d in subject.decorators))
            and (not self.subclass_of or any(_matches(self.subclass_of, b) for b in subject.bases))
            and (not self.any_of or any(s.matches(subject, other) for s in self.any_of))
            and all(s.matches(subject, other) for s in self.all_of)
            and not any(s.matches(subject, other) for s in self.none_of)
        )

    @property
    def relational(self) -> bool:
        """Whether the answer depends on the other end of an edge."""
        if not RELATIONS.isdisjoint(self.domain):
            return True
        return any(s.relational for s in (*self.any_of, *self.all_of, *self.none_of))

    def problems(self) -> Iterator[Problem]:
        """An empty selector, and ``domain: same`` where there is no other end."""
        if all(not getattr(self, name) for name in self.__struct_fields__ if name != "origin"):
            yield Problem(
                self.origin, "an empty selector", 'say what is meant, e.g. {module: "**"} for everything'
            )
        if not isinstance(self, EdgeSelector):
            for name in self.domain:
                if name in RELATIONS:
                    message = f'"domain: {name}" compares two ends, and there is no other end here'
                    yield Problem(name.origin, message, "name the domain, or put the relation on the far end")

    def _domain_matches(self, unit: Unit | None, other: Subject | None) -> bool:
        own = unit.domain if unit is not None else None
        if not RELATIONS.isdisjoint(self.domain):
            if other is None:
                raise ValueError(f"{self.origin}: a relational selector needs the other end of an edge")
            theirs = other.unit.domain if other.unit is not None else None
            if (
                own is not None
                and theirs is not None
                and ("same" if own == theirs else "other") in self.domain
            ):
                return True
        return own is not None and own in self.domain


class EdgeSelector(Selector, frozen=True, kw_only=True):
    """A selector for the far end of an edge (import, call): may say ``domain: same`` or ``domain: other``."""

    any_of: Annotated[tuple[EdgeSelector, ...], Meta(description="At least one of these must match")] = field(
        name="any", default=()
    )
    all_of: Annotated[tuple[EdgeSelector, ...], Meta(description="All of these must match")] = field(
        name="all", default=()
    )
    none_of: Annotated[tuple[EdgeSelector, ...], Meta(description="None of these may match")] = field(
        name="not", default=()
    )


_MANY = 16
"""Patterns from which a look-up of those without wildcards pays."""


def _matches(patterns: tuple[Pattern, ...], name: str | None) -> bool:
    if name is None:
        return False
    if len(patterns) > _MANY:
        index = _index(_Same(patterns))
        if name in index.exact:
            return True
        patterns = index.others
    return any(pattern.match(name) is not None for pattern in patterns)


class _Index(msgspec.Struct, frozen=True):
    exact: frozenset[str]
    """What patterns without wildcards and captures match."""
    others: tuple[Pattern, ...]


class _Same:
    """Patterns as a key, by identity: to compare hundreds of them would cost what the index saves."""

    __slots__ = ("patterns",)

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self.patterns = patterns

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.patterns is self.patterns

    def __hash__(self) -> int:
        return id(self.patterns)


@lru_cache(maxsize=64)
def _index(key: _Same) -> _Index:
    exact: set[str] = set()
    others: list[Pattern] = []
    for pattern in key.patterns:
        if type(pattern) in (Pattern, SymbolPattern) and pattern.head == pattern.text:
            exact.add(pattern.text)
        else:
            others.append(pattern)
    return _Index(frozenset(exact), tuple(others))
