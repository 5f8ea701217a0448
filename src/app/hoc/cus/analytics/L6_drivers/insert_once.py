# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Inserts a row whose primary key says what it is about, unless it is there already.
# Callers: L6_drivers
# Allowed Imports: sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: none
"""Idempotent inserts that work the same on SQLite and PostgreSQL and leave the transaction usable."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import inspect, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session


class TenantRow(Protocol):
    """A mapped row that says whose it is."""

    tenant_id: str


def insert_once(session: Session, row: TenantRow) -> bool:
    """Insert ``row`` and return True, or return False when its tenant has a row with its primary key, also one of a
    concurrent transaction.

    Any other violated constraint raises ``IntegrityError``, also a key that another tenant's row has: such a row is no
    answer. Keys that clients choose must therefore be made of the tenant.
    """
    if _is_there(session, row):
        return False
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        if not _is_there(session, row):
            raise
        return False
    return True


def _is_there(session: Session, row: TenantRow) -> bool:
    model: Any = type(row)
    mapper = inspect(model)
    key = mapper.primary_key_from_instance(row)
    same = [column == value for column, value in zip(mapper.primary_key, key, strict=True)]
    found = select(literal(1)).select_from(model).where(model.tenant_id == row.tenant_id, *same)
    return session.scalars(found).one_or_none() is not None
