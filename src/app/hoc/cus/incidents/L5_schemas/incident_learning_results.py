# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What can be learned from an incident and from those like it.
# Callers: L5 {incidents_facade, incident_category_learning_engine, incident_learning_engine, incident_export_engine}
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Learnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum

from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import Window


class InsightType(str, Enum):
    """What an insight helps with."""

    RESPONSE = "response"
    PREVENTION = "prevention"
    DETECTION = "detection"


@dataclass(frozen=True)
class ResolutionSummary:
    """How an incident was dealt with; None where it has not been, or where nothing is recorded."""

    incident_id: str
    title: str
    category: str
    severity: str
    resolution_method: str | None
    resolution_type: str | None
    time_to_resolution_ms: int | None
    evidence_count: int
    recovery_attempted: bool


@dataclass(frozen=True)
class SimilarIncident:
    """A resolved incident of the same category."""

    incident_id: str
    title: str
    severity: str
    resolution_method: str | None
    resolved_at: datetime
    time_to_resolution_ms: int
    recovery_attempted: bool


@dataclass(frozen=True)
class Insight:
    """Something that incidents suggest. ``confidence`` is a published heuristic of how many support it."""

    insight_type: InsightType
    description: str
    confidence: Decimal
    supporting_incident_ids: tuple[str, ...]


@dataclass(frozen=True)
class LearningsResult:
    """What is known of an incident, the latest resolved ones like it, and what they suggest."""

    resolution_summary: ResolutionSummary
    similar_incidents: tuple[SimilarIncident, ...]
    insights: tuple[Insight, ...]


@dataclass(frozen=True)
class CategoryLearnings:
    """What the incidents of a category that were opened in a window have in common. ``resolution_rate`` is the share
    that was resolved at its end, with four places; a figure that cannot be computed is None, and ``unavailable``
    says why.
    """

    category: str
    window: Window
    incident_count: int
    resolved_count: int
    incidents_per_day: Decimal
    resolution_rate: Decimal | None
    avg_resolution_ms: int | None
    top_resolution_method: str | None
    top_resolution_method_count: int
    insights: tuple[Insight, ...]
    unavailable: Mapping[str, str] = field(default_factory=dict)
