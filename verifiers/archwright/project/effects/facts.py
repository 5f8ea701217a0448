"""Effects as values: what a call does to the world outside the process's own memory, and where."""

from __future__ import annotations

import msgspec

from archwright.facts.ir import Span

EFFECTS = (
    "db.read",
    "db.write",
    "db.flush",
    "db.lock",
    "db.transaction.begin",
    "db.transaction.commit",
    "db.transaction.rollback",
    "db.transaction.savepoint",
    "clock",
    "random",
    "sleep",
    "network",
    "filesystem.read",
    "filesystem.write",
    "env",
    "process",
)
"""All effects. A prefix up to a dot means the whole group: ``db.transaction`` is its four parts."""


class Effect(msgspec.Struct, frozen=True, order=True):
    """One effect; for reads and writes of a database with the table, where that is known."""

    name: str
    table: str = ""

    def is_a(self, wanted: str) -> bool:
        """Whether this is *wanted* or a part of it."""
        return self.name == wanted or self.name.startswith(f"{wanted}.")

    def __str__(self) -> str:
        return f"{self.name} ({self.table})" if self.table else self.name


class EffectSite(msgspec.Struct, frozen=True):
    """A place in a function's own body that has an effect."""

    effects: tuple[Effect, ...]
    """It has one of these …"""
    certain: bool
    """… or, when this is False, possibly none: the receiver is unknown and only the name fits."""
    what: str
    """What is called or read there, by its full name where it is known."""
    at: Span
    blocking: bool = False
    """Whether it holds up the thread it runs on until it is done."""
    parameter: str = ""
    """The parameter of the function that decides about the table, where only its callers know."""
    after: str = ""
    """The effect of the same call that this one ends; who hears of that one need not hear of this."""
    package: str = ""
    """The package whose code runs there, where nobody has judged what it does; there are no ``effects`` then."""


class CallEdge(msgspec.Struct, frozen=True):
    """A function that runs, or may run, because another one does."""

    module: str
    qualname: str
    how: str
    """``calls``, ``runs`` (an operator, a loop, …), ``reads``, ``sets``, ``deletes``, ``enters``, ``leaves``, ``makes by``,
    ``passes on``, ``is wrapped by``; ``may call`` where that is not certain."""
    at: Span
    handed_off: bool = False
    """Whether it runs on another thread, so that it holds up only that one."""
    tables: tuple[tuple[str, str], ...] = ()
    """Parameters of the function and the tables of the rows they are given."""
    forwards: tuple[tuple[str, str], ...] = ()
    """Parameters of the function and those of the caller that are given for them."""
    certain: bool = True
    """False: it is one of several that may run, or none of them; only the name fits."""

    @property
    def target(self) -> tuple[str, str]:
        """The key of the scope that runs."""
        return self.module, self.qualname


class FunctionEffects(msgspec.Struct, frozen=True):
    """What a body does itself, and what it makes run."""

    sites: tuple[EffectSite, ...]
    edges: tuple[CallEdge, ...]
