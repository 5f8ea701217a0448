# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: SQL expressions that put a moment into its UTC hour or day, the same on SQLite and PostgreSQL.
# Callers: L6 {analytics_read_driver, cost_read_driver, cost_spending_figures}
# Allowed Imports: L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: none
"""Buckets of time, always in UTC: the zone of the database session has no say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.hoc.cus.analytics.L5_schemas.query_types import ResolutionType

_SQLITE = {ResolutionType.DAY: "%Y-%m-%d", ResolutionType.HOUR: "%Y-%m-%dT%H:00:00Z"}
_POSTGRESQL = {ResolutionType.DAY: "YYYY-MM-DD", ResolutionType.HOUR: 'YYYY-MM-DD"T"HH24":00:00Z"'}


class UtcDay(FunctionElement[str]):
    """The UTC day of a timestamp as ``YYYY-MM-DD``."""

    type = String()
    inherit_cache = True
    resolution = ResolutionType.DAY


class UtcHour(FunctionElement[str]):
    """The UTC hour of a timestamp as ``YYYY-MM-DDTHH:00:00Z``."""

    type = String()
    inherit_cache = True
    resolution = ResolutionType.HOUR


def utc_bucket(moment: Any, resolution: ResolutionType) -> ColumnElement[str]:
    """The bucket of a timestamp column as text; its order is the order of time."""
    return UtcHour(moment) if resolution is ResolutionType.HOUR else UtcDay(moment)


@compiles(UtcDay, "sqlite")
@compiles(UtcHour, "sqlite")
def _on_sqlite(element: UtcDay | UtcHour, compiler: SQLCompiler, **options: Any) -> str:
    # Stored as text in UTC, see app.models.base.UTCDateTime.
    pattern = _SQLITE[element.resolution]
    return f"strftime('{pattern}', {compiler.process(element.clauses, **options)})"


@compiles(UtcDay, "postgresql")
@compiles(UtcHour, "postgresql")
def _on_postgresql(element: UtcDay | UtcHour, compiler: SQLCompiler, **options: Any) -> str:
    pattern = _POSTGRESQL[element.resolution]
    return f"to_char(({compiler.process(element.clauses, **options)}) AT TIME ZONE 'UTC', '{pattern}')"
