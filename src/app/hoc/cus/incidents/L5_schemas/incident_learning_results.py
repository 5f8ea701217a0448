# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What can be learned from an incident and from those like it.
# Callers: L5 {incidents_facade, incident_learning_engine, incident_export_engine}
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Learnings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum


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
