"""Properties of the analytics core on random data, on both databases."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from core_tenant import NOON, Tenant, day, iso
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.exact_decimal import ExactDecimal

# Each example uses a tenant of its own, so one database serves all examples of a test.
ON_DATABASE = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
CENTS = st.decimals(0, 1_000, places=6)
WINDOW = {"from": day(-20, 0), "to": day(1, 0), "as_of": NOON}
STATE = (
    "cost_anomalies",
    "incidents",
    "cost_breach_history",
    "cost_drift_tracking",
    "cost_detection_runs",
)


@st.composite
def splits(draw: st.DrawFn) -> tuple[Decimal, list[Decimal]]:
    """A total in micro-cents and a way to split it."""
    parts = draw(st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
    return Decimal(sum(parts)).scaleb(-6), [Decimal(part).scaleb(-6) for part in parts]


@ON_DATABASE
@given(split=splits())
async def test_acceptance_9_money_is_exact_under_any_split_and_order(
    make_tenant: Any, numbers: Any, split: tuple[Decimal, list[Decimal]]
) -> None:
    total, parts = split
    tenant = await make_tenant(f"t{next(numbers)}")
    for minute, part in enumerate(parts):
        await tenant.spend(part, day(0, 1, minute), model=f"m{minute % 3}", user_id=f"u{minute % 2}")
    statistics = await tenant.read("/analytics/statistics/cost", **WINDOW)
    assert Decimal(statistics["totals"]["spend_cents"]) == total
    assert Decimal(statistics["totals"]["spend_usd"]) * 100 == total
    assert sum(Decimal(item["spend_cents"]) for item in statistics["by_model"]) == total
    assert Decimal((await tenant.read("/cost/summary", as_of=NOON))["total_cost_cents"]) == total
    users = (await tenant.read("/cost/by-user", as_of=NOON))["items"]
    assert sum(Decimal(item["total_cost_cents"]) for item in users) == total


async def test_acceptance_9_ten_times_two_fifths_of_a_cent_are_four_cents(acme: Tenant) -> None:
    for minute in range(10):
        await acme.spend("0.4", day(0, 1, minute))
    assert (await acme.read("/cost/summary", as_of=NOON))["total_cost_cents"] == "4"


@ON_DATABASE
@given(values=st.lists(st.decimals(-(10**11), 10**11, places=6), max_size=6))
async def test_an_amount_comes_back_as_it_went_in(session: AsyncSession, values: list[Decimal]) -> None:
    table = Table("amounts", MetaData(), Column("amount", ExactDecimal))
    connection = await session.connection()
    await connection.run_sync(table.create)
    try:
        if values:
            await session.execute(insert(table), [{"amount": value} for value in values])
        assert sorted(await session.scalars(select(table.c.amount))) == sorted(values)
        assert (await session.scalar(select(func.sum(table.c.amount))) or 0) == sum(values)
        above = select(func.count()).select_from(table).where(table.c.amount > Decimal("0.5"))
        assert await session.scalar(above) == sum(value > Decimal("0.5") for value in values)
    finally:
        await session.rollback()


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (0.1, TypeError),
        (True, TypeError),
        ("1", TypeError),
        (Decimal("0.0000001"), ValueError),
        (Decimal("NaN"), ValueError),
        (Decimal(10) ** 12, ValueError),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_what_is_not_exact_is_refused(value: Any, error: type[Exception], dialect: str) -> None:
    from sqlalchemy.dialects import postgresql, sqlite

    chosen = {"sqlite": sqlite, "postgresql": postgresql}[dialect].dialect()
    with pytest.raises(error):
        ExactDecimal().process_bind_param(value, chosen)


RECORDS = st.lists(
    st.tuples(
        CENTS,
        st.integers(-19, 0),
        st.integers(0, 11),
        st.sampled_from(["m1", "m2", "m3"]),
        st.sampled_from([None, "u1", "u2"]),
        st.integers(0, 1000),
    ),
    min_size=2,
    max_size=10,
)


@ON_DATABASE
@given(records=RECORDS, data=st.data())
async def test_statistics_do_not_depend_on_the_order_of_insertion(
    make_tenant: Any, numbers: Any, records: list[Any], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(records))
    answers = []
    for order in (records, shuffled):
        tenant = await make_tenant(f"t{next(numbers)}")
        for cents, offset, hour, model, user, tokens in order:
            await tenant.spend(cents, day(offset, hour), model=model, user_id=user, input_tokens=tokens)
        answers.append(
            [
                await tenant.read(f"/analytics/statistics/{topic}", **WINDOW, resolution=resolution)
                for topic in ("usage", "cost")
                for resolution in ("hour", "day")
            ]
            + [
                await tenant.read(f"/cost/{view}", period="30d", as_of=NOON)
                for view in ("by-user", "by-model")
            ]
            + [await tenant.read("/cost/projection", as_of=NOON)]
        )
    assert answers[0] == answers[1]


SPENDING = st.lists(st.sampled_from([0, 100, 120, 140, 141, 200, 1000]), min_size=30, max_size=36)


@ON_DATABASE
@given(
    amounts=SPENDING, run_at=st.lists(st.integers(-5, 0), min_size=1, max_size=3), limit=st.integers(50, 2000)
)
async def test_detecting_twice_at_one_as_of_changes_nothing(
    make_tenant: Any, numbers: Any, dump: Any, amounts: Sequence[int], run_at: list[int], limit: int
) -> None:
    tenant = await make_tenant(f"t{next(numbers)}")
    for back, cents in enumerate(reversed(amounts)):
        if cents:
            await tenant.spend(cents, day(-back, 1), user_id=f"u{back % 2}")
    await tenant.do(
        "analytics.cost_write",
        "set_budget",
        budget_type="tenant",
        daily_limit_cents=Decimal(limit),
        monthly_limit_cents=Decimal(limit * 10),
    )
    await tenant.backdate("cost_budgets", day(-60))
    for offset in sorted(run_at):
        first = await tenant.do("analytics.detection", "run_detection", as_of=day(offset))
        before = await dump(*STATE)
        second = await tenant.do("analytics.detection", "run_detection", as_of=day(offset))
        assert await dump(*STATE) == before
        assert second.anomaly_ids == first.anomaly_ids
        assert (second.anomalies_created, second.incidents_created) == (0, 0)
    found = await tenant.read("/detection/anomalies", as_of=NOON, limit=1000)
    high = [a["incident_id"] for a in found if a["severity"] == "HIGH"]
    assert None not in high
    assert len(set(high)) == len(high)


@ON_DATABASE
@given(records=RECORDS, later=RECORDS)
async def test_acceptance_8_the_same_as_of_gives_the_same_bytes_after_later_writes(
    make_tenant: Any, numbers: Any, records: list[Any], later: list[Any]
) -> None:
    tenant = await make_tenant(f"t{next(numbers)}")
    for cents, offset, hour, model, user, tokens in records:
        await tenant.spend(cents, day(offset, hour), model=model, user_id=user, input_tokens=tokens)
    await tenant.do("analytics.detection", "run_detection", as_of=NOON)
    await tenant.do("analytics.patterns", "run_cycle", as_of=NOON)
    await tenant.do("analytics.prediction", "run_cycle", as_of=NOON)
    paths = [
        ("/analytics/statistics/usage", WINDOW),
        ("/analytics/statistics/cost", WINDOW),
        ("/analytics/statistics/cost/export.json", WINDOW),
        ("/cost/dashboard", {"period": "30d", "as_of": NOON}),
        ("/cost/anomalies", {"as_of": NOON}),
        ("/detection/anomalies", {"as_of": NOON}),
        ("/feedback", {"as_of": NOON}),
        ("/predictions", {"as_of": NOON}),
    ]

    async def bodies() -> list[str]:
        # The timestamp and the id of the request are about the transport, not the data.
        answers = [(await tenant.get(path, **params)) for path, params in paths]
        assert {answer.status_code for answer in answers} == {200}
        return [answer.text.partition(',"meta":')[0] for answer in answers]

    before = await bodies()
    for number, (cents, _, hour, model, user, tokens) in enumerate(later):
        moment = NOON + timedelta(hours=hour, microseconds=1 + number)
        await tenant.spend(cents, moment, model=model, user_id=user, input_tokens=tokens)
    await tenant.do("analytics.detection", "run_detection", as_of=day(2))
    assert await bodies() == before


@ON_DATABASE
@given(
    limit=st.integers(1, 4),
    groups=st.lists(st.sampled_from(["a", "b"]), min_size=0, max_size=8),
)
async def test_pages_of_predictions_and_feedback_are_complete_and_in_order(
    make_tenant: Any, numbers: Any, limit: int, groups: list[str]
) -> None:
    tenant = await make_tenant(f"t{next(numbers)}")
    runs = [
        {
            "id": f"r{number}",
            "worker_id": f"w{number}",
            "task": "t",
            "status": "failed",
            "error": f"kind {group}",
            "created_at": iso(day(0, 1)),
        }
        for number, group in enumerate(groups)
    ]
    await tenant.post("/analytics/signals", {"worker_runs": runs})
    await tenant.do("analytics.patterns", "run_cycle", as_of=NOON)
    await tenant.do("analytics.prediction", "run_cycle", as_of=NOON)
    for path in ("/feedback", "/predictions"):
        everything = await tenant.read(path, as_of=NOON, limit=100)
        paged: list[Any] = []
        for offset in itertools.count(0, limit):
            page = (await tenant.get(path, as_of=NOON, limit=limit, offset=offset)).json()
            assert page["meta"]["total"] == len(everything)
            paged += page["data"]
            if not page["meta"]["has_more"]:
                break
        assert paged == everything
