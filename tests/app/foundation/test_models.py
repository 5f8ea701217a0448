from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import ApiKey, CostSimCanaryReport, Tenant
from app.models.base import UTCDateTime

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


async def add_tenants(session: AsyncSession, *tenants: str) -> None:
    session.add_all(Tenant(id=tenant) for tenant in tenants)
    await session.flush()


def report(**values: Any) -> CostSimCanaryReport:
    return CostSimCanaryReport(**{"tenant_id": "a", "run_id": "r", "status": "error", **values})


def api_key(**values: Any) -> ApiKey:
    defaults = {
        "id": "k",
        "tenant_id": "a",
        "name": "n",
        "actor_id": "n",
        "prefix": "0" * 12,
        "key_hash": "f" * 64,
        "created_at": NOW,
    }
    return ApiKey(**{**defaults, **values})


async def test_the_database_itself_has_safe_defaults(session: AsyncSession) -> None:
    await add_tenants(session, "a")
    columns = (
        "tenant_id",
        "run_id",
        "timestamp",
        "status",
        "failure_reasons",
        "artifact_paths",
        "created_at",
    )
    values = ("'a'", "'r'", f"'{NOW}'", "'skipped'", "'[]'", "'[]'", f"'{NOW}'")
    await session.execute(
        text(f"INSERT INTO costsim_canary_reports ({', '.join(columns)}) VALUES ({', '.join(values)})")
    )
    row = (await session.scalars(select(CostSimCanaryReport))).one()
    assert row.passed is False
    assert row.artifacts_required is True
    assert row.timestamp == NOW
    assert row.total_samples == row.matching_samples == row.errored_samples == row.artifact_count == 0
    assert row.kl_divergence is None
    assert row.source is None


async def test_a_report_round_trips(session: AsyncSession) -> None:
    await add_tenants(session, "a")
    given_at = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    session.add(
        report(
            status="pass",
            passed=True,
            source="given",
            timestamp=given_at,
            failure_reasons=["ä", "b"],
            golden_comparison={"drift": [1, 2.5, None]},
            artifact_paths=["report.json"],
            artifact_manifest={"report.json": "ab"},
            artifact_count=1,
        )
    )
    await session.commit()
    session.expunge_all()
    row = (await session.scalars(select(CostSimCanaryReport))).one()
    assert row.timestamp == NOW
    assert row.timestamp.tzinfo is UTC
    assert row.failure_reasons == ["ä", "b"]
    assert row.golden_comparison == {"drift": [1, 2.5, None]}
    assert row.artifact_manifest == {"report.json": "ab"}
    assert row.artifact_paths == ["report.json"]


async def test_an_absent_document_is_null_and_not_the_json_value(session: AsyncSession) -> None:
    await add_tenants(session, "a")
    session.add(report(golden_comparison=None))
    await session.flush()
    count = await session.scalar(
        text("SELECT count(*) FROM costsim_canary_reports WHERE golden_comparison IS NULL")
    )
    assert count == 1


@pytest.mark.parametrize(
    ("build", "constraint"),
    [
        (lambda: report(status="great"), "status_valid"),
        (lambda: report(status=None), "status"),
        (lambda: report(tenant_id=None), "tenant_id"),
        (lambda: report(tenant_id="nobody"), "tenants|FOREIGN KEY"),
        (lambda: report(source="made up"), "source_valid"),
        (lambda: report(passed=True), "passed_matches_status"),
        (lambda: report(status="pass", passed=False, artifact_count=1), "passed_matches_status"),
        (lambda: report(status="pass", passed=True), "artifacts_before_row"),
        (lambda: report(status="fail"), "artifacts_before_row"),
        (lambda: api_key(tenant_id="nobody"), "tenants|FOREIGN KEY"),
        (lambda: api_key(key_hash="short"), "hash_is_sha256"),
        (lambda: api_key(expires_at=NOW), "expires_after_creation"),
        (lambda: Tenant(id=""), "id_length"),
        *(
            (lambda column=column: report(**{column: -1}), "counts_not_negative")
            for column in (
                "total_samples",
                "matching_samples",
                "minor_drift_samples",
                "major_drift_samples",
                "errored_samples",
                "outlier_count",
                "artifact_count",
            )
        ),
    ],
)
async def test_the_database_refuses(
    session: AsyncSession, build: Callable[[], Tenant | ApiKey | CostSimCanaryReport], constraint: str
) -> None:
    await add_tenants(session, "a")
    session.add(build())
    with pytest.raises(IntegrityError, match=constraint):
        await session.flush()


@pytest.mark.parametrize(
    "values",
    [
        {"status": "fail", "artifact_count": 1},
        {"status": "fail", "artifacts_required": False},
        {"status": "pass", "passed": True, "artifacts_required": False},
        {"status": "error"},
        {"status": "skipped"},
    ],
)
async def test_the_database_accepts(session: AsyncSession, values: dict[str, Any]) -> None:
    await add_tenants(session, "a")
    session.add(report(**values))
    await session.flush()


async def test_a_run_is_unique_within_its_tenant_only(session: AsyncSession) -> None:
    await add_tenants(session, "a", "b")
    session.add_all([report(), report(tenant_id="b")])
    await session.flush()
    session.add(report())
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_tenant_with_data_cannot_be_deleted(session: AsyncSession) -> None:
    await add_tenants(session, "a")
    session.add(report())
    await session.flush()
    with pytest.raises(IntegrityError):
        await session.execute(text("DELETE FROM tenants"))


async def test_a_naive_datetime_is_refused(session: AsyncSession) -> None:
    with pytest.raises(StatementError, match="no timezone"):
        await session.execute(insert(Tenant).values(id="a", created_at=datetime(2026, 1, 1)))


@given(
    moment=st.datetimes(timezones=st.timezones()),
    other=st.datetimes(timezones=st.timezones()),
    dialect=st.sampled_from([sqlite.dialect(), postgresql.dialect()]),
)
def test_moments_survive_storage_and_keep_their_order(
    moment: datetime, other: datetime, dialect: Any
) -> None:
    column = UTCDateTime()
    try:
        stored, stored_other = (column.process_bind_param(value, dialect) for value in (moment, other))
    except OverflowError:  # year 1 or 9999 pushed over the edge by the offset
        return
    back = column.process_result_value(stored, dialect)
    assert back == moment.astimezone(UTC)
    assert stored is not None
    assert stored_other is not None
    assert (stored < stored_other) == (moment.astimezone(UTC) < other.astimezone(UTC))
