# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Reports how far V2 has been from V1 over a period, from the costs stored with each simulation.
# Callers: spine costsim_handler
# Allowed Imports: stdlib, L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Divergence reports.

Statistics as in canary runs: upper median and 90th percentile of the absolute cost differences, Jensen-Shannon
divergence of the costs (under its published name), outliers by drift score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from app.hoc.cus.analytics.L5_engines.canary_evaluation import cost_divergence
from app.hoc.cus.analytics.L5_engines.cost_model_engine import classify_drift
from app.hoc.cus.analytics.L5_engines.costsim_models import ComparisonVerdict, DivergenceReport
from app.hoc.cus.analytics.L5_schemas.provenance_record import CostComparison
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError

MAX_SAMPLES = 10_000
DETAILED_SAMPLES = 100


class ComparisonReader(Protocol):
    """Where stored comparisons come from."""

    async def fetch_comparisons(
        self, tenant_id: str, *, start: datetime, end: datetime, as_of: datetime, limit: int
    ) -> Sequence[CostComparison]:
        """The newest comparisons between two moments (inclusive) as known at ``as_of``, newest first."""
        ...


@dataclass(frozen=True)
class DivergenceSample:
    """What both models said about one simulation. Costs in cents, the delta is V2 minus V1."""

    timestamp: datetime
    input_hash: str
    v1_cost_cents: Decimal
    v2_cost_cents: Decimal
    cost_delta_cents: Decimal
    drift_score: float
    verdict: ComparisonVerdict
    tenant_id: str | None = None

    @classmethod
    def of(cls, stored: CostComparison) -> DivergenceSample:
        """The sample of a stored comparison. One stored without a verdict is judged by its costs alone."""
        judged = classify_drift(float(stored.v1_cost), float(stored.v2_cost), True, True)
        known = stored.drift_score is not None and stored.verdict is not None
        return cls(
            timestamp=stored.created_at,
            input_hash=stored.input_hash,
            v1_cost_cents=stored.v1_cost,
            v2_cost_cents=stored.v2_cost,
            cost_delta_cents=stored.v2_cost - stored.v1_cost,
            drift_score=stored.drift_score
            if known and stored.drift_score is not None
            else judged.drift_score,
            verdict=ComparisonVerdict(stored.verdict if known else judged.verdict.value.lower()),
            tenant_id=stored.tenant_id,
        )

    def to_dict(self) -> dict[str, Any]:
        """The sample as a report details it."""
        return {
            "timestamp": self.timestamp.isoformat(),
            "input_hash": self.input_hash,
            "v1_cost_cents": float(self.v1_cost_cents),
            "v2_cost_cents": float(self.v2_cost_cents),
            "cost_delta_cents": float(self.cost_delta_cents),
            "drift_score": self.drift_score,
            "verdict": self.verdict.value,
        }


class DivergenceAnalyzer:
    """Reports on what ``reader`` finds. An outlier has a drift score above ``outlier_threshold``, a failure
    one above ``major_drift_threshold``.
    """

    def __init__(
        self,
        reader: ComparisonReader,
        outlier_threshold: float = 0.5,
        major_drift_threshold: float = 0.2,
        *,
        version: str,
    ) -> None:
        self._reader = reader
        self._outlier_threshold = outlier_threshold
        self._major_drift_threshold = major_drift_threshold
        self._version = version

    async def generate_report(
        self,
        start_date: datetime,
        end_date: datetime,
        tenant_id: str,
        max_samples: int = MAX_SAMPLES,
        *,
        as_of: datetime,
    ) -> DivergenceReport:
        """Report on a tenant's newest ``max_samples`` comparisons between two moments, known at ``as_of``.

        Raises ``RequestRefusedError``: INVALID_WINDOW when the period ends before it starts,
        COMPARABLE_DATA_NOT_FOUND when nothing was compared in it (a report of zeros would claim agreement).
        """
        if end_date < start_date:
            raise RequestRefusedError("INVALID_WINDOW", "The period ends before it starts.")
        stored = await self._reader.fetch_comparisons(
            tenant_id, start=start_date, end=end_date, as_of=as_of, limit=max_samples
        )
        if not stored:
            raise RequestRefusedError(
                "COMPARABLE_DATA_NOT_FOUND",
                "Nothing was compared in this period. Comparisons arise while the V2 sandbox is switched on.",
            )
        return self._report(start_date, end_date, [DivergenceSample.of(one) for one in stored])

    def _report(
        self, start: datetime, end: datetime, samples: Sequence[DivergenceSample]
    ) -> DivergenceReport:
        count = len(samples)
        deltas = sorted(abs(sample.cost_delta_cents) for sample in samples)
        return DivergenceReport(
            start_date=start,
            end_date=end,
            version=self._version,
            sample_count=count,
            delta_p50=round(float(deltas[count // 2]), 2),
            delta_p90=round(float(deltas[int(0.9 * count)]), 2),
            kl_divergence=round(
                cost_divergence(
                    [float(sample.v1_cost_cents) for sample in samples],
                    [float(sample.v2_cost_cents) for sample in samples],
                ),
                4,
            ),
            outlier_count=sum(sample.drift_score > self._outlier_threshold for sample in samples),
            fail_ratio=round(
                sum(sample.drift_score > self._major_drift_threshold for sample in samples) / count, 4
            ),
            matching_rate=round(
                sum(sample.verdict is ComparisonVerdict.MATCH for sample in samples) / count, 4
            ),
            detailed_samples=tuple(sample.to_dict() for sample in samples[:DETAILED_SAMPLES]),
        )
