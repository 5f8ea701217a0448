# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Inserts a row whose primary key says what it is about, unless it is there already.
# Callers: L6_drivers
# Allowed Imports: L7, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
"""Idempotent inserts that work the same on SQLite and PostgreSQL and leave the transaction usable."""

from __future__ import annotations

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models.base import Base


def insert_once(session: Session, row: Base) -> bool:
    """Insert ``row`` and return True, or return False when its primary key is taken, also by a concurrent
    transaction. Any other violated constraint raises ``IntegrityError``.
    """
    key = inspect(row).mapper.primary_key_from_instance(row)
    if session.get(type(row), key) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        if session.get(type(row), key) is None:
            raise
        return False
    return True
