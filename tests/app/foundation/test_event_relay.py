"""The relay: committed events reach consumers at least once, in order per stream, whoever dies or competes."""

import asyncio
import itertools
import json
import logging
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from stored_events import TENANTS, Factory, an_event, eventually, store

from app.hoc.cus.hoc_spine.drivers.event_cursor_driver import measure_backlog
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import append_event
from app.hoc.cus.hoc_spine.orchestrator import event_relay
from app.hoc.cus.hoc_spine.orchestrator.event_consumer import LogConsumer
from app.hoc.cus.hoc_spine.orchestrator.event_relay import EventRelay
from app.infra.metrics import ServiceMetrics
from app.models.identity import Tenant


class Kept:
    """A consumer that remembers what it took, per stream; it may be slow, and it may refuse a tenant's events."""

    def __init__(self, name: str = "kept", *, refuse: str = "", seconds: float = 0.0) -> None:
        self.name = name
        self.refuse = refuse
        self._seconds = seconds
        self.taken: dict[str, list[int]] = defaultdict(list)

    async def publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        assert len({(event["tenant_id"], event["project_id"]) for event in events}) == 1
        if events[0]["tenant_id"] == self.refuse:
            raise ConnectionRefusedError("nobody listens")
        for event in events:
            await asyncio.sleep(self._seconds)
            self.taken[event["tenant_id"]].append(event["sequence_no"])


def value(metrics: ServiceMetrics, name: str) -> float:
    return sum(
        sample.value
        for family in text_string_to_metric_families(metrics.render())
        for sample in family.samples
        if sample.name == name
    )


async def test_committed_events_are_published_once_and_in_order(
    outbox: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_relay, "BATCH", 3)
    await store(outbox, "acme", 7)
    await store(outbox, "globex", 3)
    async with outbox() as session:
        await session.begin()
        await append_event(session, an_event("globex"))
        await session.rollback()
    consumer, metrics = Kept(), ServiceMetrics()
    relay = EventRelay([consumer], metrics)
    assert await relay.publish_all() == 10
    assert consumer.taken == {"acme": [1, 2, 3, 4, 5, 6, 7], "globex": [1, 2, 3]}
    assert await relay.publish_all() == 0
    await store(outbox, "globex")
    assert await relay.publish_all() == 1
    assert consumer.taken["globex"] == [1, 2, 3, 4]
    assert value(metrics, "hoc_events_published_total") == 11


@pytest.mark.parametrize("migrated_database_url", ["postgresql"], indirect=True)
async def test_what_is_not_committed_is_not_published(outbox: Factory) -> None:
    """On PostgreSQL only: on SQLite nobody else writes meanwhile, not even cursors."""
    await store(outbox, "acme")
    consumer = Kept()
    relay = EventRelay([consumer], ServiceMetrics())
    async with outbox() as session:
        await session.begin()
        await append_event(session, an_event("acme"))
        assert await relay.publish_all() == 1
        await session.commit()
    assert await relay.publish_all() == 1
    assert consumer.taken == {"acme": [1, 2]}


async def test_each_consumer_has_its_own_cursor(outbox: Factory) -> None:
    await store(outbox, "acme", 2)
    early, late = Kept("early"), Kept("late")
    await EventRelay([early], ServiceMetrics()).publish_all()
    await store(outbox, "acme")
    await EventRelay([early, late], ServiceMetrics()).publish_all()
    assert early.taken == late.taken == {"acme": [1, 2, 3]}


async def test_a_consumer_that_fails_gets_its_events_again_and_holds_up_nobody(
    outbox: Factory, caplog: pytest.LogCaptureFixture
) -> None:
    for tenant in TENANTS:
        await store(outbox, tenant, 2)
    failing, other, metrics = Kept("failing", refuse="globex"), Kept("other"), ServiceMetrics()
    relay = EventRelay([failing, other], metrics)
    assert await relay.publish_all() == 10
    assert failing.taken == {"acme": [1, 2], "initech": [1, 2]}
    assert other.taken == {tenant: [1, 2] for tenant in TENANTS}
    assert value(metrics, "hoc_event_publish_failures_total") == 1
    assert "consumer=failing tenant=globex" in caplog.text
    failing.refuse = ""
    assert await relay.publish_all() == 2
    assert failing.taken["globex"] == [1, 2]


