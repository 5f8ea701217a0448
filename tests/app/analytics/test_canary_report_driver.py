"""The canary report driver on both databases: tenants, filters, order, paging."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.costsim_models import CanaryReport
from app.hoc.cus.analytics.L5_schemas.canary_report import CanarySource, CanaryStatus
from app.hoc.cus.analytics.L5_schemas.canary_report_row import CanaryFilterError, CanaryReportRow
from app.hoc.cus.analytics.L6_drivers.canary_report_count_driver import count_canary_reports
from app.hoc.cus.analytics.L6_drivers.canary_report_driver import (
    get_canary_report_by_run_id,
    query_canary_reports,
    write_canary_report,
)
from app.hoc.cus.hoc_spine.auth.key_service import create_tenant

MakeReport = Callable[..., CanaryReport]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def tenants(session: AsyncSession) -> None:
    for tenant in ("tenant-a", "tenant-b"):
        await create_tenant(tenant)


@pytest.fixture
async def five_reports(tenants: None, session: AsyncSession, make_report: MakeReport) -> None:
    """Runs r0..r4 of tenant-a an hour apart, r3 and r4 at the same moment; one run of tenant-b."""
    statuses = [
        CanaryStatus.PASS,
        CanaryStatus.FAIL,
        CanaryStatus.ERROR,
        CanaryStatus.SKIPPED,
        CanaryStatus.PASS,
    ]
    for number, status in enumerate(statuses):
        moment = NOON + timedelta(hours=min(number, 3))
        await write_canary_report(session, make_report(f"r{number}", status=status, timestamp=moment))
    await write_canary_report(session, make_report("r0", tenant_id="tenant-b"))


async def test_a_report_comes_back_as_it_was_written(
    tenants: None, session: AsyncSession, make_report: MakeReport
) -> None:
    report = make_report(
        status=CanaryStatus.FAIL,
        total_samples=6,
        failure_reasons=("KL divergence 0.5 exceeds 0.2", "quote ' and ü"),
        artifact_paths=("canary/tenant-a/run-1/manifest.json",),
        artifact_manifest={"canary/tenant-a/run-1/manifest.json": "0" * 64},
        golden_comparison={"compared": 2, "changed": ["s1"], "passed": False},
        source=CanarySource.PROVENANCE,
        artifacts_required=True,
    )
    assert await write_canary_report(session, report) == "run-1"
    row = await get_canary_report_by_run_id(session, "tenant-a", "run-1")
    assert isinstance(row, CanaryReportRow)
    assert row.errored_samples == report.errored_samples == 2
    for name in report.__dataclass_fields__:
        assert getattr(row, name) == getattr(report, name), name


async def test_the_driver_leaves_the_transaction_to_its_caller(
    tenants: None, session: AsyncSession, make_report: MakeReport
) -> None:
    await write_canary_report(session, make_report())
    assert await count_canary_reports(session, "tenant-a", {}) == 1
    await session.rollback()
    assert await count_canary_reports(session, "tenant-a", {}) == 0


async def test_a_run_id_is_unique_within_its_tenant_only(
    tenants: None, session: AsyncSession, make_report: MakeReport
) -> None:
    await write_canary_report(session, make_report())
    await write_canary_report(session, make_report(tenant_id="tenant-b"))
    with pytest.raises(IntegrityError):
        await write_canary_report(session, make_report())


@pytest.mark.parametrize(
    ("filters", "runs"),
    [
        ({}, ["r4", "r3", "r2", "r1", "r0"]),
        ({"status": "pass"}, ["r4", "r0"]),
        ({"status": CanaryStatus.ERROR}, ["r2"]),
        ({"passed": True}, ["r4", "r0"]),
        ({"passed": False}, ["r3", "r2", "r1"]),
        ({"passed": None, "status": None}, ["r4", "r3", "r2", "r1", "r0"]),
        ({"start": NOON + timedelta(hours=1), "end": NOON + timedelta(hours=2)}, ["r2", "r1"]),
        (
            {"start": datetime(2026, 3, 1, 15, tzinfo=UTC).astimezone()},
            ["r4", "r3"],
        ),
        ({"limit": 2}, ["r4", "r3"]),
        ({"limit": 2, "offset": 1}, ["r3", "r2"]),
        ({"offset": 9}, []),
        ({"limit": 0}, ["r4"]),
        ({"limit": 5000}, ["r4", "r3", "r2", "r1", "r0"]),
    ],
)
async def test_filters_order_and_pages(
    five_reports: None, session: AsyncSession, filters: dict[str, Any], runs: list[str]
) -> None:
    rows = await query_canary_reports(session, "tenant-a", filters)
    assert [row.run_id for row in rows] == runs
    assert {row.tenant_id for row in rows} <= {"tenant-a"}
    unpaged = {key: value for key, value in filters.items() if key not in ("limit", "offset")}
    expected = len(await query_canary_reports(session, "tenant-a", unpaged | {"limit": 100}))
    assert await count_canary_reports(session, "tenant-a", filters) == expected


async def test_limit_is_clamped_to_a_hundred(
    tenants: None, session: AsyncSession, make_report: MakeReport
) -> None:
    for number in range(101):
        await write_canary_report(session, make_report(f"r{number}"))
    assert len(await query_canary_reports(session, "tenant-a", {"limit": 1000})) == 100
    assert len(await query_canary_reports(session, "tenant-a", {})) == 10
    assert await count_canary_reports(session, "tenant-a", {"limit": 1000}) == 101


async def test_tenants_do_not_see_each_other(five_reports: None, session: AsyncSession) -> None:
    (row,) = await query_canary_reports(session, "tenant-b", {})
    assert (row.tenant_id, row.run_id) == ("tenant-b", "r0")
    assert await get_canary_report_by_run_id(session, "tenant-b", "r1") is None
    assert await query_canary_reports(session, "nobody", {}) == []


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"state": "fail", "tenant_id": "tenant-b"}, "unknown filter 'state'.*unknown filter 'tenant_id'"),
        ({"status": "passed"}, "status must be one of"),
        ({"status": ["pass"]}, "status must be one of"),
        ({"passed": "true"}, "passed must be true or false"),
        ({"start": datetime(2026, 3, 1)}, "start must be .* time zone"),  # naive on purpose
        ({"end": "2026-03-01"}, "end must be"),
        ({"limit": "5", "offset": -1}, "limit must be an integer.*offset must be >= 0"),
        ({"limit": True}, "limit must be an integer"),
    ],
)
async def test_unknown_and_malformed_filters_are_refused(
    session: AsyncSession, filters: dict[str, Any], message: str
) -> None:
    with pytest.raises(CanaryFilterError, match=message):
        await query_canary_reports(session, "tenant-a", filters)
    with pytest.raises(CanaryFilterError, match=message):
        await count_canary_reports(session, "tenant-a", filters)
