# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Pages and details of incidents as they were at a moment, and the version of the data behind an answer.
# Callers: L5 {incidents_facade, incident_export_engine}, spine {incidents_query_handler, incident_answers,
#          incident_figures, incidents_export_handler}
# Allowed Imports: stdlib, L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Results of reading incidents. An ``IncidentRow`` in them is the incident as it was at the moment read at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.hoc.cus.incidents.L5_schemas.incident_records import EvidenceRow, PostmortemRow, PreventionRow
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow, TimelineEntry


@dataclass(frozen=True)
class IncidentPage:
    """A page, and how many match altogether."""

    items: tuple[IncidentRow, ...]
    total: int
    filters_applied: Mapping[str, Any]


@dataclass(frozen=True)
class IncidentDetail:
    """An incident with everything kept about it: the whole timeline in order, all evidence oldest first, all
    postmortems newest revision first; the one that was not superseded yet is in force.
    """

    incident: IncidentRow
    timeline: tuple[TimelineEntry, ...]
    evidence: tuple[EvidenceRow, ...]
    postmortems: tuple[PostmortemRow, ...]


@dataclass(frozen=True)
class PreventionPage:
    """A page of prevention records, and how many there are altogether."""

    items: tuple[PreventionRow, ...]
    total: int


@dataclass(frozen=True)
class VersionedAnswer:
    """An answer and the version of the data it rests on: equal questions about an equal moment at an equal
    version have equal answers.
    """

    answer: Any
    data_version: str
