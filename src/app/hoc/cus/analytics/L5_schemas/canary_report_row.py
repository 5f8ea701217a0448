# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: A stored canary report as read back, and the filters one may ask for.
# Callers: L6 canary_report_{driver,count_driver,predicates}, spine analytics_handler
# Allowed Imports: stdlib, L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`CanaryReportRow` and `CanaryReportFilters`: what goes in and out of a canary report query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from app.hoc.cus.analytics.L5_schemas.canary_report import CanarySource, CanaryStatus

DEFAULT_LIMIT = 10
MAX_LIMIT = 100


@dataclass(frozen=True)
class CanaryReportRow:
    """One stored canary report; field meanings as in ``CanaryReport``, plus the row's own id and
    creation time.
    """

    id: int
    tenant_id: str
    run_id: str
    timestamp: datetime
    status: CanaryStatus
    source: CanarySource | None
    total_samples: int
    matching_samples: int
    minor_drift_samples: int
    major_drift_samples: int
    median_cost_diff: float | None
    p90_cost_diff: float | None
    kl_divergence: float | None
    errored_samples: int
    outlier_count: int
    passed: bool
    failure_reasons: tuple[str, ...]
    artifact_paths: tuple[str, ...]
    artifact_manifest: Mapping[str, str]
    artifacts_required: bool
    golden_comparison: Mapping[str, Any] | None
    created_at: datetime


class CanaryFilterError(ValueError):
    """A canary report query asked for something that does not exist; ``problems`` names every part."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True)
class CanaryReportFilters:
    """Which reports of a tenant to return: bounds are inclusive, None means no restriction. Reports written
    after ``as_of`` are not seen.
    """

    status: CanaryStatus | None = None
    passed: bool | None = None
    start: datetime | None = None
    end: datetime | None = None
    as_of: datetime | None = None
    limit: int = DEFAULT_LIMIT
    offset: int = 0

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> CanaryReportFilters:
        """Check ``raw``; ``limit`` is clamped to 1..100. Raises ``CanaryFilterError`` with every problem
        found.
        """
        known = {field.name for field in fields(cls)}
        problems = [
            f"unknown filter {key!r}; known are {', '.join(sorted(known))}"
            for key in sorted(map(str, raw))
            if key not in known
        ]
        status, passed = raw.get("status"), raw.get("passed")
        start, end, as_of = raw.get("start"), raw.get("end"), raw.get("as_of")
        limit, offset = raw.get("limit", DEFAULT_LIMIT), raw.get("offset", 0)
        statuses = [member.value for member in CanaryStatus]
        if status is not None and status not in statuses:
            problems.append(f"status must be one of {', '.join(statuses)}, not {status!r}")
        if passed is not None and not isinstance(passed, bool):
            problems.append(f"passed must be true or false, not {passed!r}")
        for name, bound in (("start", start), ("end", end), ("as_of", as_of)):
            if bound is not None and (not isinstance(bound, datetime) or bound.tzinfo is None):
                problems.append(f"{name} must be a date and time with a time zone")
        for name, number in (("limit", limit), ("offset", offset)):
            if isinstance(number, bool) or not isinstance(number, int):
                problems.append(f"{name} must be an integer, not {number!r}")
            elif name == "offset" and number < 0:
                problems.append(f"offset must be >= 0, not {number}")
        if problems:
            raise CanaryFilterError(problems)
        return cls(
            status=None if status is None else CanaryStatus(status),
            passed=passed,
            start=start,
            end=end,
            as_of=as_of,
            limit=min(max(limit, 1), MAX_LIMIT),
            offset=offset,
        )
