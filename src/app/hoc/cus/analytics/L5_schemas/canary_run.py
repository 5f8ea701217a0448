# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What goes into a canary run: its samples and its settings.
# Callers: L5 {canary_engine, canary_evaluation, canary_samples}, spine canary_coordinator
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`CanarySample` and `CanaryRunConfig`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SAMPLE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True)
class CanarySample:
    """One plan to simulate with both models under ``budget_cents``; expectations, where given, are checked
    against V2.

    Raises ``ValueError`` for an id other than 1 to 64 letters, digits and ``._:-`` or a negative amount.
    """

    id: str
    plan: Sequence[Mapping[str, Any]]
    budget_cents: int
    expected_cost_cents: int | None = None
    expected_feasible: bool | None = None

    def __post_init__(self) -> None:
        if not _SAMPLE_ID.fullmatch(self.id):
            raise ValueError(f"sample id {self.id!r} must be 1 to 64 letters, digits or ._:-")
        if self.budget_cents < 0 or (self.expected_cost_cents or 0) < 0:
            raise ValueError(f"sample {self.id}: amounts of cents must be >= 0")


@dataclass(frozen=True)
class CanaryRunConfig:
    """Settings of one run. Rates are fractions 0..1, runtime in seconds.

    ``drift_threshold`` bounds the divergence (bits, 0..1), ``outlier_threshold`` the drift score of one
    sample.
    ``min_divergence_samples``: below this many compared samples the divergence is reported but decides
    nothing, since ten histogram bins cannot be told apart by fewer than two samples each.
    Raises ``ValueError`` naming every setting that cannot work.
    """

    artifacts_dir: Path | None = None
    save_artifacts: bool = True
    golden_dir: Path | None = None
    enabled: bool = True
    sample_count: int = 100
    max_runtime_seconds: float = 300.0
    parallel_workers: int = 4
    drift_threshold: float = 0.2
    outlier_threshold: float = 0.5
    outlier_max_pct: float = 0.05
    major_drift_max_pct: float = 0.10
    max_error_rate: float = 0.05
    min_divergence_samples: int = 20

    def __post_init__(self) -> None:
        problems = [
            f"{name} must lie between 0 and 1, not {getattr(self, name)!r}"
            for name in (
                "drift_threshold",
                "outlier_threshold",
                "outlier_max_pct",
                "major_drift_max_pct",
                "max_error_rate",
            )
            if not 0 <= getattr(self, name) <= 1
        ]
        problems += [
            f"{name} must be positive, not {getattr(self, name)!r}"
            for name in ("sample_count", "max_runtime_seconds", "parallel_workers", "min_divergence_samples")
            if not getattr(self, name) > 0
        ]
        if self.save_artifacts and self.artifacts_dir is None:
            problems.append("save_artifacts needs artifacts_dir, the directory to write below")
        if problems:
            raise ValueError("canary configuration: " + "; ".join(problems))
