"""Whether a key tells apart the rows that a query reads: a unique index may leave out rows, and rows with a NULL may be many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from archwright.project.execution.values import Literal, Value, is_none
from archwright.project.queries.level_columns import columns_of
from archwright.project.queries.selects import Comparing, Level
from archwright.project.storage.parsing import parse_sql
from archwright.project.storage.row_keys import RowKey

RowKeys = Callable[[str], Iterable[RowKey] | None]
"""The keys of a table; None for a table nobody knows."""
_COMPARES = frozenset({"==", "!=", "<", "<=", ">", ">=", "between", "in", "in_"})
"""What NULL never meets: comparing with it gives NULL, and no row."""
_CONDITION = "SELECT 1 FROM t WHERE "


class _Part(msgspec.Struct, frozen=True):
    """One of the conditions a partial index asks for together."""

    op: str
    """``null``, ``present``, ``==``, or empty for one that is not read."""
    columns: frozenset[str] = frozenset()
    """What it is about; empty where that cannot be told."""
    value: tuple[bool, str] = (False, "")
    """Whether it is a text, and what it says."""


def applies(key: RowKey, table: str, level: Level) -> bool | None:
    """Whether *key* tells apart all rows of *table* that *level* reads; None when that cannot be told."""
    levels = [level] if table in level.tables else [i for i in level.nested if table in i.tables]
    answers = {_applies_in(key, table, one) for one in levels}
    return False if False in answers else None if None in answers else True


def _applies_in(key: RowKey, table: str, level: Level) -> bool | None:
    answers = {
        _is_present(table, frozenset({name}), level, untold=name in key.untold) for name in key.nullable
    }
    if key.where:
        answers |= {_implies(level, table, part) for part in _parts(key.where)}
    return False if False in answers else None if None in answers else True


def _is_present(table: str, column: frozenset[str], level: Level, *, untold: bool = False) -> bool | None:
    """Whether no row that is read has NULL in the one column."""
    mentioned = False
    for comparing, other in _comparings(level, table, column):
        mentioned = True
        if not (comparing.sure and comparing.always and comparing.selects(table)):
            continue
        if comparing.op in ("!=", "is not"):
            return True  # SQLAlchemy makes IS NOT NULL of `!= None`
        if (comparing.op in _COMPARES or comparing.op == "is") and not any(map(is_none, other)):
            return True
    return None if mentioned or untold else False


def _implies(level: Level, table: str, part: _Part) -> bool | None:
    """Whether every row that is read meets a condition of a partial index."""
    if part.op == "present":
        return _is_present(table, part.columns, level)
    mentioned = not part.columns
    for comparing, other in _comparings(level, table, part.columns):
        mentioned = True
        holds = comparing.sure and comparing.always and comparing.selects(table)
        if part.op and comparing.op in ("==", "is") and holds and _is_value(other, part):
            return True
    return None if mentioned else False


def _comparings(level: Level, table: str, columns: frozenset[str]) -> Iterator[tuple[Comparing, Value]]:
    """The conditions about one of *columns*, and what it is compared with."""
    meant = {(table, column) for column in columns}
    for comparing in level.conditions:
        for side, other in ((comparing.left, comparing.right), (comparing.right, comparing.left)):
            if meant & columns_of(side, level):
                yield comparing, other


def _is_value(values: Value, part: _Part) -> bool:
    if len(values) != 1 or not isinstance(values[0], Literal):
        return False
    said = values[0].value
    return said is None if part.op == "null" else (isinstance(said, str), str(said)) == part.value


def _parts(where: str) -> Iterator[_Part]:
    """The conditions of a partial index, all of which a row meets that is in it."""
    from sqlglot import exp

    parsed = parse_sql(_CONDITION + where, "postgresql") if where != "?" else None
    tree = parsed[0].args.get("where") if parsed else None
    if tree is None:
        yield _Part("")
        return
    for node in tree.this.unnest().flatten() if isinstance(tree.this.unnest(), exp.And) else (tree.this,):
        yield _part(node.unnest())


def _part(node: Any) -> _Part:
    from sqlglot import exp

    negated = isinstance(node, exp.Not)
    inner = node.this.unnest() if negated else node
    if isinstance(inner, exp.Is) and isinstance(inner.this, exp.Column):
        negated = negated != bool(inner.args.get("negate"))
        if isinstance(inner.expression, exp.Null):
            return _Part("present" if negated else "null", frozenset({inner.this.name}))
    if not isinstance(node, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE):
        return _Part("")  # a truth value may be asked for without any comparison
    columns, said = frozenset(c.name for c in node.find_all(exp.Column)), node.expression
    if isinstance(node, exp.EQ) and isinstance(node.this, exp.Column) and isinstance(said, exp.Literal):
        return _Part("==", columns, (bool(said.is_string), str(said.this)))
    return _Part("", frozenset() if node.find(exp.Boolean) else columns)
