"""Whether a query gives its rows in one order only: a deduction over keys, equalities and what it is ordered by.

An order is total when what the rows are ordered by, and what is fixed by equality, determines a key of every table that is read.
Keys determine all columns of their table, and columns joined by equality determine each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from archwright.project.execution.values import (
    Class,
    Column,
    Literal,
    Made,
    Ref,
    Token,
    Value,
    is_none,
    is_open,
)
from archwright.project.queries.key_rows import RowKeys, applies
from archwright.project.queries.level_columns import columns_of, output_of
from archwright.project.queries.selects import Level, canonical, is_select, ordering_key, unlabelled

Keys = Callable[[str], Iterable[frozenset[str]] | None]
"""The sets of columns that identify a row among those that are read of a table; None for a table nobody knows."""
_AGGREGATES = frozenset(
    (
        *(
            "any_value",
            "array_agg",
            "avg",
            "bool_and",
            "bool_or",
            "count",
            "every",
            "group_concat",
            "json_agg",
        ),
        *("json_group_array", "json_group_object", "json_object_agg", "jsonb_object_agg"),
        *("jsonb_agg", "max", "min", "stddev", "string_agg", "sum", "total", "variance"),
    )
)

_SCALAR = frozenset({"as_scalar", "scalar_subquery"})


def is_single_row(level: Level) -> bool:
    """Whether a query can only give one row, since all it gives is aggregated."""
    return not level.group and bool(level.outputs) and all(_aggregates((atom,)) for atom in level.outputs)


def is_total(level: Level, keys: RowKeys, same: Iterable[str] = ()) -> bool | None:
    """Whether the order of rows is total; None when that cannot be told. *same*: attributes all of them have in common."""
    surely = _is_total(level, _applying(keys, level, frozenset({True})), same)
    if surely is not False:
        return surely
    maybe = _is_total(level, _applying(keys, level, frozenset({True, None})), same)
    return None if maybe else False


def _applying(keys: RowKeys, level: Level, answers: frozenset[bool | None]) -> Keys:
    """The keys whose rows are all that a query reads, where that is answered by one of *answers*."""

    def find(table: str) -> list[frozenset[str]] | None:
        known = keys(table)
        return None if known is None else [k.columns for k in known if applies(k, table, level) in answers]

    return lru_cache(maxsize=None)(find)


def _is_total(level: Level, keys: Keys, same: Iterable[str]) -> bool | None:
    if is_single_row(level):
        return True
    if not (level.tables or level.nested):
        return None if any(map(is_open, level.outputs)) else True
    ordered = [ordering_key(value) for value in level.order]
    names = _labels(level)
    texts = {canonical(_plain(value, names)) for value in ordered}
    if level.group:
        missing = [value for value in level.group if canonical(_plain(value, names)) not in texts]
        open_ended = any(is_open(a) for value in (*ordered, *level.group) for a in value)
        fixed = _fixed(level)
        left = [
            value for value in missing if not (_grouped(value, level) and _grouped(value, level) <= fixed)
        ]
        if not left:
            return True
        determined = _closure(level, keys, ordered)
        if determined is not None and all(
            _grouped(v, level) and _grouped(v, level) <= determined[0] for v in left
        ):
            return True
        return None if open_ended else False
    outputs = [canonical(_plain((atom,), names)) for atom in level.outputs]
    if outputs and all(text in texts for text in outputs):
        return True  # rows that tie are the same in all that is given
    common = {output for name in same if (output := output_of(level, name)) is not None}
    determined = _closure(level, keys, ordered, common)
    if determined is None:
        return None
    columns, tables = determined
    if tables and all(_identified(table, columns, keys) for table in tables):
        return True
    if any(is_open(a) for value in ordered for a in value) or not tables:
        return None
    return False


def _closure(
    level: Level, keys: Keys, ordered: list[Value], common: Iterable[tuple[str, str]] = ()
) -> tuple[set[tuple[str, str]], list[str]] | None:
    """The columns that are determined, and the tables read; None where a table is not known."""
    tables = list(level.tables)
    for inner in level.nested:
        if not inner.group and _from_nested(level):
            tables += [t for t in inner.tables if t not in tables]
    if any(keys(table) is None for table in tables):
        return None
    determined = _fixed(level) | set(common)
    for value in ordered:
        determined |= columns_of(value, level, named=True)
    equal = [
        (c, columns_of(c.left, level), columns_of(c.right, level))
        for c in level.conditions
        if c.op == "==" and c.sure
    ]
    grown = True
    while grown:
        before = len(determined)
        for comparing, left, right in equal:
            if left and right and (left <= determined or right <= determined):
                determined |= {column for column in left | right if comparing.selects(column[0])}
        for table in tables:
            if _identified(table, determined, keys):
                determined |= {(table, column) for key in keys(table) or () for column in key}
                determined |= {(t, c) for _, *pair in equal for part in pair for t, c in part if t == table}
        grown = len(determined) > before
    return determined, tables


def _identified(table: str, columns: set[tuple[str, str]], keys: Keys) -> bool:
    own = {column for name, column in columns if name == table}
    return any(key and key <= own for key in keys(table) or ())


def _fixed(level: Level) -> set[tuple[str, str]]:
    """The columns that are compared with one value. ``IS NULL`` is no such comparison: rows without one may be many."""
    found: set[tuple[str, str]] = set()
    for comparing in level.conditions:
        if comparing.op == "==" and comparing.sure and not any(map(is_none, comparing.right)):
            left, right = columns_of(comparing.left, level), columns_of(comparing.right, level)
            one = left or right
            if one and not (left and right):
                found |= {column for column in one if comparing.selects(column[0])}
    return found


def _grouped(value: Value, level: Level) -> set[tuple[str, str]]:
    return columns_of(value, level, named=True)


def _from_nested(level: Level) -> bool:
    """Whether a query's rows come from a query inside it, which is more than a condition or the value of a column."""
    given = [a for a in level.outputs if isinstance(a, Made) and is_select(a.name)]
    return not level.tables or any(_SCALAR.isdisjoint(a.name.split(".")) for a in given)


def _labels(level: Level) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for atom in level.outputs:
        value, label = unlabelled((atom,))
        if label:
            found[label] = value
    return found


def _plain(values: Value, names: dict[str, Value]) -> Value:
    """An expression behind its label, and what a name in ORDER BY or GROUP BY stands for."""
    values, _ = unlabelled(values)
    if len(values) == 1 and isinstance(values[0], Literal) and values[0].value in names:
        return names[str(values[0].value)]
    if len(values) == 1 and isinstance(values[0], Column) and not values[0].table and values[0].name in names:
        return names[values[0].name]
    return values


def _aggregates(values: Value) -> bool:
    """Whether an expression is an aggregate, or made of aggregates and constants."""
    found = False
    pending = list(values)
    while pending:
        atom = pending.pop()
        if isinstance(atom, Made):
            word = atom.last.lower()
            if word in ("over", "exists"):
                return word == "exists"
            if word in _AGGREGATES:
                found = True
                continue
            pending.extend(atom.receiver)
            for value in atom.given.all() if atom.given is not None else ():
                pending.extend(value)
        elif isinstance(atom, Column | Ref | Class) or is_open(atom):
            return False
        elif isinstance(atom, Token):
            continue
        elif hasattr(atom, "operands"):
            for value in atom.operands:
                pending.extend(value)
    return found
