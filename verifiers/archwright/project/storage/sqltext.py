"""What SQL written as text reads and writes: tables, columns and verbs, through sqlglot, in either dialect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from archwright.project.storage.parsing import parse_sql, table_name
from archwright.project.storage.schema import table_key

_STATEMENT = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*|\()*"
    r"(?:SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|REPLACE|TRUNCATE|CREATE|ALTER|DROP)\b(?!\s*$)",
    re.IGNORECASE | re.DOTALL,
)
_DEFINES = re.compile(
    r"\s*(?:CREATE|ALTER|DROP)\s+(?P<temporary>(?:LOCAL\s+|GLOBAL\s+)?TEMP(?:ORARY)?\s+)?(?:OR\s+REPLACE\s+|UNIQUE\s+)*"
    r"(?P<kind>TABLE|INDEX|TRIGGER|VIEW|MATERIALIZED\s+VIEW)\s+(?:CONCURRENTLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
    r'(?:"?(?P<schema>\w+)"?\.)?"?(?P<name>\w+)"?',
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:ANALYZE|BEGIN|COMMIT|EXPLAIN|LISTEN|LOCK|NOTIFY|PRAGMA|RELEASE|RESET|ROLLBACK|SAVEPOINT|SET|SHOW|START|UNLISTEN"
    r"|VACUUM)\b",
    re.IGNORECASE,
)
_SYSTEM = re.compile(r"(?:information_schema|pg_catalog)\..+|pg_\w+|sqlite_\w+", re.IGNORECASE)


Derived = dict[str, set[str] | None]
"""Names of common table expressions, and the columns each gives; None when they cannot be told."""


class Touch(msgspec.Struct, frozen=True):
    """What a statement does with one table."""

    verb: str
    """``select``, ``use``, ``insert``, ``update``, ``delete``, or ``define`` for a change of the schema itself."""
    table: str
    columns: tuple[str, ...] = ()
    whole: bool = False
    """It reads, or fills, every column."""
    among: tuple[str, ...] = ()
    """For a column that does not say whose it is: the tables it may belong to; ``table`` is then empty."""


def looks_like_statement(text: str) -> bool:
    """Whether a text begins as an SQL statement does."""
    return _STATEMENT.match(text) is not None


def speaks_of_no_table(text: str) -> bool:
    """Whether a text is a statement about the connection or transaction."""
    return _ENDS.match(text) is not None


def read_sql(text: str, dialects: Iterable[str]) -> list[Touch] | None:
    """What *text* does; None when it is SQL of none of *dialects*. Catalogue tables of the database are left out."""
    defines = _DEFINES.match(text)
    if defines is not None:
        return (
            [] if defines["temporary"] else [Touch("define", table_key(defines["schema"], defines["name"]))]
        )
    for dialect in dialects:
        statements = parse_sql(text, dialect)
        if statements is None or any(type(s).__name__ == "Command" for s in statements):
            continue
        try:
            found = [touch for statement in statements for touch in _touches(statement)]
        except (AttributeError, KeyError, TypeError):
            # A shape of tree this does not know, from another version of the parser: the statement is not understood.
            return None
        return [t for t in found if not any(_SYSTEM.fullmatch(name) for name in (t.table, *t.among))]
    return None


def _touches(statement: Any) -> Iterator[Touch]:
    from sqlglot import exp

    derived = {cte.alias: _cte_outputs(cte) for cte in statement.find_all(exp.CTE)}
    if isinstance(statement, exp.TruncateTable):
        for item in statement.expressions:
            yield Touch("delete", table_name(item))
        return
    for node in statement.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge):
        yield from _changes(node, derived)
    for node in statement.find_all(exp.Select):
        yield from _reads(node, derived)


def _changes(node: Any, derived: Derived) -> Iterator[Touch]:
    from sqlglot import exp

    into = node.this
    target = into.this if isinstance(into, exp.Schema) else into
    if not isinstance(target, exp.Table):
        return
    name = table_name(target)
    if isinstance(node, exp.Insert):
        listed = tuple(c.name for c in into.expressions) if isinstance(into, exp.Schema) else ()
        yield Touch("insert", name, listed, not listed and not node.args.get("default"))
        conflict = node.args.get("conflict")
        if conflict is not None:
            changed = _assigned(conflict.expressions)
            if changed:
                yield Touch("update", name, changed)
            keys = tuple(k.name for k in conflict.args.get("conflict_keys") or () if k.name)
            if keys:
                yield Touch("use", name, keys)
    elif isinstance(node, exp.Update):
        yield Touch("update", name, _assigned(node.expressions))
    elif isinstance(node, exp.Delete):
        yield Touch("delete", name)
    else:
        for when in node.find_all(exp.When):
            then = when.args.get("then")
            if isinstance(then, exp.Update):
                yield Touch("update", name, _assigned(then.expressions))
            elif isinstance(then, exp.Insert):
                yield Touch("insert", name, tuple(c.name for c in then.this.find_all(exp.Column)))
            else:
                yield Touch("delete", name)
    returning = node.args.get("returning")
    if returning is not None:
        names = tuple(c.name for c in returning.find_all(exp.Column))
        yield Touch("select", name, names, returning.find(exp.Star) is not None)
    sources = _Sources(node, derived)
    for column in node.find_all(exp.Column):
        inside = column.find_ancestor(exp.Select, exp.Insert, exp.Update, exp.Delete)
        if inside is node and column.find_ancestor(exp.Returning) is None:
            yield from sources.use(column, "use")


def _reads(node: Any, derived: Derived) -> Iterator[Touch]:
    from sqlglot import exp

    sources = _Sources(node, derived)
    for name in sources.tables.values():
        yield Touch("select", name)
    output = {e.alias for e in node.expressions if isinstance(e, exp.Alias)}
    selected: set[int] = set()
    for expression in node.expressions:
        if isinstance(expression, exp.Star):
            yield from (Touch("select", t, (), True) for t in sources.tables.values())
        elif isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star):
            table = sources.tables.get(expression.table)
            if table is not None:
                yield Touch("select", table, (), True)
        for column in expression.find_all(exp.Column):
            if column.find_ancestor(exp.Select) is node and not isinstance(column.this, exp.Star):
                selected.add(id(column))
                yield from sources.use(column, "select")
    for column in node.find_all(exp.Column):
        if id(column) in selected or column.find_ancestor(exp.Select) is not node:
            continue
        if isinstance(column.this, exp.Star) or (not column.table and column.name in output):
            continue
        yield from sources.use(column, "use")


def _assigned(expressions: Iterable[Any]) -> tuple[str, ...]:
    """The columns on the left of ``SET a = 1, (b, c) = (2, 3)``."""
    from sqlglot import exp

    found: list[str] = []
    for item in expressions:
        if isinstance(item, exp.EQ):
            left = item.this
            found += [c.name for c in left.expressions] if isinstance(left, exp.Tuple) else [left.name]
    return tuple(found)


def _cte_outputs(cte: Any) -> set[str] | None:
    renamed = cte.args["alias"].args.get("columns") if cte.args.get("alias") is not None else None
    return {c.name for c in renamed} if renamed else _outputs(cte.this)


def _outputs(query: Any) -> set[str] | None:
    """The column names a query gives; None when they cannot be told (``*``)."""
    from sqlglot import exp

    if not isinstance(query, exp.Query):
        return None
    names = set(query.named_selects)
    return None if "*" in names or query.is_star else names


class _Sources:
    """The tables a statement's columns can belong to, those of the statements around it included."""

    def __init__(self, node: Any, derived: Derived) -> None:
        from sqlglot import exp

        self.tables: dict[str, str] = {}
        self.opaque = False
        self.given: set[str] = set()
        """Columns that derived tables give."""
        self._outer: list[_Sources] = []
        parts = [node.args.get("from_") or node.args.get("from"), *(node.args.get("joins") or ())]
        items = [part.this for part in parts if part is not None]
        if isinstance(node, exp.Insert | exp.Update | exp.Delete | exp.Merge):
            items.append(node.this.this if isinstance(node.this, exp.Schema) else node.this)
            using = node.args.get("using") or []
            items += using if isinstance(using, list) else [using]
        for item in items:
            nested = [j.this for j in (item.args.get("joins") or ())] if isinstance(item, exp.Table) else []
            for table in (item, *nested):
                if (
                    isinstance(table, exp.Table)
                    and isinstance(table.this, exp.Identifier)
                    and (table.db or table.name not in derived)
                ):
                    self.tables[table.alias_or_name] = table_name(table)
                    continue
                name = table.name if isinstance(table, exp.Table) else ""
                given = (
                    derived.get(name)
                    if name in derived
                    else _outputs(table.this)
                    if table is not None
                    else None
                )
                if given is None:
                    self.opaque = True
                else:
                    self.given |= given
        # The target of an INSERT is not in sight of the query that feeds it.
        above = node.find_ancestor(exp.Select, exp.Update, exp.Delete)
        if above is not None:
            self._outer.append(_Sources(above, derived))

    def use(self, column: Any, verb: str) -> Iterator[Touch]:
        """A column, attributed to its table."""
        if column.table:
            level: _Sources | None = self
            while level is not None:
                if column.table in level.tables:
                    yield Touch(verb, level.tables[column.table], (column.name,))
                    return
                level = level._outer[0] if level._outer else None
            return  # of a derived table, whose own query is read by itself; or ``excluded``
        tables = self._all(column.name)
        if tables is None:
            return
        if len(tables) == 1:
            yield Touch(verb, tables[0], (column.name,))
        elif tables:
            yield Touch(verb, "", (column.name,), among=tuple(tables))

    def _all(self, column: str) -> list[str] | None:
        """Every table an unqualified name can mean; None where it is, or may be, a derived table's."""
        if self.opaque or column in self.given:
            return None
        outer = self._outer[0]._all(column) if self._outer else []
        return None if outer is None else list(dict.fromkeys([*self.tables.values(), *outer]))