async def test_what_fails_is_left_alone_for_a_while_and_the_rest_is_not(
    outbox: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(event_relay, "monotonic_ms", lambda: now[0])
    await store(outbox, "acme")
    await store(outbox, "globex")
    metrics = ServiceMetrics()
    consumer = Kept(refuse="globex")
    relay = EventRelay([consumer], metrics)

    async def tries(at_ms: float) -> float:
        now[0] = at_ms
        await relay.publish_all(retry_at_once=False)
        return value(metrics, "hoc_event_publish_failures_total")

    # One second, then two, then four.
    assert [await tries(at) for at in (0, 999, 1000, 2999, 3000, 6999, 7000)] == [1, 1, 2, 2, 3, 3, 4]
    await store(outbox, "acme")
    assert await tries(7001) == 4
    assert consumer.taken["acme"] == [1, 2]
    for step in range(20):
        await tries(10_000_000 + step * 60_000)
    consumer.refuse = ""
    await tries(20_000_000)
    assert consumer.taken["globex"] == [1]
    # Success is forgiving: the next failure rests a second again.
    consumer.refuse = "globex"
    await store(outbox, "globex")
    before = await tries(20_000_001)
    assert await tries(20_001_001) == before + 1


class Step(NamedTuple):
    """Something that happens to an outbox and its relay."""

    what: str
    tenant: int = 0
    number: int = 0


STEPS = st.lists(
    st.one_of(
        st.builds(Step, st.just("commit"), st.integers(0, 1), st.integers(1, 3)),
        st.builds(Step, st.just("rollback"), st.integers(0, 1)),
        # The consumer dies after so many events.
        st.builds(Step, st.just("relay"), number=st.integers(0, 4)),
        st.builds(Step, st.just("relay"), number=st.just(1000)),
    ),
    max_size=12,
)


class Fragile:
    """A consumer that takes some events and then fails, in the middle of a batch if need be."""

    name = "fragile"

    def __init__(self, log: dict[str, list[int]], endures: int) -> None:
        self._log = log
        self._endures = endures

    async def publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        for event in events:
            if not self._endures:
                raise ConnectionResetError("gone")
            self._endures -= 1
            self._log.setdefault(event["tenant_id"], []).append(event["sequence_no"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_happens_consumers_miss_nothing_and_see_it_in_order(
    outbox: Factory, numbers: Iterator[int], steps: list[Step]
) -> None:
    example = next(numbers)
    tenants = (f"a-{example}", f"b-{example}")
    committed = dict.fromkeys(tenants, 0)
    async with outbox() as session, session.begin():
        session.add_all([Tenant(id=tenant) for tenant in tenants])
    log: dict[str, list[int]] = {}
    for step in [*steps, Step("relay", number=1000)]:
        if step.what == "commit":
            await store(outbox, tenants[step.tenant], step.number)
            committed[tenants[step.tenant]] += step.number
        elif step.what == "rollback":
            async with outbox() as session:
                await append_event(session, an_event(tenants[step.tenant]))
                await session.rollback()
        else:
            await EventRelay([Fragile(log, step.number)], ServiceMetrics()).publish_all()
    for tenant in tenants:
        seen = log.get(tenant, [])
        # Whoever drops what it has seen before is left with every number, in order.
        assert list(dict.fromkeys(seen)) == list(range(1, committed[tenant] + 1))
        # Nothing is ever ahead of its turn.
        assert all(number <= max(seen[:index], default=0) + 1 for index, number in enumerate(seen))


@pytest.fixture
def numbers() -> Iterator[int]:
    """Numbers that are not repeated within a test: tenants for each example of a property."""
    return itertools.count(1)


async def test_several_relays_at_once_publish_each_stream_in_order(
    outbox: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_relay, "BATCH", 2)
    monkeypatch.setattr(event_relay, "POLL_SECONDS", 0.01)
    seen = Kept(seconds=0.001)
    relays = [EventRelay([seen], ServiceMetrics()) for _ in range(4)]

    async def run(relay: EventRelay, done: asyncio.Event) -> None:
        async with relay.running():
            assert relay.is_alive()
            await done.wait()

    done = asyncio.Event()
    running = [asyncio.create_task(run(relay, done)) for relay in relays]
    await asyncio.gather(*(store(outbox, tenant, 8) for tenant in TENANTS for _ in range(2)))
    done.set()
    await asyncio.gather(*running)
    # No failure, so at least once is exactly once.
    assert seen.taken == {tenant: list(range(1, 17)) for tenant in TENANTS}
    assert not any(relay.is_alive() for relay in relays)


async def test_a_relay_killed_between_publishing_and_marking_publishes_again(
    outbox: Factory, tmp_path: Path
) -> None:
    await store(outbox, "acme", 3)
    published = tmp_path / "published"

    async def relay(then: str) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("relay_steps.py")),
            str(published),
            then,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = await process.communicate()
        return process.returncode, out.decode() + err.decode()

    def taken() -> list[int]:
        return [json.loads(line)[1] for line in published.read_text().splitlines()]

    code, output = await relay("die")
    assert code == -signal.SIGKILL, output
    assert taken() == [1, 2, 3]
    async with outbox() as session:
        assert (await measure_backlog(session, "file")).events == 3
    await store(outbox, "acme")
    code, output = await relay("live")
    assert (code, output.strip()) == (0, "4")
    # At least once, and whoever drops what it has seen has them in order and without a gap.
    assert taken() == [1, 2, 3, 1, 2, 3, 4]
    assert await relay("live") == (0, "0\n")


async def test_the_backlog_says_how_many_wait_and_since_when(outbox: Factory) -> None:
    async with outbox() as session:
        assert await measure_backlog(session, "kept") == (await measure_backlog(session, "other"))
        assert (await measure_backlog(session, "kept")).events == 0
        assert (await measure_backlog(session, "kept")).oldest is None
    before = datetime.now(UTC)
    await store(outbox, "acme", 2)
    between = datetime.now(UTC)
    relay = EventRelay([Kept()], ServiceMetrics())
    async with outbox() as session:
        backlog = await measure_backlog(session, "kept")
    assert backlog.events == 2
    assert backlog.oldest is not None
    assert before <= backlog.oldest <= between
    await relay.publish_all()
    await store(outbox, "globex")
    async with outbox() as session:
        backlog = await measure_backlog(session, "kept")
    assert backlog.events == 1
    assert backlog.oldest is not None
    assert between <= backlog.oldest


async def test_a_round_that_is_cut_off_has_ended_when_the_relay_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_relay, "_STOP_SECONDS", 0.5)
    begun = asyncio.Event()
    ended: list[str] = []

    async def publish_all(*, retry_at_once: bool = True) -> int:
        if not begun.is_set():
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.1)  # as giving back a connection does
                ended.append("the one cut off")
        ended.append("the last one")
        return 0

    relay = EventRelay([], ServiceMetrics())
    monkeypatch.setattr(relay, "publish_all", publish_all)
    async with relay.running():
        await begun.wait()
    assert ended == ["the one cut off", "the last one"]


