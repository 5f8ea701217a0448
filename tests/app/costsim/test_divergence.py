"""Divergence comes from the stored costs of both models."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.canary_evaluation import cost_divergence
from app.hoc.cus.analytics.L5_engines.costsim_models import ComparisonVerdict, DivergenceReport
from app.hoc.cus.analytics.L5_engines.divergence import DivergenceAnalyzer, DivergenceSample
from app.hoc.cus.analytics.L5_schemas.provenance_record import CostComparison
from app.hoc.cus.analytics.L5_schemas.request_refused import RequestRefusedError
from app.hoc.cus.analytics.L6_drivers.provenance_async import write_provenance_batch
from app.hoc.cus.analytics.L6_drivers.provenance_comparison_driver import CostComparisonDriver

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


class Stored:
    """Comparisons as a driver would give them."""

    def __init__(self, comparisons: list[CostComparison]) -> None:
        self.comparisons = comparisons

    async def fetch_comparisons(
        self, tenant_id: str, *, start: datetime, end: datetime, as_of: datetime, limit: int
    ) -> list[CostComparison]:
        return self.comparisons[:limit]


def comparison(number: int, v1: int, v2: int, **more: Any) -> CostComparison:
    values: dict[str, Any] = {"drift_score": None, "verdict": None, **more}
    return CostComparison(
        number,
        "tenant-a",
        NOON,
        f"{number:064d}",
        Decimal(v1),
        Decimal(v2),
        values["drift_score"],
        values["verdict"],
    )


async def report(comparisons: list[CostComparison], **options: Any) -> DivergenceReport:
    analyzer = DivergenceAnalyzer(Stored(comparisons), version="2.0.0")
    return await analyzer.generate_report(NOON - WEEK, NOON, "tenant-a", as_of=NOON, **options)


async def test_the_published_figures() -> None:
    # 100/100 match, 100/108 match, 100/125 minor, 100/150 major, 100/300 mismatch
    found = await report([comparison(n, 100, v2) for n, v2 in enumerate((100, 108, 125, 150, 300))])
    assert (found.sample_count, found.delta_p50, found.delta_p90) == (5, 25.0, 200.0)
    assert (found.matching_rate, found.fail_ratio, found.outlier_count) == (0.4, 0.4, 1)
    assert found.kl_divergence == round(cost_divergence([100] * 5, [100, 108, 125, 150, 300]), 4)
    assert found.version == "2.0.0"
    assert [sample["drift_score"] for sample in found.detailed_samples] == [0.0, 0.048, 0.15, 0.3, 0.6]


async def test_a_stored_verdict_counts_because_feasibility_went_into_it() -> None:
    found = await report([comparison(1, 100, 100, drift_score=0.4, verdict="mismatch")])
    assert (found.matching_rate, found.fail_ratio, found.delta_p90) == (0.0, 1.0, 0.0)


async def test_nothing_comparable_is_said_and_not_reported_as_agreement() -> None:
    with pytest.raises(RequestRefusedError) as refused:
        await report([])
    assert refused.value.code == "COMPARABLE_DATA_NOT_FOUND"
    analyzer = DivergenceAnalyzer(Stored([]), version="2")
    with pytest.raises(RequestRefusedError) as refused:
        await analyzer.generate_report(NOON, NOON - WEEK, "tenant-a", as_of=NOON)
    assert refused.value.code == "INVALID_WINDOW"


async def test_at_most_a_hundred_samples_are_detailed() -> None:
    found = await report([comparison(n, 5, 4) for n in range(150)])
    assert (found.sample_count, len(found.detailed_samples)) == (150, 100)
    assert (await report([comparison(n, 5, 4) for n in range(150)], max_samples=7)).sample_count == 7


costs = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=40)


@given(costs, st.randoms())
async def test_figures_stay_in_range_and_do_not_depend_on_order(
    pairs: list[tuple[int, int]], chance: Any
) -> None:
    found = await report([comparison(n, v1, v2) for n, (v1, v2) in enumerate(pairs)])
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    again = await report([comparison(n, v1, v2) for n, (v1, v2) in enumerate(shuffled)])
    for name in ("delta_p50", "delta_p90", "kl_divergence", "outlier_count", "fail_ratio", "matching_rate"):
        assert getattr(found, name) == getattr(again, name)
    assert 0 <= found.kl_divergence <= 1
    assert 0 <= found.fail_ratio <= 1
    assert 0 <= found.matching_rate <= 1
    assert 0 <= found.delta_p50 <= found.delta_p90
    if all(v1 == v2 for v1, v2 in pairs):
        assert (found.matching_rate, found.delta_p90, found.kl_divergence) == (1.0, 0.0, 0.0)


def test_a_sample_without_a_verdict_is_judged_by_its_costs() -> None:
    sample = DivergenceSample.of(comparison(1, 0, 50))
    assert (sample.verdict, sample.drift_score) == (ComparisonVerdict.MISMATCH, 0.6)


async def test_the_driver_reads_comparable_records_of_the_period_and_tenant(
    tenants: tuple[str, str], session: AsyncSession
) -> None:
    def record(number: int, **more: Any) -> dict[str, Any]:
        return {
            "tenant_id": "tenant-a",
            "payload": {"n": number},
            "v1_cost": 5,
            "v2_cost": number,
            "created_at": NOON + timedelta(hours=number),
            **more,
        }

    await write_provenance_batch(
        [record(n) for n in range(6)]
        + [
            record(1, tenant_id="tenant-b"),
            record(2, variant_slug="v1"),
            record(3, payload={"n": "no v2"}, v2_cost=None),
        ],
        session,
    )
    driver = CostComparisonDriver(session)
    window: dict[str, Any] = {
        "start": NOON + timedelta(hours=1),
        "end": NOON + timedelta(hours=4),
        "as_of": NOON + timedelta(hours=3),
    }
    found = await driver.fetch_comparisons("tenant-a", **window, limit=10)
    assert [one.v2_cost for one in found] == [3, 2, 1]
    assert [one.v2_cost for one in await driver.fetch_comparisons("tenant-a", **window, limit=1)] == [3]
    assert await driver.count_comparisons("tenant-a", **window) == 3
