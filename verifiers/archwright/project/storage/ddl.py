"""Raw DDL on a schema: CREATE, ALTER and DROP as text, triggers and functions by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from archwright.model import Location
from archwright.project.storage.constrainttexts import normal
from archwright.project.storage.ddl_tables import declared_table, indexed_part
from archwright.project.storage.operations import Operations
from archwright.project.storage.parsing import parse_sql, table_name
from archwright.project.storage.schema import Index, Table, Trigger
from archwright.project.storage.sqltypes import read_ddl_type

_NAME = r'(?:"?[\w$]+"?\.)?"?(?P<name>[\w$]+)"?'
_IF = r"(?P<soft>IF\s+(?:NOT\s+)?EXISTS\s+)?"
_CREATE_TRIGGER = re.compile(
    rf"\s*CREATE\s+(?P<replace>OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+)?(?:CONSTRAINT\s+)?TRIGGER\s+{_IF}{_NAME}\s"
    r'(?P<when>.*?)\sON\s+(?P<table>(?:"?\w+"?\.)?"?\w+"?)(?P<rest>.*)',
    re.IGNORECASE | re.DOTALL,
)
_DROP_TRIGGER = re.compile(rf'\s*DROP\s+TRIGGER\s+{_IF}{_NAME}(?:\s+ON\s+(?P<table>[\w".]+))?', re.IGNORECASE)
_CREATE_FUNCTION = re.compile(
    rf"\s*CREATE\s+(?P<replace>OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\s+{_NAME}", re.IGNORECASE
)
_DROP_FUNCTION = re.compile(rf"\s*DROP\s+(?:FUNCTION|PROCEDURE)\s+{_IF}{_NAME}", re.IGNORECASE)
_RAISES = re.compile(r"\bRAISE\s*(?:EXCEPTION\b|\(\s*(?:ABORT|FAIL|ROLLBACK)\b)", re.IGNORECASE)
_CONDITIONAL = re.compile(r"\b(?:IF|CASE|WHEN|WHERE)\b", re.IGNORECASE)
_CALLED = re.compile(r"\bEXECUTE\s+(?:FUNCTION|PROCEDURE)\s+(?:\w+\.)?(?P<name>\w+)", re.IGNORECASE)
_HARMLESS = re.compile(
    r"\s*(?:ANALYZE|BEGIN|CLUSTER|COMMENT|COMMIT|DELETE|EXPLAIN|GRANT|INSERT|LOCK|NOTIFY|PRAGMA|REFRESH|REINDEX|RESET|REVOKE"
    r"|ROLLBACK|SELECT|SET|SHOW|TRUNCATE|UPDATE|VACUUM|WITH|(?:CREATE|DROP)\s+(?:COLLATION|DOMAIN|EXTENSION|OPERATOR|POLICY"
    r"|ROLE|SEQUENCE|STATISTICS|TYPE|(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+)?VIEW)|ALTER\s+(?:EXTENSION|ROLE|SEQUENCE"
    r"|TYPE|VIEW|DOMAIN|FUNCTION))\b",
    re.IGNORECASE,
)
_NO_SHAPE = re.compile(
    r"\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?[\w\".]+\s+(?:(?:ENABLE|FORCE|NO\s+FORCE)\s+ROW\s+LEVEL\s+SECURITY"
    r"|OWNER\s+TO|VALIDATE\s+CONSTRAINT|REPLICA\s+IDENTITY|CLUSTER\s+ON|SET\s*\()",
    re.IGNORECASE,
)
"""Alterations that leave columns and constraints as they are."""
_NULLS_EQUAL = re.compile(
    r"(\s*CREATE\s+UNIQUE\s+INDEX\b[^;]*\))\s*NULLS\s+(?P<equal>NOT\s+)?DISTINCT\b", re.IGNORECASE
)
"""What PostgreSQL lets a unique index say about NULLs, which the parser does not know."""
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def apply_sql(text: str, operations: Operations, at: Location) -> None:
    """Runs the statements in *text*. What changes no table is passed over; what cannot be read puts the schema in doubt."""
    text = _COMMENTS.sub(" ", text).strip()
    if (
        not text
        or _stored_code(text, operations, at)
        or (";" not in text and (_HARMLESS.match(text) or _NO_SHAPE.match(text)))
    ):
        return
    nulls = _NULLS_EQUAL.match(text)
    statements = parse_sql(_NULLS_EQUAL.sub(r"\1", text), operations.dialect)
    if statements is None:
        operations.schema.doubt("a statement that cannot be read", at)
        return
    for statement in statements:
        try:
            _apply(statement, operations, at, nulls is not None and nulls["equal"] is not None)
        except (AttributeError, KeyError, TypeError):
            # A shape of tree this does not know, from another version of the parser.
            operations.schema.doubt("a statement that is not understood", at)


def begins_harmless(beginning: str) -> bool:
    """Whether a statement that begins so changes no table, whatever names and values are put in behind."""
    return ";" not in beginning and _HARMLESS.match(_COMMENTS.sub(" ", beginning).strip()) is not None


def _stored_code(text: str, operations: Operations, at: Location) -> bool:
    """Triggers and functions, whose bodies are another language."""
    schema = operations.schema
    if (match := _CREATE_TRIGGER.match(text)) is not None:
        trigger = _trigger(match["when"], match["rest"], schema.functions)
        operations.add_trigger(_bare(match["table"]), match["name"], trigger, at)
    elif (match := _DROP_TRIGGER.match(text)) is not None:
        table = _bare(match["table"]) if match["table"] else None
        operations.remove_trigger(match["name"], table, at, if_present=bool(match["soft"]))
    elif (match := _CREATE_FUNCTION.match(text)) is not None:
        if match["name"] in schema.functions and not match["replace"]:
            schema.refuse(f"function `{match['name']}` exists already", match["name"], at)
        schema.functions[match["name"]] = bool(_RAISES.search(text)) and not _CONDITIONAL.search(text)
    elif (match := _DROP_FUNCTION.match(text)) is not None:
        if match["name"] not in schema.functions and not match["soft"]:
            schema.refuse(f"there is no function `{match['name']}` to drop", match["name"], at)
        schema.functions.pop(match["name"], None)
    else:
        return False
    return True


def _trigger(when: str, rest: str, functions: Mapping[str, bool]) -> Trigger:
    words = when.lower().split()
    limited = "of" in words or _CONDITIONAL.search(rest) is not None
    called = _CALLED.search(rest)
    raises = functions.get(called["name"], False) if called is not None else bool(_RAISES.search(rest))
    events = frozenset(words) & {"delete", "insert", "truncate", "update"}
    return Trigger(events, raises and not limited and "after" not in words)


def _apply(node: Any, operations: Operations, at: Location, nulls_equal: bool) -> None:
    from sqlglot import exp

    if isinstance(node, exp.Create):
        _create(node, operations, at, nulls_equal)
    elif isinstance(node, exp.Drop):
        soft = bool(node.args.get("exists"))
        if node.args.get("kind") in ("DATABASE", "SCHEMA"):
            operations.schema.doubt("a whole schema is dropped", at)
        named = node.args.get("tables") or ([node.this] if node.this is not None else [])
        for item in named:
            if node.args.get("kind") == "TABLE":
                operations.remove_table(table_name(item), at, if_present=soft)
            elif node.args.get("kind") == "INDEX":
                operations.remove_index(item.name, at, if_present=soft)
    elif isinstance(node, exp.Alter):
        _alter(node, operations, at)
    elif isinstance(node, exp.Command) and not _HARMLESS.match(f"{node.this} {node.expression or ''}"):
        operations.schema.doubt(f"a {node.this} statement that cannot be read", at)


def _create(node: Any, operations: Operations, at: Location, nulls_equal: bool) -> None:
    kind, soft = node.args.get("kind"), bool(node.args.get("exists"))
    if kind == "INDEX":
        index = node.this
        owner = operations.existing(table_name(index.args["table"]), at)
        params = index.args.get("params")
        columns = (
            tuple(indexed_part(c) for c in (params.args.get("columns") or ()) if c is not None)
            if params
            else ()
        )
        if owner is not None:
            where = params.args.get("where") if params else None
            condition = normal(where.this.sql()) if where is not None else ""
            found = Index(columns, bool(node.args.get("unique")), condition, nulls_equal)
            operations.add_index(owner, index.name or None, found, at, soft)
    elif kind == "TABLE":
        from sqlglot import exp

        if not isinstance(node.this, exp.Schema):
            operations.schema.doubt(
                "a table made from a query", at, table_name(node.this) if node.this.name else "*"
            )
            return
        table = declared_table(table_name(node.this.this), node.this.expressions, at)
        operations.add_table(table, at, if_absent=soft)


def _alter(node: Any, operations: Operations, at: Location) -> None:
    from sqlglot import exp

    if node.args.get("kind") == "INDEX":
        _alter_index(node, operations, at)
    if node.args.get("kind") != "TABLE":
        return
    name = table_name(node.this)
    for action in node.args.get("actions") or ():
        table = operations.existing(name, at)
        if table is None:
            return
        if isinstance(action, exp.ColumnDef):
            part = declared_table(name, [action], at)
            operations.extend(table, part, at, if_absent=bool(action.args.get("exists")))
        elif isinstance(action, exp.AddConstraint):
            operations.extend(table, declared_table(name, action.expressions, at), at)
        elif isinstance(action, exp.AlterRename):
            operations.rename(name, table_name(action.this), at)
            name = table_name(action.this)
        elif isinstance(action, exp.RenameColumn):
            operations.rename_column(table, action.this.name, action.args["to"].name, at)
        elif isinstance(action, exp.Drop):
            _drop_part(action, table, operations, at)
        elif isinstance(action, exp.AlterColumn):
            _alter_column(action, table, operations, at)
        else:
            operations.schema.doubt(f"an ALTER TABLE that cannot be read: {type(action).__name__}", at, name)


def _alter_index(node: Any, operations: Operations, at: Location) -> None:
    from sqlglot import exp

    for action in node.args.get("actions") or ():
        if isinstance(action, exp.AlterRename):
            operations.rename_index(node.this.name, action.this.name, at)


def _drop_part(action: Any, table: Table, operations: Operations, at: Location) -> None:
    soft = bool(action.args.get("exists"))
    for item in action.args.get("tables") or ([action.this] if action.this is not None else []):
        current = operations.schema.tables.get(table.name, table)
        if action.args.get("kind") == "CONSTRAINT":
            operations.remove_constraint(current, item.name, at, if_present=soft)
        else:
            operations.remove_column(current, item.name, at, if_present=soft)


def _alter_column(action: Any, table: Table, operations: Operations, at: Location) -> None:
    column = table.columns.get(action.name)
    if column is None:
        operations.schema.refuse(f"`{table.name}` has no column `{action.name}` to alter", table.name, at)
        return
    changes: dict[str, Any] = {}
    if action.args.get("dtype") is not None:
        changes["type"] = read_ddl_type(action.args["dtype"])
    if action.args.get("allow_null") is not None:
        changes["nullable"] = bool(action.args["allow_null"])
    if action.args.get("default") is not None:
        changes["default"] = True
    elif action.args.get("drop") and "nullable" not in changes:
        changes["default"] = False
    operations.change_column(table, msgspec.structs.replace(column, **changes))


def _bare(name: str) -> str:
    return name.replace('"', "").removeprefix("public.")
