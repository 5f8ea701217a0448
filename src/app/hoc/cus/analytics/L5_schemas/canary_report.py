# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: The outcome of one canary run, as the engine decides it and the driver stores it.
# Callers: L5_engines, L5_schemas, L6 canary_report_driver, spine canary_coordinator, app.canary_cli
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`CanaryReport`: defined here, beside neither engine nor driver, because both speak it.

Drivers may import value types but no engines; engines offer it under ``costsim_models`` with the other
seven models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class CanaryStatus(str, Enum):
    """How a run ended. Only ``pass`` counts as passed; ``error`` means the run could not judge,
    ``skipped`` that it did not try.
    """

    PASS = "pass"  # noqa: S105 - the word of the published status set, not a password
    FAIL = "fail"
    ERROR = "error"
    SKIPPED = "skipped"


class CanarySource(str, Enum):
    """Where the samples came from. Synthetic runs say nothing about traffic and must not trip anything."""

    GIVEN = "given"
    PROVENANCE = "provenance"
    SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class CanaryReport:
    """One canary run. Costs in cents, divergence in bits (0..1); statistics are None when nothing was
    compared.

    ``total_samples`` counts all samples of the run; those in none of the three comparison classes errored.
    ``artifact_paths`` are relative to the artifacts root, ``artifact_manifest`` maps each to its SHA-256.
    Raises ``ValueError`` naming every contradiction among the fields.
    """

    run_id: str
    timestamp: datetime
    status: CanaryStatus
    total_samples: int
    matching_samples: int
    minor_drift_samples: int
    major_drift_samples: int
    median_cost_diff: float | None
    p90_cost_diff: float | None
    kl_divergence: float | None
    outlier_count: int
    passed: bool
    failure_reasons: tuple[str, ...] = ()
    artifact_paths: tuple[str, ...] = ()
    golden_comparison: Mapping[str, Any] | None = None
    tenant_id: str = field(kw_only=True)
    source: CanarySource = field(kw_only=True)
    artifacts_required: bool = field(default=True, kw_only=True)
    artifact_manifest: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        problems = list(self._contradictions())
        if problems:
            raise ValueError(f"canary report {self.run_id!r}: {'; '.join(problems)}")

    @property
    def evaluated_samples(self) -> int:
        """Samples for which V1 and V2 were compared."""
        return self.matching_samples + self.minor_drift_samples + self.major_drift_samples

    @property
    def errored_samples(self) -> int:
        """Samples that could not be compared."""
        return self.total_samples - self.evaluated_samples

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain JSON data: enums by value, the timestamp in ISO 8601."""
        return {
            "run_id": self.run_id,
            "timestamp": self.timestamp.isoformat(),
            "status": self.status.value,
            "total_samples": self.total_samples,
            "matching_samples": self.matching_samples,
            "minor_drift_samples": self.minor_drift_samples,
            "major_drift_samples": self.major_drift_samples,
            "median_cost_diff": self.median_cost_diff,
            "p90_cost_diff": self.p90_cost_diff,
            "kl_divergence": self.kl_divergence,
            "outlier_count": self.outlier_count,
            "passed": self.passed,
            "failure_reasons": list(self.failure_reasons),
            "artifact_paths": list(self.artifact_paths),
            "golden_comparison": None if self.golden_comparison is None else dict(self.golden_comparison),
            "tenant_id": self.tenant_id,
            "source": self.source.value,
            "artifacts_required": self.artifacts_required,
            "artifact_manifest": dict(self.artifact_manifest),
        }

    def _contradictions(self) -> list[str]:
        problems = []
        if not self.tenant_id:
            problems.append("tenant_id is empty")
        if self.timestamp.tzinfo is None:
            problems.append("timestamp has no time zone")
        counts = (
            self.matching_samples,
            self.minor_drift_samples,
            self.major_drift_samples,
            self.outlier_count,
        )
        if min(counts) < 0 or self.errored_samples < 0:
            problems.append("sample counts are negative or exceed the total")
        if self.passed != (self.status is CanaryStatus.PASS):
            problems.append(f"passed={self.passed} contradicts status {self.status.value}")
        if self.passed and self.evaluated_samples == 0:
            problems.append("a run that compared nothing cannot pass")
        return problems
