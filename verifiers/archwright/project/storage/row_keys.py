"""Which rows of a table a key tells apart: all of them, or only those without a NULL in it or in a partial index.

NULLs are distinct from each other in unique constraints and indexes, unless those say otherwise:
https://www.postgresql.org/docs/current/indexes-unique.html, https://www.sqlite.org/lang_createindex.html#unique_indexes
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from archwright.project.storage.schema import Table


class RowKey(msgspec.Struct, frozen=True):
    """Columns no two rows have in common, among the rows it is about."""

    columns: frozenset[str]
    nullable: frozenset[str] = frozenset()
    """Those of ``columns`` that may be NULL: rows in which one is are not told apart."""
    untold: frozenset[str] = frozenset()
    """Those of ``nullable`` of which it cannot be told."""
    where: str = ""
    """The condition of a partial index: other rows are not told apart. Empty for none, ``?`` where it cannot be told."""


def row_keys(table: Table) -> frozenset[RowKey]:
    """The keys of *table*, each with the rows it is about."""
    return frozenset(_keys(table))


def keys_on_both(one: Mapping[str, Table], other: Mapping[str, Table]) -> dict[str, frozenset[RowKey]]:
    """The keys of the tables in *one*, as far as they hold on the database with those in *other*, too.

    A key that only one of them has is taken as it is: it may be the only database there is.
    """
    found: dict[str, frozenset[RowKey]] = {}
    for name, table in one.items():
        there = list(_keys(other[name])) if name in other else []
        found[name] = frozenset(_on_both(key, there) for key in _keys(table))
    return found


def _on_both(key: RowKey, there: list[RowKey]) -> RowKey:
    same = [other for other in there if other.columns == key.columns]
    return key if not same or key in same else _weaker(key, same[0])


def _keys(table: Table) -> Iterator[RowKey]:
    if table.primary_key:
        yield RowKey(frozenset(table.primary_key))
    for unique in table.uniques.values():
        yield _key(table, unique.columns, unique.nulls_equal)
    for index in table.indexes.values():
        if index.unique:
            yield _key(table, index.columns, index.nulls_equal, index.where)


def _key(table: Table, columns: Iterable[str], nulls_equal: bool, where: str = "") -> RowKey:
    names = frozenset(columns)
    if nulls_equal:
        return RowKey(names, where=where)
    known = {name: table.columns[name].nullable for name in names if name in table.columns}
    return RowKey(
        names,
        frozenset(name for name, nullable in known.items() if nullable is not False),
        frozenset(name for name, nullable in known.items() if nullable is None),
        where,
    )


def _weaker(one: RowKey, other: RowKey) -> RowKey:
    where = one.where or other.where
    return RowKey(
        one.columns,
        one.nullable | other.nullable,
        one.untold | other.untold,
        where if other.where in ("", where) else "?",
    )
