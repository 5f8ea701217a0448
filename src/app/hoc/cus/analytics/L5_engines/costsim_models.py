# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: The eight data models of cost simulation.
# Callers: L5_engines, spine canary_coordinator, costsim_handler, costsim_datasets_handler
# Allowed Imports: stdlib, L5_schemas, app.infra
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Data models for simulating plans with cost model V2 and comparing the outcome with V1.

All are frozen; ``to_dict`` gives plain JSON data with the same keys, enums by value and timestamps in ISO
8601. ``CanaryReport`` is offered here and defined in ``L5_schemas``, where the driver that stores it may
import it from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from app.hoc.cus.analytics.L5_schemas.canary_report import CanaryReport
from app.infra.canonical_json import content_hash
from app.infra.time import utc_now

__all__ = [
    "CanaryReport",
    "ComparisonResult",
    "ComparisonVerdict",
    "DiffResult",
    "DivergenceReport",
    "V2SimulationResult",
    "V2SimulationStatus",
    "ValidationResult",
]


class V2SimulationStatus(str, Enum):
    """How a V2 simulation ended. An infeasible plan that could be simulated is a ``success`` with
    feasible=False.
    """

    SUCCESS = "success"
    ERROR = "error"
    TIMEOUT = "timeout"
    SCHEMA_ERROR = "schema_error"


class ComparisonVerdict(str, Enum):
    """How far V2 is from V1, in rising order of drift."""

    MATCH = "match"
    MINOR_DRIFT = "minor_drift"
    MAJOR_DRIFT = "major_drift"
    MISMATCH = "mismatch"


@dataclass(frozen=True)
class V2SimulationResult:
    """What V2 says about a plan. Costs in whole cents, durations in whole ms, confidence 0..1."""

    feasible: bool
    status: V2SimulationStatus
    estimated_cost_cents: int
    estimated_duration_ms: int
    budget_remaining_cents: int
    confidence_score: float = 0.0
    model_version: str = "2.0.0"
    step_estimates: tuple[Mapping[str, Any], ...] = ()
    risks: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    runtime_ms: int = 0

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain JSON data."""
        return plain(self)

    def compute_output_hash(self) -> str:
        """SHA-256 over what the model decided; versions, timing, risks and warnings do not enter."""
        return output_hash(
            self.feasible,
            self.status.value,
            self.estimated_cost_cents,
            self.estimated_duration_ms,
            self.step_estimates,
        )


@dataclass(frozen=True)
class ComparisonResult:
    """V2 against V1 for one plan. Deltas are V2 minus V1; ``drift_score`` runs from 0 (match) to 1."""

    verdict: ComparisonVerdict
    v1_cost_cents: int
    v2_cost_cents: int
    cost_delta_cents: int
    cost_delta_pct: float
    v1_duration_ms: int
    v2_duration_ms: int
    duration_delta_ms: int
    v1_feasible: bool
    v2_feasible: bool
    feasibility_match: bool
    drift_score: float
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain JSON data."""
        return plain(self)


@dataclass(frozen=True)
class DiffResult:
    """Where two simulations of the same input part, step by step. Differences are V2 minus V1."""

    input_hash: str
    v1_output_hash: str
    v2_output_hash: str
    cost_diff: int
    duration_diff: int
    step_diffs: tuple[Mapping[str, Any], ...]
    is_match: bool
    diff_summary: str
    timestamp: datetime = field(default_factory=utc_now)

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain JSON data."""
        return plain(self)


@dataclass(frozen=True)
class DivergenceReport:
    """Drift between V1 and V2 over a period. Deltas in cents, ratios 0..1, at most 100 detailed samples."""

    start_date: datetime
    end_date: datetime
    version: str
    sample_count: int
    delta_p50: float
    delta_p90: float
    kl_divergence: float
    outlier_count: int
    fail_ratio: float
    matching_rate: float
    detailed_samples: tuple[Mapping[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain JSON data."""
        return plain(self)


@dataclass(frozen=True)
class ValidationResult:
    """V2 judged against one reference dataset; ``verdict`` is ``acceptable`` or ``not_acceptable``."""

    dataset_id: str
    dataset_name: str
    sample_count: int
    mean_error: float
    median_error: float
    std_deviation: float
    outlier_pct: float
    drift_score: float
    verdict: str
    details: Mapping[str, Any] = field(default_factory=dict)
    timestamp: datetime = field(default_factory=utc_now)

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain JSON data."""
        return plain(self)


def output_hash(
    feasible: bool,
    status: str,
    cost_cents: int,
    duration_ms: int,
    step_estimates: tuple[Mapping[str, Any], ...],
) -> str:
    """The fingerprint of a simulation's outcome, the same recipe for V1 and V2 (64 hexadecimal digits)."""
    return content_hash(
        {
            "feasible": feasible,
            "status": status,
            "estimated_cost_cents": cost_cents,
            "estimated_duration_ms": duration_ms,
            "step_estimates": [dict(step) for step in step_estimates],
        }
    )


def plain(model: Any) -> dict[str, Any]:
    """The fields of a dataclass as plain JSON data: enums by value, moments in ISO 8601, tuples as lists."""
    return {name: _plain_value(getattr(model, name)) for name in model.__dataclass_fields__}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_value(item) for item in value]
    return value
