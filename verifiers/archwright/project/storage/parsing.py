"""SQL text as sqlglot trees, with the parser loaded when the first text is met."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

from archwright.project.storage.schema import table_key

_DIALECTS = {"postgresql": "postgres", "sqlite": "sqlite"}


@lru_cache(maxsize=2048)
def parse_sql(text: str, dialect: str) -> tuple[Any, ...] | None:
    """The statements in *text*; None when it is not SQL of *dialect*. What sqlglot does not know is a ``Command``."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        parsed = sqlglot.parse(text, read=_DIALECTS[dialect])
    except (SqlglotError, RecursionError, ValueError):
        return None
    return tuple(statement for statement in parsed if statement is not None)


def table_name(node: Any) -> str:
    """The name a table node is known by."""
    return table_key(node.db, str(node.name))
