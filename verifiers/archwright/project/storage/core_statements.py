"""Statements built from Core constructs: which of them change no table's shape."""

from __future__ import annotations

from typing import Any

from archwright.project.storage.literals import Made, Method, Unknown

_BUILDERS = frozenset({"delete", "insert", "select", "update"})
_ANY = "SELECT"


def harmless_beginning(value: Any) -> str:
    """How the text of a statement begins that changes no table's shape; empty for what is no such statement.

    The statement may have been built further after a condition that cannot be told: it stays what it was begun as.
    """
    while isinstance(value, Made | Method):
        if isinstance(value, Made) and value.last in _BUILDERS:
            return _ANY
        value = value.receiver
    return value.beginning if isinstance(value, Unknown) else ""
