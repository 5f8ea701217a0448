# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Which incidents to read, and in which order.
# Callers: L5 incidents_facade, L6 incident_read_driver, spine incident_query_params
# Allowed Imports: stdlib, L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Filters and orders of incident lists. Everything is judged at the moment the list is read at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    CauseType,
    IncidentSeverity,
    LifecycleState,
)


class Topic(str, Enum):
    """What still calls for somebody, and what is over."""

    ACTIVE = "ACTIVE"
    RESOLVED = "RESOLVED"

    @property
    def states(self) -> tuple[LifecycleState, ...]:
        """The lifecycle states that belong to it."""
        resolved = self is Topic.RESOLVED
        return tuple(state for state in LifecycleState if (state is LifecycleState.RESOLVED) == resolved)


class SortKey(str, Enum):
    """What a list is ordered by; ties by id. Severities are ordered by gravity, not by name."""

    CREATED_AT = "created_at"
    RESOLVED_AT = "resolved_at"
    SEVERITY = "severity"


class SortOrder(str, Enum):
    """The direction; unresolved incidents come last in both when sorting by ``resolved_at``."""

    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True)
class IncidentFilters:
    """All conditions have to hold; None and an empty tuple leave one out. Bounds are inclusive, except
    ``resolved_earlier_than``.
    """

    states: tuple[LifecycleState, ...] = ()
    severity: IncidentSeverity | None = None
    category: str | None = None
    cause_type: CauseType | None = None
    is_synthetic: bool | None = None
    source_run_id: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    resolved_after: datetime | None = None
    resolved_before: datetime | None = None
    resolved_earlier_than: datetime | None = None


@dataclass(frozen=True)
class PageRequest:
    """Which part of a list, in which order."""

    limit: int
    offset: int = 0
    sort_by: SortKey = SortKey.CREATED_AT
    sort_order: SortOrder = SortOrder.DESC
