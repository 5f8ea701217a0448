"""Names of what builds statements, as far as names alone tell."""

from __future__ import annotations

from archwright.project.types.values import ExternalValue, Values

DML = frozenset({"delete", "insert", "update"})


def builds_statement(name: str) -> bool:
    """Whether a dotted name is SQLAlchemy's ``select``, ``insert``, ``update`` or ``delete``, of whatever dialect."""
    parts = name.split(".")
    # ``Session.query.filter.update``, ``Table.insert`` and ``insert.values.delete`` are methods.
    is_method = any(p[:1].isupper() or p in (*DML, "select", "query") for p in parts[:-1])
    return parts[0] in ("sqlalchemy", "sqlmodel") and parts[-1] in (*DML, "select") and not is_method


def external_names(values: Values) -> set[str]:
    """The dotted names of what is not of this code base among *values*."""
    return {v.name for v in values if isinstance(v, ExternalValue)}
