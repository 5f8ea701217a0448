"""What a migration is told that asks the database: answers of SQLAlchemy's inspector about a replayed schema.

https://docs.sqlalchemy.org/en/20/core/reflection.html#sqlalchemy.engine.reflection.Inspector
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archwright.project.storage.literals import Listing, Made, Unknown
from archwright.project.storage.schema import EVERYTHING, Schema, Table, table_key

_INSPECTORS = frozenset({"from_engine", "inspect"})


def inspected(made: Made, schema: Schema, dialect: str) -> Any:
    """The answer to a call of an inspector's method; None for any other call.

    Unknown where the schema is in doubt, and for names that only the database knows.
    """
    asked = made.receiver
    if not (isinstance(asked, Made) and asked.last in _INSPECTORS and asked.name.startswith("sqlalchemy.")):
        return None
    method = made.name.removeprefix(".")
    if method in ("get_table_names", "has_table"):
        return _tables(method, made, schema)
    answer = _ANSWERS.get(method)
    if answer is None:
        return None
    name = _asked_for(made)
    table = schema.tables.get(name) if name is not None else None
    if name is None or table is None or schema.doubt_about(name) is not None:
        return Unknown("what a table is found to have cannot be told", made.at)
    return answer(table, dialect == "sqlite")


def _tables(method: str, made: Made, schema: Schema) -> Any:
    if method == "get_table_names":
        if made.args or made.kwargs:
            return Unknown("which tables are found cannot be told", made.at)
        names = [name for name in schema.tables if "." not in name]
        if not any(doubt.presence for doubt in schema.doubts.values()):
            return names
        everything = EVERYTHING in schema.doubts and schema.doubts[EVERYTHING].presence
        unsure = frozenset(name for name, doubt in schema.doubts.items() if doubt.presence)
        return Listing(frozenset(names), unsure, schema.settled if everything else None)
    name = _asked_for(made)
    there = None if name is None else schema.is_present(name)
    return Unknown("whether a table is found cannot be told", made.at) if there is None else there


def _asked_for(made: Made) -> str | None:
    name, schema = made.argument(0, "table_name"), made.argument(1, "schema")
    return table_key(schema, name) if isinstance(name, str) and isinstance(schema, str | None) else None


def _columns(table: Table, nameless: bool) -> list[dict[str, Any]]:
    return [
        {
            "name": column.name,
            "type": Unknown("the type a column is found to have"),
            "nullable": Unknown("cannot be told") if column.nullable is None else column.nullable,
            "default": Unknown("the default of a column") if column.default else None,
            "autoincrement": Unknown("whether a column counts by itself"),
            "comment": None,
        }
        for column in table.columns.values()
    ]


def _uniques(table: Table, nameless: bool) -> list[dict[str, Any]]:
    return [
        {"name": _name(key, nameless), "column_names": list(unique.columns)}
        for key, unique in table.uniques.items()
    ]


def _indexes(table: Table, nameless: bool) -> list[dict[str, Any]]:
    return [
        {"name": _name(key, nameless), "column_names": list(index.columns), "unique": index.unique}
        for key, index in table.indexes.items()
    ]


def _checks(table: Table, nameless: bool) -> list[dict[str, Any]]:
    return [{"name": _name(key, nameless), "sqltext": Unknown("the text of a check")} for key in table.checks]


def _foreign_keys(table: Table, nameless: bool) -> list[dict[str, Any]]:
    return [
        {
            "name": _name(key, nameless),
            "constrained_columns": list(reference.columns),
            "referred_schema": None,
            "referred_table": reference.table,
            "referred_columns": list(reference.targets)
            if reference.targets
            else Unknown("the key of a table"),
            "options": Unknown("the options of a foreign key"),
        }
        for key, reference in table.foreign_keys.items()
    ]


def _primary_key(table: Table, nameless: bool) -> dict[str, Any]:
    return {"name": Unknown("the name of a key"), "constrained_columns": list(table.primary_key)}


def _name(key: str, nameless: bool) -> Any:
    """SQLite leaves a constraint without a name as it is; others give it one."""
    if not key.startswith("?"):
        return key
    return None if nameless else Unknown("a name the database has chosen")


_ANSWERS: dict[str, Callable[[Table, bool], Any]] = {
    "get_check_constraints": _checks,
    "get_columns": _columns,
    "get_foreign_keys": _foreign_keys,
    "get_indexes": _indexes,
    "get_pk_constraint": _primary_key,
    "get_unique_constraints": _uniques,
}