async def test_the_service_relays_to_its_log_and_measures_it(
    http: Any, make_headers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    headers = await make_headers("acme", "analytics:admin")
    body = {
        "dataset_id": "costs",
        "dataset_version": "1",
        "input_window_hash": "a" * 64,
        "as_of": "2026-03-01T00:00:00Z",
        "compute_code_version": "abc",
    }

    async def marked() -> bool:
        return 'hoc_events_published_total{consumer="log"} 1.0' in (await http.client.get("/metrics")).text

    with caplog.at_level(logging.INFO, logger="hoc.events"):
        response = await http.client.post("/api/v1/analytics/artifacts", json=body, headers=headers)
        assert response.status_code < 300, response.text
        # The mark comes after the log.
        await eventually(marked)
    [record] = [record for record in caplog.records if record.name == "hoc.events"]
    assert vars(record)["payload"]["event_type"] == "analytics.ArtifactRecorded"
    assert "sequence_no=1" in record.message
    exposed = (await http.client.get("/metrics")).text
    assert 'hoc_outbox_backlog_events{consumer="log"} 0.0' in exposed
    assert 'hoc_outbox_backlog_age_seconds{consumer="log"} 0.0' in exposed
    assert "hoc_database_up 1.0" in exposed
    assert "acme" not in exposed


async def test_the_log_consumer_keeps_the_whole_event(caplog: pytest.LogCaptureFixture) -> None:
    event = an_event("acme") | {"sequence_no": 7}
    with caplog.at_level(logging.INFO, logger="hoc.events"):
        await LogConsumer().publish([event])
    assert vars(caplog.records[0])["payload"] == event
