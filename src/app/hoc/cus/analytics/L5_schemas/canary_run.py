# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What goes into a canary run: its samples and its settings.
# Callers: L5 canary_{engine,comparison,evaluation,samples}, spine canary_coordinator, canary_run_handler
# Allowed Imports: stdlib, L5_schemas, app.infra
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`CanarySample` and `CanaryRunConfig`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from app.infra.canonical_json import content_hash

_SAMPLE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True)
class CanarySample:
    """One plan to simulate with both models under ``budget_cents``; expectations, where given, are checked
    against V2. ``input_hash`` fingerprints plan and budget.

    Raises ``ValueError`` naming everything that cannot be used: an id other than 1 to 64 letters, digits and
    ``._:-``, a negative amount, a plan that is no list or holds what JSON cannot say.
    """

    id: str
    plan: Sequence[Mapping[str, Any]]
    budget_cents: int
    expected_cost_cents: int | None = None
    expected_feasible: bool | None = None
    input_hash: str = field(init=False)

    def __post_init__(self) -> None:
        problems = []
        if not isinstance(self.id, str) or not _SAMPLE_ID.fullmatch(self.id):
            problems.append(f"id {self.id!r} must be 1 to 64 letters, digits or ._:-")
        if not _is_amount(self.budget_cents):
            problems.append(f"budget_cents must be an integer >= 0, not {self.budget_cents!r}")
        if self.expected_cost_cents is not None and not _is_amount(self.expected_cost_cents):
            problems.append(f"expected_cost_cents must be an integer >= 0, not {self.expected_cost_cents!r}")
        if self.expected_feasible is not None and not isinstance(self.expected_feasible, bool):
            problems.append(f"expected_feasible must be true or false, not {self.expected_feasible!r}")
        if isinstance(self.plan, str | bytes) or not isinstance(self.plan, Sequence):
            problems.append(f"plan must be a list of steps, not {type(self.plan).__name__}")
        else:
            try:
                hashed = content_hash({"plan": list(self.plan), "budget_cents": self.budget_cents})
                object.__setattr__(self, "input_hash", hashed)
            except (TypeError, ValueError, RecursionError):
                problems.append("plan holds something that JSON cannot say (such as NaN)")
        if problems:
            raise ValueError("; ".join(problems))

    @classmethod
    def parse(cls, raw: object) -> CanarySample:
        """Read a sample from plain data; raises ``ValueError`` for missing or unknown keys and bad values."""
        if not isinstance(raw, Mapping):
            raise ValueError(f"must be an object, not {type(raw).__name__}")
        known = [item.name for item in fields(cls) if item.init]
        problems = [f"unknown key {key!r}" for key in raw if key not in known]
        problems += [f"{key} is missing" for key in ("id", "plan", "budget_cents") if key not in raw]
        if problems:
            raise ValueError("; ".join(problems))
        return cls(**raw)


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


def _is_amount(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
