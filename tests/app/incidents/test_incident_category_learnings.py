"""Learnings about a category: each insight on both sides of its threshold, with the confidence its formula gives."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_read_history import START, opened, store

from app.hoc.cus.incidents.L5_engines.incident_category_learning_engine import (
    SUPPORTING_INCIDENTS,
    draw_category_learnings,
)
from app.hoc.cus.incidents.L5_engines.incident_statistics_engine import window_before
from app.hoc.cus.incidents.L5_schemas.incident_learning_results import Insight
from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import IncidentFact
from app.main import API_PREFIX

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
OPEN: dict[str, Any] = {}
MONTH = window_before(NOW, 30)


def done(after: timedelta = 2 * HOUR, method: str | None = None) -> dict[str, Any]:
    """An incident that was resolved after a time."""
    return {"lifecycle_state": "RESOLVED", "taken": after, "resolution_method": method}


def facts(kinds: Iterable[dict[str, Any]], category: str = "CACHE") -> list[IncidentFact]:
    """Incidents a minute apart, the last one the newest."""
    made = []
    for number, kind in enumerate(kinds):
        values = {"lifecycle_state": "ACTIVE"} | kind
        created = NOW - timedelta(days=10) + number * timedelta(minutes=1)
        taken = values.pop("taken", None)
        made.append(
            IncidentFact(
                id=f"i{number:03}",
                category=category,
                severity="high",
                cause_type="SYSTEM",
                created_at=created,
                resolved_at=None if taken is None else created + taken,
                **values,
            )
        )
    return made


def confidences(found: Iterable[Insight]) -> list[tuple[str, Decimal]]:
    return [(insight.insight_type.value, insight.confidence) for insight in found]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([done()] * 2 + [OPEN] * 2, []),
        ([done()] * 4 + [OPEN], [("response", "0.86")]),  # 0.7 + 0.2 * 0.8
        ([done()] * 79 + [OPEN] * 21, [("prevention", "0.7667")]),  # below 0.8; 100 in 30 days
        ([done(), OPEN, OPEN], [("response", "0.7333")]),  # 0.6 + 0.2 * 2/3
        ([done(24 * HOUR), OPEN], []),
        ([done(24 * HOUR + SECOND), OPEN], [("detection", "0.84")]),
        ([done(10 * 24 * HOUR), OPEN], [("detection", "0.85")]),
        ([done(HOUR), OPEN], []),
        ([done(HOUR - SECOND), OPEN], [("detection", "0.75")]),
        ([done(method="auto")] * 2 + [OPEN] * 2, []),
        ([done(method="auto")] * 3 + [OPEN] * 3, [("response", "0.75")]),
        ([done(method="auto")] * 9 + [OPEN] * 9, [("response", "0.9")]),
        ([OPEN] * 30 + [done()] * 30, []),  # just two a day
        ([OPEN] * 31 + [done()] * 31, [("prevention", "0.7033")]),
        ([OPEN] * 200 + [done()] * 200, [("prevention", "0.9")]),
    ],
)
def test_an_insight_is_made_beyond_its_threshold(
    kinds: list[dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    found = draw_category_learnings(facts(kinds), "CACHE", MONTH)
    assert confidences(found.insights) == [(kind, Decimal(text)) for kind, text in expected]


def test_what_cannot_be_computed_is_said() -> None:
    nothing = draw_category_learnings(facts([done()], "OTHER"), "CACHE", MONTH)
    assert (nothing.incident_count, nothing.resolution_rate, nothing.avg_resolution_ms) == (0, None, None)
    assert sorted(nothing.unavailable) == ["avg_resolution_ms", "resolution_rate"]
    unresolved = draw_category_learnings(facts([OPEN]), "CACHE", MONTH)
    assert (unresolved.resolution_rate, sorted(unresolved.unavailable)) == (0, ["avg_resolution_ms"])


KINDS = st.lists(
    st.just(OPEN) | st.builds(done, st.timedeltas(timedelta(0), timedelta(9)), st.sampled_from("ab")),
    max_size=90,
)


@given(KINDS, st.integers(1, 90), st.randoms())
def test_figures_are_those_of_the_incidents_however_they_come(
    kinds: list[dict[str, Any]], days: int, random: Any
) -> None:
    mine = facts(kinds)
    mixed = mine + facts([done()] * 3, "OTHER")
    random.shuffle(mixed)
    window = window_before(NOW, days)
    counted = [fact for fact in mine if fact.created_at > NOW - timedelta(days=days)]
    resolved = [fact for fact in counted if fact.lifecycle_state == "RESOLVED"]
    found = draw_category_learnings(mixed, "CACHE", window)
    assert (found.incident_count, found.resolved_count) == (len(counted), len(resolved))
    assert found == draw_category_learnings(mine, "CACHE", window)
    newest_first = [fact.id for fact in reversed(counted)]
    for insight in found.insights:
        assert 0 < insight.confidence <= Decimal("0.9")
        support = list(insight.supporting_incident_ids)
        assert 0 < len(support) <= SUPPORTING_INCIDENTS
        assert support == [name for name in newest_first if name in support]


async def test_over_http_as_of_a_moment_and_for_the_tenant_alone(
    client: httpx.AsyncClient, make_headers: Any
) -> None:
    headers = await make_headers("acme", "incidents:read")
    await make_headers("other", "incidents:read")
    first = opened("acme", 1, START, category="CACHE").resolve(START + HOUR)
    second = opened("acme", 2, START + 2 * HOUR, category="CACHE").resolve(START + 7 * HOUR)
    await store([first, second, opened("acme", 3, START), opened("other", 1, START, category="CACHE")])

    async def ask(status: int = 200, **params: Any) -> Any:
        answer = await client.get(f"{API_PREFIX}/incidents/learnings", params=params, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def figures(hours: int, **params: Any) -> tuple[Any, ...]:
        as_of = (START + hours * HOUR).isoformat()
        found = (await ask(category="CACHE", as_of=as_of, **params))["data"]
        assert found == (await ask(category="CACHE", as_of=as_of, **params))["data"]
        return (
            found["incident_count"],
            found["resolved_count"],
            found["resolution_rate"],
            found["avg_resolution_ms"],
            [insight["confidence"] for insight in found["insights"]],
        )

    hour = 3_600_000
    assert await figures(-1) == (0, 0, None, None, [])
    assert await figures(0) == (1, 0, "0", None, ["0.8"])
    assert await figures(1) == (1, 1, "1", hour, ["0.9"])
    assert await figures(2) == (2, 1, "0.5", hour, [])
    assert await figures(7) == (2, 2, "1", 3 * hour, ["0.9"])
    assert (await ask(category="NOTHING"))["data"]["incident_count"] == 0
    assert (await ask(422))["error"]["code"]
    assert (await ask(422, category="CACHE", baseline_days=91))["error"]["code"]
