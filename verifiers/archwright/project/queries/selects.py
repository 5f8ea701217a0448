"""One level of SELECT as a value, whether it was written as text or built by calls."""

from __future__ import annotations

import msgspec

from archwright.project.effects import catalogue
from archwright.project.execution.values import (
    Class,
    Column,
    External,
    Function,
    Literal,
    Made,
    Module,
    Operation,
    Ref,
    Token,
    Value,
)

_SELECTS = tuple(f"{name}." for name in (*catalogue.BUILDERS,) if catalogue.BUILDERS[name] == "select")
_DIRECTIONS = frozenset({"asc", "desc", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "collate"})
_DEPTH = 12


class Comparing(msgspec.Struct, frozen=True):
    """A comparison in a condition."""

    op: str
    left: Value
    right: Value
    sure: bool = True
    """Whether it is a condition on every way the query may have been built."""
    inner: tuple[Level, ...] = ()
    """The queries it compares with."""
    always: bool = True
    """Whether a row must meet it: it is neither negated nor one side of an OR."""
    of: frozenset[str] | None = None
    """Of an outer join: the tables whose rows it chooses. Those of the others stay, whether they meet it or not."""

    def selects(self, table: str) -> bool:
        """Whether only rows of *table* are read that meet it."""
        return self.of is None or table in self.of


class Level(msgspec.Struct, frozen=True):
    """One SELECT."""

    tables: tuple[str, ...]
    """Those it reads itself, not the ones of queries inside it."""
    conditions: tuple[Comparing, ...] = ()
    order: tuple[Value, ...] = ()
    group: tuple[Value, ...] = ()
    outputs: Value = ()
    nested: tuple[Level, ...] = ()
    limited: bool = False
    distinct: bool = False
    doubtful: bool = False
    """It may have conditions that cannot be told."""


def is_select(name: str) -> bool:
    """Whether a dotted name is a SELECT, or something made from one."""
    return f"{name}.".startswith(_SELECTS)


def ordering_key(values: Value) -> Value:
    """What is ordered by, whatever the direction."""
    for _ in range(_DEPTH):
        if len(values) != 1 or not isinstance(values[0], Made) or not values[0].called:
            return values
        made = values[0]
        if made.last not in _DIRECTIONS:
            return values
        if made.receiver:
            values = made.receiver
        elif made.given is not None and made.given.positional:
            values = made.given.positional[0]
        else:
            return values
    return values


def unlabelled(values: Value) -> tuple[Value, str]:
    """An expression without its label, and the label; empty when it has none."""
    if (
        len(values) == 1
        and isinstance(values[0], Made)
        and values[0].last == "label"
        and values[0].given is not None
    ):
        name = values[0].given.get(0, "name")
        text = name[0].value if len(name) == 1 and isinstance(name[0], Literal) else ""
        return values[0].receiver, str(text)
    return values, ""


def canonical(values: Value, depth: int = _DEPTH) -> str:
    """A text that is the same for expressions that are written the same."""
    if depth == 0:
        return "…"
    return "|".join(_canonical(atom, depth - 1) for atom in values)


def _canonical(atom: object, depth: int) -> str:
    if isinstance(atom, Column):
        return f"{atom.table}.{atom.name}"
    if isinstance(atom, Literal):
        return repr(atom.value)
    if isinstance(atom, Token):
        return f"<{atom.name}>"
    if isinstance(atom, Class | Function | External | Module):
        return repr(atom)
    if isinstance(atom, Ref):
        return f"#{atom.loc}"
    if isinstance(atom, Made):
        given = ""
        if atom.given is not None:
            named = [f"{name}={canonical(value, depth)}" for name, value in atom.given.named.items()]
            given = ",".join([*(canonical(value, depth) for value in atom.given.positional), *named])
        return f"{canonical(atom.receiver, depth)}:{atom.name}({given})"
    if isinstance(atom, Operation):
        return f"({atom.op} {' '.join(canonical(value, depth) for value in atom.operands)})"
    return f"@{id(atom)}"
