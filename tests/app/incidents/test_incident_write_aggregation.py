"""Triggers: one incident per window, calls that count once, severity that only rises, and a limit per hour."""

import asyncio
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from fault_injection import whole_database
from hypothesis import given
from hypothesis import strategies as st
from incident_desk import LONG_AGO, Desk, events, minutes, rows, timeline

from app.db import get_async_session
from app.hoc.cus.hoc_spine.orchestrator.coordinators.incident_work import in_transaction
from app.hoc.cus.incidents.L5_engines.incident_aggregator import (
    OVERFLOW_TRIGGER,
    AggregatorConfig,
    Trigger,
)
from app.hoc.cus.incidents.L5_engines.incident_severity import (
    escalated_severity,
    initial_severity,
    severity_for_calls,
)
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import IncidentSeverity
from app.infra.time import utc_now

FEW = AggregatorConfig(max_incidents_per_hour=3)


async def trigger(
    desk: Desk,
    at: datetime,
    trigger_type: str = "failure_spike",
    config: AggregatorConfig | None = None,
    **fields: Any,
) -> Any:
    """Record a trigger at a moment."""
    given_trigger = Trigger(desk.tenant_id, trigger_type, fields.pop("value", "v"), **fields)
    async with get_async_session() as session:
        return await in_transaction(
            session,
            lambda work: work.aggregator.get_or_create_incident(given_trigger, actor=Actor("g"), now=at),
            config,
        )


async def test_a_window_begins_with_its_first_trigger_and_is_not_cut_by_the_clock(desk: Desk) -> None:
    start = LONG_AGO.replace(minute=4, second=50)  # a window on full five minutes would end after ten seconds
    first = await trigger(desk, start)
    merged = [await trigger(desk, start + minutes(m)) for m in (0.5, 2, 4.9)]
    later = await trigger(desk, start + minutes(5))
    assert first.is_new
    assert later.is_new
    assert [(m.is_new, m.merged, m.incident.id) for m in merged] == [(False, True, first.incident.id)] * 3
    assert (await rows("incidents", id=first.incident.id))[0]["calls_affected"] == 4
    assert [entry["event_type"] for entry in await timeline(first.incident.id)] == [
        "incident_created",
        "call_aggregated",
        "call_aggregated",
        "call_aggregated",
    ]
    assert Counter(event["event_type"] for event in await events()) == {
        "incidents.IncidentOpened": 2,
        "incidents.IncidentAggregated": 3,
        "incidents.IncidentRecurrenceGrouped": 1,
    }


async def test_triggers_of_other_kinds_tenants_and_after_the_end_open_their_own(
    desk: Desk, make_desk: Any
) -> None:
    other = await make_desk("other")
    first = await trigger(desk, LONG_AGO)
    assert (await trigger(desk, LONG_AGO, "freeze")).is_new
    assert (await trigger(other, LONG_AGO)).is_new
    await desk.do("acknowledge_incident", incident_id=first.incident.id)
    assert (await trigger(desk, LONG_AGO)).incident.id == first.incident.id
    await desk.resolve(first.incident.id)
    assert (await trigger(desk, LONG_AGO)).is_new


async def test_a_call_counts_once_and_costs_add_up_exactly(desk: Desk) -> None:
    cost = Decimal("0.100001")
    first = await trigger(desk, LONG_AGO, call_id="c1", cost_delta_cents=cost)
    again = await trigger(desk, LONG_AGO + minutes(60), "freeze", call_id="c1", cost_delta_cents=cost)
    assert (again.is_new, again.merged, again.incident.id) == (False, False, first.incident.id)
    for number in range(2, 5):
        await trigger(desk, LONG_AGO, call_id=f"c{number}", cost_delta_cents=cost)
    (row,) = await rows("incidents")
    assert (row["calls_affected"], row["cost_delta_cents"]) == (4, 4 * cost)
    assert row["cost_impact"] == Decimal("0.004000")
    assert {call["call_id"] for call in await rows("incident_calls")} == {"c1", "c2", "c3", "c4"}


async def test_costs_that_could_not_be_stored_exactly_are_refused_and_change_nothing(desk: Desk) -> None:
    cost = Decimal(10) ** 11 - 1
    for _ in range(10):
        await trigger(desk, utc_now(), cost_delta_cents=cost)
    before = await whole_database()
    code = await desk.refused("record_trigger", trigger_type="failure_spike", cost_delta_cents=cost)
    assert code == "CONFLICT"
    assert await whole_database() == before


