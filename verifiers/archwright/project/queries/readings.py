"""What a query says, read from the value it came to: levels of SELECT with their tables, conditions and order.

A statement can have come to several things, by the branches it was built on: each is a reading of its own.
"""

from __future__ import annotations

import msgspec

from archwright.project.execution.heap import Heap
from archwright.project.execution.trace import Run
from archwright.project.execution.values import (
    Column,
    Literal,
    Made,
    Ref,
    Value,
    only_text,
    union,
)
from archwright.project.queries.levels import MAX_READINGS, Levels
from archwright.project.queries.selects import Comparing, Level, is_select
from archwright.project.queries.text import read_text
from archwright.project.storage.models import Model, Models

_CHANGES = ("insert", "update", "delete")


class Reading(msgspec.Struct, frozen=True):
    """One thing a statement may be."""

    level: Level | None
    """None when it cannot be told."""
    verb: str = "select"
    change: Level | None = None
    """What an UPDATE or DELETE is about, and an INSERT reads; None when that cannot be told."""


def readings(run: Run, models: Models, *, apart: bool = False) -> list[Reading]:
    """Everything the statement of *run* may be; at least one. *apart*: a condition that is one of several is told apart, too."""
    reader = _Reader(models, run.heap, apart=apart)
    if run.how in ("get", "get_one") and ".query" not in run.result.name:
        return [Reading(reader.entity(run))]
    if ".query" in run.result.name and (
        run.how in ("all", "one", "first", "count", "get", "scalar") or not run.given.positional
    ):
        return reader.statements(run.result.receiver)
    found = reader.statements(run.given.get(0, "statement") or run.given.get(0, "query"), run)
    return found or [Reading(None)]


class _Reader:
    def __init__(self, models: Models, store: Heap, *, apart: bool) -> None:
        self._levels = Levels(models, store, apart=apart)
        self._store = store

    def entity(self, run: Run) -> Level:
        """``session.get(Model, key)``: a row by its primary key."""
        tables: list[str] = []
        equals: list[Comparing] = []
        for atom in run.given.get(0, "entity"):
            model = self._levels.model(atom)
            if model is not None:
                tables.append(model.table.name)
                for name in model.table.primary_key:
                    key = self._key(run.given.get(1, "ident"), name, model)
                    equals.append(Comparing("==", (Column(model.table.name, name),), key))
        return Level(tuple(tables), tuple(equals), outputs=run.given.get(0, "entity"))

    def _key(self, ident: Value, name: str, model: Model) -> Value:
        """The part of a primary key that is for the column *name*."""
        cell = self._store.get(ident[0].loc) if len(ident) == 1 and isinstance(ident[0], Ref) else None
        columns = list(model.table.primary_key)
        if cell is not None and cell.kind == "dict":
            entry = cell.entries.get(name)
            return cell.beyond if entry is None else entry.value
        if cell is not None and cell.kind != "instance" and cell.exact and len(cell.entries) == len(columns):
            return list(cell.entries.values())[columns.index(name)].value
        return ident

    def statements(self, values: Value, run: Run | None = None) -> list[Reading]:
        found: list[Reading] = []
        for atom in values:
            if isinstance(atom, Literal) and isinstance(atom.value, str):
                found.append(self._text(atom.value, (), run))
            elif isinstance(atom, Made):
                for chain in self._levels.chains(atom):
                    found.append(self._statement(chain, run))
            else:
                found.append(Reading(None))
        return found if len(found) <= MAX_READINGS else [*found[: MAX_READINGS - 1], Reading(None)]

    def _statement(self, chain: tuple[Made, ...], run: Run | None) -> Reading:
        root = chain[0]
        word = root.last
        if word in ("text", "TextClause") and root.name.startswith(("sqlalchemy", "sqlmodel")):
            text = only_text(root.given.get(0, "text")) if root.given is not None else None
            return Reading(None) if text is None else self._text(text, chain[1:], run)
        for verb in _CHANGES:
            if any(part == verb for made in chain for part in made.name.split(".")):
                return (
                    Reading(None, verb, self._levels.level(chain))
                    if word not in ("select", "query") or chain[-1].last == verb
                    else Reading(self._levels.level(chain))
                )
        if is_select(root.name) or word == "query":
            return Reading(self._levels.level(chain))
        return Reading(None)

    def _text(self, text: str, chain: tuple[Made, ...], run: Run | None) -> Reading:
        given: dict[str, Value] = {}
        positional: list[Value] = []
        for made in chain:
            if made.last in ("bindparams", "params") and made.given is not None:
                given.update(made.given.named)
                for bound in made.given.positional:
                    given.update(self._bindparams(bound))
        params = run.given.get(1, "params") or run.given.get(1, "parameters") if run is not None else ()
        for atom in params:
            cell = self._store.get(atom.loc) if isinstance(atom, Ref) else None
            if cell is None or cell.kind == "instance":
                continue
            if cell.kind != "dict" and cell.exact and len(cell.entries) == 1:
                first = next(iter(cell.entries.values())).value
                inner = first[0] if first else None
                nested = self._store.get(inner.loc) if isinstance(inner, Ref) else None
                cell = nested if nested is not None and nested.kind == "dict" else cell
            if cell.kind == "dict":
                for key, entry in cell.entries.items():
                    given[str(key)] = union(given.get(str(key), ()), entry.value)
            elif cell.exact:
                positional = [entry.value for entry in cell.entries.values()]
        if run is not None and len(run.given.positional) > 2:
            positional = list(run.given.positional[1:])
        return Reading(*read_text(text, given, positional))

    def _bindparams(self, values: Value) -> dict[str, Value]:
        """``bindparam("name", value)``."""
        found: dict[str, Value] = {}
        for atom in values:
            if isinstance(atom, Made) and atom.last == "bindparam" and atom.given is not None:
                name = only_text(atom.given.get(0, "key"))
                if name is not None:
                    found[name] = atom.given.get(1, "value")
        return found
