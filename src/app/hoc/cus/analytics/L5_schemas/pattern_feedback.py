# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Pattern feedback: what it is derived from, as created, as stored, and how it is asked for.
# Callers: L5_engines, L6_drivers, spine handlers
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Pattern feedback (PB-S3): observed, recorded apart, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any


class PatternType(str, Enum):
    """What was noticed."""

    FAILURE_PATTERN = "failure_pattern"
    COST_SPIKE = "cost_spike"


class FeedbackSeverity(str, Enum):
    """How much it matters."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True)
class PatternSettings:
    """When something is a pattern: failures alike within a window, or a run dearer than those before."""

    failure_threshold: int = 3
    failure_window_hours: int = 24
    cost_spike_percent: Decimal = Decimal(50)
    cost_spike_min_runs: int = 5


@dataclass(frozen=True)
class ObservedRun:
    """A worker run as observers see it."""

    id: str
    tenant_id: str
    worker_id: str
    status: str
    error: str | None
    cost_cents: Decimal | None
    created_at: datetime


@dataclass(frozen=True)
class FailurePattern:
    """Failures of one tenant that look alike; runs are in order of time."""

    tenant_id: str
    signature: str
    count: int
    run_ids: tuple[str, ...]
    worker_ids: tuple[str, ...]
    sample_error: str


@dataclass(frozen=True)
class CostSpike:
    """A worker whose newest run cost far more than those before it."""

    tenant_id: str
    worker_id: str
    run_id: str
    recent_cost_cents: Decimal
    avg_cost_cents: Decimal
    spike_percent: Decimal
    baseline_run_count: int


@dataclass(frozen=True)
class PatternFeedbackCreate:
    """Feedback to record. ``dedupe_key`` says what it is about: the same again is not recorded again."""

    tenant_id: str
    pattern_type: PatternType
    description: str
    signature: str
    dedupe_key: str
    detected_at: datetime
    severity: FeedbackSeverity = FeedbackSeverity.INFO
    provenance: tuple[str, ...] = ()
    occurrence_count: int = 1
    time_window_minutes: int | None = None
    threshold_used: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PatternRun:
    """What a cycle saw, and the feedback that was new."""

    failure_patterns: tuple[FailurePattern, ...]
    cost_spikes: tuple[CostSpike, ...]
    feedback_created: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class FeedbackRow:
    """Stored feedback; ``acknowledged`` as of the moment it was read at."""

    id: uuid.UUID
    tenant_id: str
    pattern_type: PatternType
    severity: FeedbackSeverity
    description: str
    signature: str | None
    provenance: tuple[str, ...]
    occurrence_count: int
    time_window_minutes: int | None
    threshold_used: str | None
    extra_data: Mapping[str, Any]
    detected_at: datetime
    created_at: datetime
    acknowledged: bool
    acknowledged_at: datetime | None
    acknowledged_by: str | None


@dataclass(frozen=True)
class FeedbackFilters:
    """Restrictions; None means no restriction."""

    pattern_type: PatternType | None = None
    severity: FeedbackSeverity | None = None
    acknowledged: bool | None = None


@dataclass(frozen=True)
class FeedbackPage:
    """A page of feedback, and counts over all that match."""

    items: tuple[FeedbackRow, ...]
    total: int
    by_type: Mapping[str, int]
    by_severity: Mapping[str, int]


@dataclass(frozen=True)
class FeedbackStats:
    """Counts over all feedback of a tenant."""

    total: int
    acknowledged: int
    unacknowledged: int
    by_type: Mapping[str, int]
    by_severity: Mapping[str, int]
