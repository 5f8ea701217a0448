"""Provenance is kept once, in the caller's transaction, for one tenant, and never changed."""

import asyncio
import inspect
import statistics
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.hoc.cus.analytics.L5_schemas.provenance_record import InvalidProvenanceError, NewProvenance
from app.hoc.cus.analytics.L6_drivers import provenance_async
from app.hoc.cus.analytics.L6_drivers.provenance_async import (
    backfill_v1_baseline,
    check_duplicate,
    compute_input_hash,
    count_provenance,
    get_drift_stats,
    query_provenance,
    write_provenance,
    write_provenance_batch,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Factory = async_sessionmaker[AsyncSession]


def record(number: int, tenant: str = "tenant-a", **more: Any) -> dict[str, Any]:
    return {
        "tenant_id": tenant,
        "payload": {"number": number},
        "v1_cost": 5,
        "v2_cost": 5 + number,
        "created_at": NOON + timedelta(minutes=number),
        **more,
    }


async def test_what_is_committed_is_there_with_everything_needed_to_replay_it(
    tenants: tuple[str, str], session: AsyncSession, other_session: AsyncSession
) -> None:
    payload = {"input": {"plan": [{"skill": "kv_get"}], "budget_cents": 7}}
    async with session.begin():
        id_ = await write_provenance(
            "run-1",
            "tenant-a",
            model_version="2.0.0",
            adapter_version="2.1.0",
            commit_sha="abc",
            v1_cost=Decimal("5.25"),
            v2_cost=4,
            payload=payload,
            runtime_ms=3,
            session=session,
            verdict="minor_drift",
            drift_score=0.12,
        )
    [row] = await query_provenance("tenant-a", session=other_session)
    assert (row.id, row.run_id, row.commit_sha, row.payload) == (id_, "run-1", "abc", payload)
    assert (row.v1_cost, row.v2_cost, row.cost_delta) == (Decimal("5.25"), 4, Decimal("-1.25"))
    assert (row.input_hash, row.verdict, row.drift_score) == (
        compute_input_hash(payload),
        "minor_drift",
        0.12,
    )


async def test_what_is_not_committed_is_not_there(
    tenants: tuple[str, str], session: AsyncSession, other_session: AsyncSession
) -> None:
    await write_provenance_batch([record(1)], session)
    await session.rollback()
    assert await count_provenance("tenant-a", session=other_session) == 0


async def test_without_a_session_nothing_pretends_to_be_written() -> None:
    with pytest.raises(InvalidProvenanceError, match="session"):
        await write_provenance(tenant_id="tenant-a", payload={})


async def test_ids_come_in_input_order_and_known_records_keep_theirs(
    tenants: tuple[str, str], session: AsyncSession
) -> None:
    first = await write_provenance_batch([record(n) for n in (3, 1, 2)], session)
    again = await write_provenance_batch([record(n) for n in (1, 9, 3, 9)], session)
    assert len(set(first)) == 3
    assert (again[0], again[2]) == (first[1], first[0])
    assert again[1] == again[3] not in first
    found = await query_provenance("tenant-a", session=session)
    assert [row.id for row in found] == [again[1], first[0], first[2], first[1]]
    assert await write_provenance_batch([], session) == []


async def test_a_simulation_is_one_per_tenant_and_variant(
    tenants: tuple[str, str], session: AsyncSession
) -> None:
    ids = await write_provenance_batch(
        [record(1), record(1, "tenant-b"), record(1, variant_slug="canary")], session
    )
    assert len(set(ids)) == 3
    digest = compute_input_hash({"number": 1})
    assert len(digest) == 64
    assert await check_duplicate(digest, tenant_id="tenant-a", session=session)
    assert await check_duplicate(digest, tenant_id="tenant-b", session=session)
    assert not await check_duplicate(digest, tenant_id="tenant-b", variant_slug="canary", session=session)
    assert not await check_duplicate(digest[:16], tenant_id="tenant-a", session=session)


async def test_the_same_input_with_another_outcome_is_noticed(
    tenants: tuple[str, str], session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    for outcome in ("a" * 64, "a" * 64, "b" * 64):
        await write_provenance_batch([record(1, output_hash=outcome)], session)
    assert sum("different outcome" in line for line in caplog.messages) == 1
    [row] = await query_provenance("tenant-a", session=session)
    assert row.output_hash == "a" * 64


async def test_writers_of_the_same_records_neither_duplicate_nor_deadlock(
    tenants: tuple[str, str], session_factory: Factory
) -> None:
    async def write(numbers: list[int]) -> list[int]:
        async with session_factory() as mine, mine.begin():
            return await write_provenance_batch([record(n) for n in numbers], mine)

    forward, backward = list(range(40)), list(range(40))[::-1]
    written = await asyncio.gather(*(write(order) for order in (forward, backward) * 4))
    assert all(ids == written[0] for ids in written[::2])
    assert all(ids == written[0][::-1] for ids in written[1::2])
    async with session_factory() as reader:
        assert await count_provenance("tenant-a", session=reader) == 40


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE costsim_provenance SET v1_cost = 0",
        "DELETE FROM costsim_provenance",
        "TRUNCATE costsim_provenance",
    ],
)
async def test_the_database_refuses_to_change_provenance(
    tenants: tuple[str, str], session: AsyncSession, statement: str
) -> None:
    if statement.startswith("TRUNCATE") and session.get_bind().dialect.name == "sqlite":
        return  # SQLite has no such statement
    async with session.begin():
        await write_provenance_batch([record(1)], session)
    with pytest.raises(DBAPIError, match="append-only"):
        await session.execute(text(statement))
    await session.rollback()
    assert await count_provenance("tenant-a", session=session) == 1


