"""One thing that code does with one table."""

from __future__ import annotations

import msgspec

from archwright.model import Location

WRITES = frozenset({"delete", "insert", "update"})


class Access(msgspec.Struct, frozen=True):
    """One thing a piece of code does with one table."""

    verb: str
    """``select`` (reads values), ``use`` (in a predicate, an order, a key), ``insert``, ``update``, ``delete``; ``define``
    for DDL; ``execute`` for a statement that cannot be told."""
    table: str | None
    """None where it cannot be told."""
    columns: tuple[str, ...]
    whole: bool
    """Every column: an entity, ``*``, an insert without a list."""
    owner: str
    """Qualified name of the function; of the module at top level."""
    module: str
    at: Location
    doubt: str = ""
    """What about it cannot be told; empty when everything can."""
    among: tuple[str, ...] = ()
    """Tables an unqualified column may belong to."""
    variable: str = ""
    """At top level: the name bound to the value it is part of."""
    handed_by: tuple[str, ...] = ()
    """The functions whose calls hand on what it writes, innermost first; empty where nobody's call decides."""

    @property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return self.verb in WRITES
