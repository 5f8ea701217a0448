"""What calls of SQLAlchemy say about constraints and indexes, in one normal form: columns, conditions, names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from archwright.project.storage.literals import Made, truth
from archwright.project.storage.schema import Index, Unique

_SPACE = re.compile(r"\s+")
_DIRECTED = re.compile(
    r'"?(?P<column>\w+)"?(?:\s+\w+_ops)?(?:\s+(?:ASC|DESC))?(?:\s+NULLS\s+(?:FIRST|LAST))?', re.IGNORECASE
)
Rename = Callable[[str, str, tuple[str, ...], str | None], str | None]
"""Applies a naming convention: kind (``ck``, ``uq``, ``ix``, ``fk``, ``pk``), table, columns and given name -> name."""


def is_sqlalchemy(made: Made, *names: str) -> bool:
    """Whether a call makes one of SQLAlchemy's own things called so."""
    root = made.name.partition(".")[0]
    return root in ("sqlalchemy", "sqlmodel", "alembic") and made.last in names


def declared_unique(columns: tuple[str, ...], made: Made, dialect: str) -> Unique:
    """What ``UniqueConstraint(...)`` or ``op.create_unique_constraint(...)`` says about *columns*."""
    return Unique(columns, truth(made.kwargs.get(f"{dialect}_nulls_not_distinct", False)) is True)


def declared_index(columns: tuple[str, ...], made: Made, dialect: str) -> Index | None:
    """What ``Index(...)`` or ``op.create_index(...)`` says about *columns*; None where it may be unique or not."""
    unique = truth(made.kwargs.get("unique", False))  # ``unique=1`` is what older code generators wrote
    if unique is None:
        return None
    where = _predicate(made.kwargs.get(f"{dialect}_where"))
    return Index(columns, unique, where, declared_unique(columns, made, dialect).nulls_equal)


def check_text(value: Any) -> str | None:
    """The condition of a check in one normal form; None when it cannot be told."""
    if isinstance(value, Made) and value.last == "text" and value.args:
        value = value.args[0]
    return normal(value) if isinstance(value, str) else None


def normal(text: str) -> str:
    """SQL text with its white space reduced, so that a line break makes no difference."""
    return _SPACE.sub(" ", text).strip()


def column_text(item: Any) -> str:
    """A column's name, or the text of an expression, in an index or constraint; ``?`` when it cannot be told."""
    if isinstance(item, str):
        return item
    if isinstance(item, Made):
        if item.last == "text" and item.args and isinstance(item.args[0], str):
            return indexed(normal(item.args[0]))
        if item.name in (".desc", ".asc", ".nulls_last", ".nulls_first"):
            return column_text(item.receiver)
        if item.last in ("desc", "asc", "column") and item.args:
            return column_text(item.args[0])
        if is_sqlalchemy(item, "Column") and item.args and isinstance(item.args[0], str):
            return item.args[0]
    return "?"


def indexed(text: str) -> str:
    """A part of an index without its direction and operator class: the column, or the expression as it is."""
    match = _DIRECTED.fullmatch(text)
    return match["column"] if match is not None else text


def naming_convention(table: Mapping[str, Any]) -> Rename:
    """The naming of constraints by SQLAlchemy's ``naming_convention``."""

    def rename(kind: str, name: str, columns: tuple[str, ...], given: str | None) -> str | None:
        template = table.get(kind)
        if not isinstance(template, str):
            return given
        if given is not None and "%(constraint_name)s" not in template:
            return given
        if given is None and "%(constraint_name)s" in template:
            return None
        parts = {
            "table_name": name,
            "constraint_name": given or "",
            "column_0_name": columns[0] if columns else "",
            "column_0_N_name": "_".join(columns),
            "column_0N_name": "".join(columns),
        }
        try:
            return template % parts
        except (KeyError, ValueError):
            return given

    return rename


def _predicate(value: Any) -> str:
    """The condition of a partial index as text; empty when there is none, ``?`` when it cannot be told."""
    if value is None:
        return ""
    if isinstance(value, Made) and value.name in (".is_", ".is_not", ".isnot") and value.args == (None,):
        column = column_text(value.receiver)
        return f"{column} IS {'' if value.name == '.is_' else 'NOT '}NULL" if column != "?" else "?"
    if isinstance(value, Made) and value.last == "and_" and value.complete:
        parts = [_predicate(part) for part in value.args]
        return "?" if "?" in parts else " AND ".join(f"({part})" for part in parts)
    return check_text(value) or "?"
