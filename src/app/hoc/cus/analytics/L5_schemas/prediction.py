# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Predictions: as created, as stored, and how they are asked for; advisory by construction.
# Callers: L5_engines, L6_drivers, spine handlers
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Predictions (PB-S5): advice that expires and has no effect on anything."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal


class PredictionType(str, Enum):
    """What is predicted."""

    FAILURE_LIKELIHOOD = "failure_likelihood"
    COST_OVERRUN = "cost_overrun"


class SubjectType(str, Enum):
    """What it is predicted of."""

    WORKER = "worker"
    RUN = "run"
    TENANT = "tenant"


@dataclass(frozen=True)
class RunTotals:
    """Runs of a worker in a window."""

    total: int
    failed: int


@dataclass(frozen=True)
class PredictionCreate:
    """A prediction to record. Raises ``ValueError`` when it claims to be more than advice, its confidence is
    no probability, or it expires before it begins.
    """

    tenant_id: str
    prediction_type: PredictionType
    subject_type: SubjectType
    subject_id: str
    confidence_score: Decimal
    prediction_value: Mapping[str, Any]
    contributing_factors: tuple[Mapping[str, Any], ...]
    created_at: datetime
    expires_at: datetime
    notes: str | None = None
    is_advisory: Literal[True] = True

    def __post_init__(self) -> None:
        """Check."""
        if self.is_advisory is not True:
            raise ValueError("a prediction is advisory; it cannot be made binding")
        if not 0 <= self.confidence_score <= 1:
            raise ValueError(f"the confidence {self.confidence_score} is not between 0 and 1")
        if self.expires_at <= self.created_at:
            raise ValueError("a prediction has to expire after it was made")


@dataclass(frozen=True)
class PredictionRow:
    """A stored prediction; ``is_valid`` as of the moment it was read at."""

    id: uuid.UUID
    tenant_id: str
    prediction_type: PredictionType
    subject_type: SubjectType
    subject_id: str
    confidence_score: float
    prediction_value: Mapping[str, Any]
    contributing_factors: tuple[Mapping[str, Any], ...]
    created_at: datetime
    expires_at: datetime
    is_advisory: bool
    is_valid: bool
    notes: str | None


@dataclass(frozen=True)
class PredictionFilters:
    """Restrictions; None means no restriction. Expired predictions are left out unless asked for."""

    prediction_type: PredictionType | None = None
    subject_type: SubjectType | None = None
    subject_id: str | None = None
    include_expired: bool = False


@dataclass(frozen=True)
class PredictionPage:
    """A page of predictions, and counts over all that match."""

    items: tuple[PredictionRow, ...]
    total: int
    by_type: Mapping[str, int]
    by_subject_type: Mapping[str, int]


@dataclass(frozen=True)
class PredictionStats:
    """Figures over all predictions that match; ``non_advisory`` is counted, not claimed."""

    total: int
    by_type: Mapping[str, int]
    by_subject_type: Mapping[str, int]
    avg_confidence: float | None
    high_confidence_count: int
    non_advisory_count: int


@dataclass(frozen=True)
class PredictionRun:
    """What a cycle predicted, and the predictions that were new."""

    failure_predictions: tuple[PredictionCreate, ...]
    cost_predictions: tuple[PredictionCreate, ...]
    predictions_created: tuple[uuid.UUID, ...]
