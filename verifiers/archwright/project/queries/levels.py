"""The levels of SELECT in statements that calls have built: ``select(Order).where(...).order_by(...)``."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.project.execution.arguments import Arguments
from archwright.project.execution.heap import Heap
from archwright.project.execution.reach import reachable
from archwright.project.execution.values import (
    Alternative,
    Class,
    Column,
    Literal,
    Made,
    Operation,
    Unknown,
    Value,
    is_open,
    union,
)
from archwright.project.queries.selects import Comparing, Level, canonical, is_select
from archwright.project.storage.models import Model, Models

MAX_READINGS = 24
"""More ways to build one statement are not told apart."""
_WAYS = 4
_CONDITIONS = frozenset({"filter", "filter_by", "having", "where"})
_JOINS = frozenset({"join", "outerjoin", "join_from", "outerjoin_from"})
_LIMITS = frozenset({"limit", "offset", "fetch", "slice"})
_COMPARING = frozenset(
    {
        *("between", "in_", "is_", "is_not", "isnot", "not_in", "notin_", "op"),
        *("__eq__", "__ge__", "__gt__", "__le__", "__lt__"),
    }
)
_MEANING = {"is_": "==", "__eq__": "==", "is_not": "is not", "isnot": "is not"}
_EITHER = frozenset({"or_", "not_", "case", "if_"})
_EXISTS = tuple(
    f"{module}.exists."
    for module in ("sqlalchemy", "sqlalchemy.sql", "sqlalchemy.sql.expression", "sqlmodel")
)
_OPERATORS = frozenset({"<", "<=", ">", ">=", "==", "!=", "is", "is not", "in", "not in"})


class Levels:
    """Reads the calls that built statements."""

    def __init__(self, models: Models, store: Heap, *, apart: bool) -> None:
        """*apart*: a condition that is one of several makes a way of its own to build the statement."""
        self._models = models
        self._store = store
        self._apart = apart
        # Statements that are built step by step, in many ways, share most of their parts: each is read once.
        self._chains: dict[tuple[Made, int], list[tuple[Made, ...]]] = {}
        self._levels: dict[tuple[Made, ...], Level] = {}
        self._conditions_in: dict[int, tuple[list[Comparing], bool]] = {}
        self._sources_in: dict[int, tuple[list[str], list[Level]]] = {}
        self._kept: list[Value] = []
        """The values of the last two, which are known by their identity: keeping them keeps it taken."""

    def model(self, atom: Alternative) -> Model | None:
        """The table of a mapped class; None for anything else."""
        return self._models.of(atom.qualified) if isinstance(atom, Class) else None

    def chains(self, made: Made, depth: int = 64) -> list[tuple[Made, ...]]:
        """The calls that built a statement, first to last; one for every way it may have been built."""
        known = self._chains.get((made, depth))
        if known is None:
            known = self._chains[made, depth] = self._find_chains(made, depth)
        return known

    def _find_chains(self, made: Made, depth: int) -> list[tuple[Made, ...]]:
        if depth == 0:
            return [(made,)]
        if made.called and made.last == "query":
            return [(made,)]  # what it is called on gave a session, and is no part of the statement
        below = [atom for atom in made.receiver if isinstance(atom, Made) and _goes_on(atom)]
        others = len(below) < len(made.receiver)
        chains = [chain for atom in below for chain in self.chains(atom, depth - 1)]
        ways = self._ways(made) if self._apart else [made]
        ways = ways if len(chains) * len(ways) <= MAX_READINGS else [made]
        owns = [(one,) for one in ways] if made.called else [()]
        found = [(*chain, *own) for chain in chains or [()] for own in owns]
        if others and below:
            found.append((made,))
        return found[: MAX_READINGS + 1]  # one too many says that there are more

    @staticmethod
    def _ways(made: Made) -> list[Made]:
        """A call, once for every condition it may be given, as long as those are few."""
        args = made.given
        if made.last not in _CONDITIONS or args is None or len(args.positional) != 1:
            return [made]
        replace = msgspec.structs.replace
        alternatives = args.positional[0]
        if not 1 < len(alternatives) <= _WAYS:
            return [made]
        return [replace(made, given=replace(args, positional=[(one,)])) for one in alternatives]

    def level(self, chain: tuple[Made, ...]) -> Level:
        """The outermost SELECT that *chain* builds, with those inside it."""
        known = self._levels.get(chain)
        if known is None:
            known = self._levels[chain] = self._find_level(chain)
        return known

    def _find_level(self, chain: tuple[Made, ...]) -> Level:
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
                doubtful = doubtful or any(map(is_open, args.star))
            if word in _CONDITIONS or word in _JOINS or word == "exists":
                for name, entry in args.keywords.items() if word == "filter_by" else ():
                    left = tuple(Column(t, name) for t in tables) or (Unknown(name),)
                    conditions.append(Comparing("==", left, entry.value, entry.sure))
                doubtful = doubtful or (word == "filter_by" and bool(args.rest))
                of = self._chosen(word, args) if word in _JOINS else None
                for value in (*args.positional, *args.further):
                    found, unclear = self._conditions(value)
                    conditions += (
                        [msgspec.structs.replace(c, of=of) for c in found] if of is not None else found
                    )
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

    def _chosen(self, word: str, args: Arguments) -> frozenset[str] | None:
        """The tables whose rows the condition of an outer join chooses; None for an inner join, which chooses of all."""
        if not word.startswith("outerjoin") and all(
            _is_off(args.named.get(n, ())) for n in ("isouter", "full")
        ):
            return None
        if not _is_off(args.named.get("full", ())):
            return frozenset()
        tables, inner = self._sources(args.get(1 if word.endswith("_from") else 0, "target"))
        return frozenset([*tables, *(table for level in inner for table in level.tables)])

    @staticmethod
    def _resets(args: Arguments) -> bool:
        return len(args.positional) == 1 and all(
            isinstance(a, Literal) and a.value is None for a in args.positional[0]
        )

    def _conditions(self, values: Value) -> tuple[list[Comparing], bool]:
        """The comparisons in a condition, and whether it may be more than can be told."""
        known = self._conditions_in.get(id(values))
        if known is None:
            self._kept.append(values)
            known = self._conditions_in[id(values)] = self._find_conditions(values)
        return known

    def _find_conditions(self, values: Value) -> tuple[list[Comparing], bool]:
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
                    op = _MEANING.get(atom.last, atom.last)
                    found.append(Comparing(op, atom.receiver, value, sure, tuple(self._inner(value)), holds))
        for atom in values:
            unclear = unclear or is_open(atom) or (isinstance(atom, Made) and atom.name.startswith("?"))
        return found, unclear

    def _sources(self, values: Value) -> tuple[list[str], list[Level]]:
        """The tables an expression names directly, and the queries inside it."""
        known = self._sources_in.get(id(values))
        if known is None:
            self._kept.append(values)
            known = self._sources_in[id(values)] = self._find_sources(values)
        return known

    def _find_sources(self, values: Value) -> tuple[list[str], list[Level]]:
        tables: list[str] = []
        nested: list[Level] = []
        for atom in reachable(values, self._store, _stays):
            if isinstance(atom, Column):
                tables.append(atom.table)
            elif isinstance(atom, Class) and (model := self.model(atom)) is not None:
                tables.append(model.table.name)
            elif isinstance(atom, Made) and _is_inner(atom.name):
                for chain in self.chains(atom)[:4]:
                    if chain and _is_inner(chain[0].name):
                        nested.append(self.level(chain))
        return tables, nested

    def _inner(self, values: Value) -> Iterator[Level]:
        """The query a side of a comparison is."""
        for atom in values:
            if isinstance(atom, Made) and is_select(atom.name):
                for chain in self.chains(atom)[:4]:
                    if chain and is_select(chain[0].name):
                        yield self.level(chain)


def _is_off(values: Value) -> bool:
    """Whether a flag is not given, or given as False."""
    return all(isinstance(atom, Literal) and not atom.value for atom in values)


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
