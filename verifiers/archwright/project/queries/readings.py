"""What a query says, read from the value it came to: levels of SELECT with their tables, conditions and order.

A statement can have come to several things, by the branches it was built on: each is a reading of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.project.execution.arguments import Arguments
from archwright.project.execution.heap import Heap
from archwright.project.execution.reach import reachable
from archwright.project.execution.trace import Run
from archwright.project.execution.values import (
    Alternative,
    Class,
    Column,
    Literal,
    Made,
    Operation,
    Ref,
    Unknown,
    Value,
    only_text,
    union,
)
from archwright.project.queries.selects import Comparing, Level, canonical, is_select
from archwright.project.queries.text import read_text
from archwright.project.storage.models import Model, Models

_READINGS = 24
_CONDITIONS = frozenset({"filter", "filter_by", "having", "where"})
_JOINS = frozenset({"join", "outerjoin", "join_from", "outerjoin_from"})
_LIMITS = frozenset({"limit", "offset", "fetch", "slice"})
_COMPARING = frozenset(
    {"between", "in_", "not_in", "notin_", "is_", "op", "__le__", "__lt__", "__ge__", "__gt__", "__eq__"}
)
_EITHER = frozenset({"or_", "not_", "case", "if_"})
_EXISTS = tuple(
    f"{module}.exists."
    for module in ("sqlalchemy", "sqlalchemy.sql", "sqlalchemy.sql.expression", "sqlmodel")
)
_CHANGES = ("insert", "update", "delete")


class Reading(msgspec.Struct, frozen=True):
    """One thing a statement may be."""

    level: Level | None
    """None when it cannot be told."""
    verb: str = "select"
    change: Level | None = None
    """What an UPDATE or DELETE is about, and an INSERT reads; None when that cannot be told."""


def readings(run: Run, models: Models) -> list[Reading]:
    """Everything the statement of *run* may be; at least one."""
    reader = _Reader(models, run.heap)
    if run.how in ("get", "get_one") and ".query" not in run.result.name:
        return [Reading(reader.entity(run))]
    if ".query" in run.result.name and (
        run.how in ("all", "one", "first", "count", "get", "scalar") or not run.given.positional
    ):
        return reader.statements(run.result.receiver)
    found = reader.statements(run.given.get(0, "statement") or run.given.get(0, "query"), run)
    return found or [Reading(None)]


class _Reader:
    def __init__(self, models: Models, store: Heap) -> None:
        self._models = models
        self._store = store

    def entity(self, run: Run) -> Level:
        """``session.get(Model, key)``: a row by its primary key."""
        tables: list[str] = []
        equals: list[Comparing] = []
        for atom in run.given.get(0, "entity"):
            model = self._model(atom)
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
                for chain in self._chains(atom):
                    found.append(self._statement(chain, run))
            else:
                found.append(Reading(None))
        return found[:_READINGS]

    def _statement(self, chain: tuple[Made, ...], run: Run | None) -> Reading:
        root = chain[0]
        word = root.last
        if word in ("text", "TextClause") and root.name.startswith(("sqlalchemy", "sqlmodel")):
            text = only_text(root.given.get(0, "text")) if root.given is not None else None
            return Reading(None) if text is None else self._text(text, chain[1:], run)
        for verb in _CHANGES:
            if any(part == verb for made in chain for part in made.name.split(".")):
                return (
                    Reading(None, verb, self._level(chain))
                    if word not in ("select", "query") or chain[-1].last == verb
                    else Reading(self._level(chain))
                )
        if is_select(root.name) or word == "query":
            return Reading(self._level(chain))
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

    # --- chains of calls ---

    def _chains(self, made: Made, depth: int = 64) -> list[tuple[Made, ...]]:
        """The calls that built a statement, first to last; one for every way it may have been built."""
        if depth == 0:
            return [(made,)]
        if made.called and made.last == "query":
            return [(made,)]  # what it is called on gave a session, and is no part of the statement
        below = [atom for atom in made.receiver if isinstance(atom, Made) and _goes_on(atom)]
        others = len(below) < len(made.receiver)
        chains = [chain for atom in below for chain in self._chains(atom, depth - 1)]
        own = (made,) if made.called else ()
        found = [(*chain, *own) for chain in chains] or [own]
        if others and below:
            found.append((made,))
        return found[:_READINGS]

    def _level(self, chain: tuple[Made, ...]) -> Level:
        tables: dict[str, None] = {}
        nested: list[Level] = []
        conditions: list[Comparing] = []
        order: tuple[Value, ...] = ()
        group: list[Value] = []
        outputs: Value = ()
        limited = distinct = doubtful = False
        for made in chain:
            args = made.given or Arguments()
            word = made.last
            parts = args.all()
            if word in ("select", "query", "add_columns", "with_only_columns", "exists"):
                outputs = union(outputs, *args.positional, *args.further, args.star)
                doubtful = doubtful or any(map(_is_open, args.star))
            if word in _CONDITIONS or word in _JOINS or word == "exists":
                for name, value in args.named.items() if word == "filter_by" else ():
                    left = tuple(Column(t, name) for t in tables) or (Unknown(name),)
                    conditions.append(Comparing("==", left, value))
                for value in (*args.positional, *args.further):
                    found, unclear = self._conditions(value)
                    conditions += found
                    doubtful = doubtful or (unclear and word in _CONDITIONS)
                # Some of what follows is among the conditions, but nobody knows which.
                found, unclear = self._conditions(args.star)
                conditions += [msgspec.structs.replace(c, sure=False) for c in found]
                doubtful = doubtful or (unclear and word in _CONDITIONS)
            elif word == "order_by":
                more = [(Unknown("an order given by others"),)] if args.star else []
                order = () if self._resets(args) else (*order, *args.positional, *args.further, *more)
            elif word == "group_by":
                group += [*args.positional, *args.further, *([args.star] if args.star else [])]
            elif word in _LIMITS:
                limited = True
            elif word == "distinct":
                distinct = True
            for value in parts:
                names, inner = self._sources(value)
                tables.update(dict.fromkeys(names))
                nested += inner
        return Level(
            tuple(tables),
            tuple(conditions),
            order,
            tuple(group),
            outputs,
            tuple(nested),
            limited,
            distinct,
            doubtful,
        )

    @staticmethod
    def _resets(args: Arguments) -> bool:
        return len(args.positional) == 1 and all(
            isinstance(a, Literal) and a.value is None for a in args.positional[0]
        )

    def _conditions(self, values: Value) -> tuple[list[Comparing], bool]:
        """The comparisons in a condition, and whether it may be more than can be told."""
        found: list[Comparing] = []
        unclear = False
        sure = len(values) == 1
        always = {id(atom) for atom in reachable(values, self._store, _must_hold)}
        for atom in reachable(values, self._store, _stays):
            holds = id(atom) in always
            if isinstance(atom, Operation) and len(atom.operands) == 2 and atom.op in _OPERATORS:
                inner = tuple(level for side in atom.operands for level in self._inner(side))
                found.append(Comparing(atom.op, atom.operands[0], atom.operands[1], sure, inner, holds))
            elif isinstance(atom, Made) and atom.last in _COMPARING and atom.given is not None:
                for value in atom.given.positional:
                    op = "==" if atom.last in ("is_", "__eq__") else atom.last
                    found.append(Comparing(op, atom.receiver, value, sure, tuple(self._inner(value)), holds))
        for atom in values:
            unclear = unclear or _is_open(atom) or (isinstance(atom, Made) and atom.name.startswith("?"))
        return found, unclear

    def _sources(self, values: Value) -> tuple[list[str], list[Level]]:
        """The tables an expression names directly, and the queries inside it."""
        tables: list[str] = []
        nested: list[Level] = []
        for atom in reachable(values, self._store, _stays):
            if isinstance(atom, Column):
                tables.append(atom.table)
            elif isinstance(atom, Class) and (model := self._model(atom)) is not None:
                tables.append(model.table.name)
            elif isinstance(atom, Made) and _is_inner(atom.name):
                for chain in self._chains(atom)[:4]:
                    if chain and _is_inner(chain[0].name):
                        nested.append(self._level(chain))
        return tables, nested

    def _inner(self, values: Value) -> Iterator[Level]:
        """The query a side of a comparison is."""
        for atom in values:
            if isinstance(atom, Made) and is_select(atom.name):
                for chain in self._chains(atom)[:4]:
                    if chain and is_select(chain[0].name):
                        yield self._level(chain)

    def _model(self, atom: Alternative) -> Model | None:
        return self._models.of(atom.qualified) if isinstance(atom, Class) else None


def _is_open(atom: Alternative) -> bool:
    """Whether an alternative may be anything."""
    return isinstance(atom, Unknown) and not atom.type


_OPERATORS = frozenset({"<", "<=", ">", ">=", "==", "!=", "is", "is not", "in", "not in"})


def _stays(atom: Alternative) -> bool:
    """Whether looking into an alternative stays within one level of SELECT."""
    if isinstance(atom, Made):
        return not _is_inner(atom.name) and not atom.name.endswith(".execute")
    return True


def _is_inner(name: str) -> bool:
    """Whether a dotted name is a query, or made from one: SELECT, ``exists()`` or ``session.query()``."""
    return is_select(name) or f"{name}.".startswith(_EXISTS) or ".query." in f"{name}."


def _must_hold(atom: Alternative) -> bool:
    """Whether all conditions inside an alternative hold where it does."""
    if isinstance(atom, Operation):
        return atom.op in ("&", "and")
    return _stays(atom) and not (isinstance(atom, Made) and atom.last in _EITHER)


def _goes_on(made: Made) -> bool:
    """Whether a call continues the statement it is called on, rather than being called on a session or a class."""
    return made.called or is_select(made.name)


def every_level(level: Level) -> Iterator[Level]:
    """A level and all inside it."""
    pending = [level]
    seen: set[tuple[str, ...]] = set()
    while pending:
        current = pending.pop(0)
        key = tuple(canonical(v) for v in (current.outputs, *(c.left for c in current.conditions)))
        if (*key, *current.tables) in seen:
            continue
        seen.add((*key, *current.tables))
        yield current
        pending.extend(current.nested)