async def test_severity_rises_with_the_calls_and_says_so(desk: Desk) -> None:
    for _ in range(50):
        opened = await trigger(desk, LONG_AGO, "rate_limit")
    (row,) = await rows("incidents")
    assert (row["severity"], row["escalated"], row["calls_affected"]) == ("high", True, 50)
    escalations = [
        entry for entry in await timeline(opened.incident.id) if entry["event_type"] == "severity_escalated"
    ]
    assert [(e["before_state"]["severity"], e["after_state"]["severity"]) for e in escalations] == [
        ("medium", "high")
    ]
    assert row["escalated_at"] == escalations[0]["created_at"]
    (event,) = await events("incidents.IncidentEscalated")
    assert event["severity"] == "high"


@given(st.sampled_from(IncidentSeverity), st.integers(0, 1000))
def test_severity_never_falls(current: IncidentSeverity, calls: int) -> None:
    after = escalated_severity(current, calls)
    assert after.rank == max(current.rank, severity_for_calls(calls).rank)
    assert escalated_severity(after, calls + 1).rank >= after.rank


def test_the_published_thresholds() -> None:
    found = [severity_for_calls(calls).value for calls in (0, 9, 10, 49, 50, 199, 200)]
    assert found == ["low", "low", "medium", "medium", "high", "high", "critical"]
    assert initial_severity("budget_breach") is IncidentSeverity.CRITICAL
    assert initial_severity("anything") is IncidentSeverity.MEDIUM


async def test_what_is_too_much_is_gathered_in_one_overflow(desk: Desk) -> None:
    for number in range(3):
        assert (await trigger(desk, LONG_AGO, f"kind_{number}", FEW)).is_new
    overflow = await trigger(desk, LONG_AGO + minutes(1), "kind_3", FEW)
    more = await trigger(desk, LONG_AGO + minutes(50), "kind_4", FEW)
    assert (overflow.is_new, overflow.incident.trigger_type) == (True, OVERFLOW_TRIGGER)
    assert (overflow.incident.severity, overflow.incident.auto_action) == (IncidentSeverity.HIGH, "aggregate")
    assert (more.merged, more.incident.id, more.incident.calls_affected) == (True, overflow.incident.id, 2)
    # What has its window still joins it, and an hour later there is room again.
    assert (await trigger(desk, LONG_AGO + minutes(2), "kind_0", FEW)).incident.trigger_type == "kind_0"
    assert (await trigger(desk, LONG_AGO + minutes(61), "kind_5", FEW)).is_new


async def test_triggers_at_the_same_time_are_one_incident_and_none_is_lost(desk: Desk) -> None:
    answers = await asyncio.gather(
        *(
            desk.do(
                "record_trigger",
                trigger_type="failure_spike",
                call_id=f"c{n % 12}",
                cost_delta_cents=Decimal(1),
            )
            for n in range(16)
        )
    )
    (row,) = await rows("incidents")
    assert {answer.incident.id for answer in answers} == {row["id"]}
    assert sum(answer.is_new for answer in answers) == 1
    assert (row["calls_affected"], row["cost_delta_cents"], row["revision"]) == (12, Decimal(12), 12)
    assert [entry["sequence_no"] for entry in await timeline(row["id"])] == list(range(1, 13))


async def test_the_limit_holds_under_concurrency(desk: Desk) -> None:
    await asyncio.gather(*(trigger(desk, LONG_AGO, f"kind_{n}", FEW) for n in range(10)))
    kinds = Counter(row["trigger_type"] == OVERFLOW_TRIGGER for row in await rows("incidents"))
    assert kinds == {False: 3, True: 1}
    (overflow,) = await rows("incidents", trigger_type=OVERFLOW_TRIGGER)
    assert overflow["calls_affected"] == 7


SENSELESS: list[dict[str, Any]] = [
    {"trigger_type": "Loud"},
    {"trigger_type": ""},
    {"trigger_type": "a", "call_id": ""},
    {"trigger_type": "a", "call_id": "x" * 101},
    {"trigger_type": "a", "trigger_value": "\x00"},
    {"trigger_type": "a", "auto_action": "x" * 51},
    {"trigger_type": "a", "cost_delta_cents": Decimal(10) ** 11},
]


async def test_a_trigger_that_makes_no_sense_is_refused(desk: Desk) -> None:
    for params in SENSELESS:
        assert await desk.refused("record_trigger", **params) == "INVALID_PARAMS", params
    assert await rows("incidents") == await rows("incident_intake") == []
