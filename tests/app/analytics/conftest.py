"""Builders shared by the analytics tests."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.hoc.cus.analytics.L5_engines.costsim_models import CanaryReport
from app.hoc.cus.analytics.L5_schemas.canary_report import CanarySource, CanaryStatus


@pytest.fixture
def make_report() -> Callable[..., CanaryReport]:
    """Build a passing report of tenant-a that needs no artifacts; any field may be overridden."""

    def make(run_id: str = "run-1", **overrides: Any) -> CanaryReport:
        fields: dict[str, Any] = {
            "run_id": run_id,
            "timestamp": datetime(2026, 3, 1, 12, tzinfo=UTC),
            "status": CanaryStatus.PASS,
            "total_samples": 4,
            "matching_samples": 3,
            "minor_drift_samples": 1,
            "major_drift_samples": 0,
            "median_cost_diff": 0.0,
            "p90_cost_diff": 1.0,
            "kl_divergence": 0.01,
            "outlier_count": 0,
            "tenant_id": "tenant-a",
            "source": CanarySource.GIVEN,
            "artifacts_required": False,
        }
        fields |= overrides
        fields.setdefault("passed", fields["status"] is CanaryStatus.PASS)
        return CanaryReport(**fields)

    return make