async def test_filters_pages_and_totals_agree(tenants: tuple[str, str], session: AsyncSession) -> None:
    await write_provenance_batch(
        [record(n, source="manual" if n % 2 else "sandbox", run_id=f"run-{n % 3}") for n in range(10)]
        + [record(n, "tenant-b") for n in range(3)]
        + [record(50, status="schema_error", v1_cost=None, v2_cost=None)],
        session,
    )
    for filters, expected in (
        ({}, [50, *range(9, -1, -1)]),
        ({"source": "manual"}, [9, 7, 5, 3, 1]),
        ({"status": "schema_error"}, [50]),
        ({"run_id": "run-1"}, [7, 4, 1]),
        ({"input_hash": compute_input_hash({"number": 4})}, [4]),
        ({"start_date": NOON + timedelta(minutes=8), "end_date": NOON + timedelta(minutes=9)}, [9, 8]),
        ({"as_of": NOON + timedelta(minutes=1)}, [1, 0]),
        # A bound without a time zone is in UTC; it neither fails nor empties the answer.
        ({"end_date": datetime(2026, 3, 1, 12, 1)}, [1, 0]),
        ({"variant_slug": "v1"}, []),
    ):
        found = await query_provenance("tenant-a", session=session, **filters)
        assert [row.payload["number"] for row in found if row.payload] == expected, filters
        assert await count_provenance("tenant-a", session=session, **filters) == len(expected)
    page = await query_provenance("tenant-a", limit=2, offset=1, session=session)
    assert [row.payload["number"] for row in page if row.payload] == [9, 8]


async def test_equal_moments_still_have_one_order(tenants: tuple[str, str], session: AsyncSession) -> None:
    ids = await write_provenance_batch([record(n, created_at=NOON) for n in range(6)], session)
    pages = [await query_provenance("tenant-a", limit=2, offset=o, session=session) for o in (0, 2, 4)]
    assert [row.id for page in pages for row in page] == sorted(ids, reverse=True)


async def test_drift_statistics_are_those_of_the_stored_deltas(
    tenants: tuple[str, str], session: AsyncSession
) -> None:
    deltas = [Decimal("0.1"), Decimal("-3"), Decimal("0.1"), Decimal("7.25"), Decimal("100000000")]
    await write_provenance_batch(
        [
            record(n, v1_cost=Decimal(5), v2_cost=Decimal(5) + delta, created_at=NOON + timedelta(minutes=n))
            for n, delta in enumerate(deltas)
        ]
        + [record(70, "tenant-b", v2_cost=999), record(71, v2_cost=None), record(72, v1_cost=None)],
        session,
    )
    stats = await get_drift_stats(tenant_id="tenant-a", session=session)
    assert (stats.total, stats.min_delta, stats.max_delta) == (5, -3.0, 1e8)
    assert stats.avg_delta == pytest.approx(float(sum(deltas) / 5), rel=1e-15)
    assert stats.stddev_delta == pytest.approx(float(statistics.stdev(deltas)), rel=1e-12)
    early = await get_drift_stats(end_date=NOON, tenant_id="tenant-a", session=session)
    assert (early.total, early.avg_delta, early.stddev_delta) == (1, 0.1, 0.0)
    none = await get_drift_stats(start_date=NOON + timedelta(days=1), tenant_id="tenant-a", session=session)
    assert (none.total, none.avg_delta, none.min_delta, none.max_delta, none.stddev_delta) == (0, 0, 0, 0, 0)


async def test_backfill_counts_what_it_did_and_a_bad_record_costs_only_itself(
    tenants: tuple[str, str], session: AsyncSession, other_session: AsyncSession
) -> None:
    def baseline(number: int, **more: Any) -> dict[str, Any]:
        return {"tenant_id": "tenant-a", "payload": {"n": number}, "cost": 7, **more}

    records = [
        *(baseline(n) for n in range(5)),
        baseline(5, tenant_id="nobody"),  # the database refuses it
        baseline(6, cost=None),
        baseline(7, cost=0.1),
        baseline(8, payload=None),
        baseline(9, colour="blue"),
        baseline(0),
        baseline(10, run_id="r" * 65),
    ]
    async with session.begin():
        counts = await backfill_v1_baseline(records, 4, session=session)
        again = await backfill_v1_baseline(records[:5], session=session)
    assert counts == {"inserted": 5, "skipped": 1, "errors": 6}
    assert again == {"inserted": 0, "skipped": 5, "errors": 0}
    found = await query_provenance("tenant-a", variant_slug="v1", source="backfill", session=other_session)
    assert {row.payload["n"] for row in found if row.payload} == set(range(5))
    assert {(row.v1_cost, row.v2_cost, row.cost_delta) for row in found} == {(7, None, None)}
    with pytest.raises(InvalidProvenanceError):
        await backfill_v1_baseline([], 0, session=session)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"tenant_id": ""}, "tenant_id"),
        ({"variant_slug": "v3"}, "variant_slug"),
        ({"source": "magic"}, "source"),
        ({"status": "fine"}, "status"),
        ({"verdict": "maybe"}, "verdict"),
        ({"input_hash": "abc"}, "input_hash"),
        ({"v1_cost": 0.1}, "exact"),
        ({"v1_cost": Decimal("NaN")}, "finite"),
        ({"drift_score": 1.5}, "drift_score"),
        ({"payload": None}, "payload"),
        ({"payload": {"n": float("nan")}}, "JSON"),
        ({"created_at": datetime(2026, 1, 1)}, "time zone"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_record_that_cannot_be_kept_says_why(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidProvenanceError, match=problem):
        NewProvenance.parse(record(1) | values)


async def test_queries_need_a_tenant_and_known_words(session: AsyncSession) -> None:
    for arguments in ({}, {"tenant_id": "tenant-a", "variant_slug": "v9"}):
        with pytest.raises(InvalidProvenanceError):
            await query_provenance(session=session, **arguments)


def test_parity_vector_of_the_input_hash() -> None:
    digest = compute_input_hash({"plan": [{"skill": "http_call", "params": {}}], "budget_cents": 100})
    assert digest == "c2b3505b1834a123090bfdc39588a8803f285ec0b94c26994fedf9c0ef4cc3f3"


def test_the_driver_knows_provenance_only_and_keeps_the_listed_signatures() -> None:
    parameters = {
        "write_provenance": "run_id tenant_id variant_slug source model_version adapter_version commit_sha "
        "input_hash output_hash v1_cost v2_cost payload runtime_ms session",
        "write_provenance_batch": "records session",
        "query_provenance": "tenant_id variant_slug source input_hash start_date end_date limit offset",
        "count_provenance": "tenant_id variant_slug start_date end_date",
        "get_drift_stats": "start_date end_date",
        "check_duplicate": "input_hash",
        "compute_input_hash": "payload",
        "backfill_v1_baseline": "records batch_size",
    }
    public = {
        name
        for name, value in vars(provenance_async).items()
        if inspect.isfunction(value)
        and value.__module__ == provenance_async.__name__
        and not name.startswith("_")
    }
    assert public == set(parameters)
    assert not any("canary" in name for name in vars(provenance_async))
    for name, listed in parameters.items():
        function = getattr(provenance_async, name)
        positional = [
            parameter.name
            for parameter in inspect.signature(function).parameters.values()
            if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        ]
        assert positional == listed.split(), name
        assert inspect.iscoroutinefunction(function) == (name != "compute_input_hash")
