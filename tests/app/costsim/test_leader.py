"""Leader locks on both databases: one holder, released on every way out, nothing masked, loss noticed."""

import asyncio
import inspect

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import database_url
from app.hoc.cus.analytics.L6_drivers import leader, leader_connection, leader_locks
from app.hoc.cus.analytics.L6_drivers.leader import (
    LOCK_ALERT_WORKER,
    LOCK_BASELINE_BACKFILL,
    LOCK_CANARY_RUNNER,
    LOCK_PROVENANCE_ARCHIVER,
    NOT_LEADER,
    LeaderContext,
    LeadershipLostError,
    is_lock_held,
    leader_election,
    release_leader_lock,
    try_acquire_leader_lock,
    with_alert_worker_lock,
    with_archiver_lock,
    with_canary_lock,
    with_leader_lock,
)
from app.hoc.cus.analytics.L6_drivers.leader_connection import dedicated_session

pytestmark = pytest.mark.usefixtures("session_factory")


async def held(lock_id: int) -> bool:
    async with dedicated_session() as observer:
        return await is_lock_held(observer, lock_id)


def on_sqlite() -> bool:
    return database_url().is_sqlite


async def test_one_leads_at_a_time_and_the_next_one_after() -> None:
    async with leader_election(LOCK_CANARY_RUNNER) as first:
        assert first
        assert await held(LOCK_CANARY_RUNNER)
        async with leader_election(LOCK_CANARY_RUNNER) as second:
            assert not second
        # The follower's exit took nothing away.
        assert await held(LOCK_CANARY_RUNNER)
        async with leader_election(LOCK_ALERT_WORKER) as another:
            assert another
    assert not await held(LOCK_CANARY_RUNNER)
    async with leader_election(LOCK_CANARY_RUNNER) as third:
        assert third


async def test_many_at_once_elect_exactly_one() -> None:
    results: list[bool] = []
    decided = asyncio.Event()

    async def run() -> None:
        async with leader_election(LOCK_CANARY_RUNNER) as elected:
            results.append(elected)
            if len(results) == 8:
                decided.set()
            await decided.wait()

    await asyncio.gather(*(run() for _ in range(8)))
    assert sorted(results) == [False] * 7 + [True]


async def test_what_the_block_raises_comes_out_and_the_lock_is_free() -> None:
    class BodyError(Exception):
        pass

    async def fail(expected: bool) -> None:
        async with leader_election(LOCK_CANARY_RUNNER) as elected:
            assert elected is expected
            raise BodyError

    for _ in range(2):
        with pytest.raises(BodyError):
            await fail(expected=True)
        assert not await held(LOCK_CANARY_RUNNER)
    async with leader_election(LOCK_CANARY_RUNNER):
        with pytest.raises(BodyError):
            await fail(expected=False)


async def test_cancellation_frees_the_lock_and_stays_a_cancellation() -> None:
    inside = asyncio.Event()

    async def run() -> None:
        async with leader_election(LOCK_CANARY_RUNNER):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await inside.wait()
    assert await held(LOCK_CANARY_RUNNER)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await held(LOCK_CANARY_RUNNER)


async def test_is_leader_is_true_only_inside() -> None:
    context = LeaderContext(LOCK_CANARY_RUNNER)
    assert not context.is_leader
    async with context:
        assert context.is_leader
        assert await context.verify()
    assert not context.is_leader


async def test_a_given_session_is_used_and_unlocked() -> None:
    async with dedicated_session() as mine:
        async with LeaderContext(LOCK_CANARY_RUNNER, mine) as elected:
            assert elected
            assert await held(LOCK_CANARY_RUNNER)
        assert not await held(LOCK_CANARY_RUNNER)
        assert await mine.scalar(text("SELECT 1")) == 1


async def test_explicit_acquire_and_release() -> None:
    async with dedicated_session() as one, dedicated_session() as two:
        assert await try_acquire_leader_lock(one, LOCK_PROVENANCE_ARCHIVER)
        assert not await try_acquire_leader_lock(two, LOCK_PROVENANCE_ARCHIVER)
        assert await is_lock_held(two, LOCK_PROVENANCE_ARCHIVER)
        assert not await release_leader_lock(two, LOCK_PROVENANCE_ARCHIVER)
        assert await release_leader_lock(one, LOCK_PROVENANCE_ARCHIVER)
        assert not await release_leader_lock(one, LOCK_PROVENANCE_ARCHIVER)
        assert await try_acquire_leader_lock(two, LOCK_PROVENANCE_ARCHIVER)


async def test_a_lock_taken_on_a_pooled_connection_does_not_leak(
    session_factory: async_sessionmaker[AsyncSession],
) -> None:
    for _ in range(3):
        async with session_factory() as pooled, LeaderContext(LOCK_CANARY_RUNNER, pooled) as elected:
            assert elected
            await pooled.rollback() if not on_sqlite() else None
        assert not await held(LOCK_CANARY_RUNNER)


async def test_two_key_locks_and_other_databases_do_not_count() -> None:
    if on_sqlite():
        return  # leases have one key and one database
    async with dedicated_session() as one:
        await one.execute(text(f"SELECT pg_advisory_lock(0, {LOCK_CANARY_RUNNER})"))
        assert not await held(LOCK_CANARY_RUNNER)
        async with leader_election(LOCK_CANARY_RUNNER) as elected:
            assert elected


async def test_trouble_while_acquiring_makes_a_follower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leader_connection, "database_url", _nowhere)
    async with leader_election(LOCK_CANARY_RUNNER, timeout_seconds=1) as elected:
        assert not elected


async def test_a_slow_acquisition_times_out_and_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    acquire = leader_locks.acquire

    async def acquire_and_hang(session: AsyncSession, lock_id: int) -> bool:
        assert await acquire(session, lock_id)
        await asyncio.Event().wait()
        return True

    with monkeypatch.context() as patched:
        patched.setattr(leader_locks, "acquire", acquire_and_hang)
        patched.setattr(leader_locks, "LEASE_SECONDS", 0.2)
        async with leader_election(LOCK_CANARY_RUNNER, timeout_seconds=0.1) as elected:
            assert not elected
    # A lease cannot be taken back by a holder who does not know it has one; it ends by itself.
    await asyncio.sleep(0.2 if on_sqlite() else 0)
    assert not await held(LOCK_CANARY_RUNNER)


async def steal(lock_id: int) -> None:
    """Take the lock away from whoever has it, as a server restart or a stalled holder would."""
    async with dedicated_session() as thief:
        if on_sqlite():
            await thief.execute(text("UPDATE leader_leases SET holder = 'thief'"))
        else:
            query = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND objid = "
            assert await thief.scalar(text(f"{query}{lock_id}")) == 1


async def test_lost_leadership_ends_the_block_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leader, "HEARTBEAT_SECONDS", 0.05)
    context = LeaderContext(LOCK_CANARY_RUNNER)
    reached = []

    async def work() -> None:
        async with context as elected:
            assert elected
            await asyncio.sleep(0.2)  # several heartbeats that find the lock
            assert context.is_leader
            await steal(LOCK_CANARY_RUNNER)
            await asyncio.sleep(5)
            reached.append("end")

    with pytest.raises(LeadershipLostError, match="7001"):
        await work()
    assert reached == []
    assert not context.is_leader
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_an_error_of_the_block_is_not_replaced_by_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leader, "HEARTBEAT_SECONDS", 0.05)

    async def fail() -> None:
        async with leader_election(LOCK_CANARY_RUNNER):
            await steal(LOCK_CANARY_RUNNER)
            try:
                await asyncio.sleep(5)
            finally:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await asyncio.sleep(0)


async def test_a_lease_is_renewed_while_held_and_free_when_its_holder_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not on_sqlite():
        return  # there the server frees the lock of a dead connection; see test_leader_processes
    monkeypatch.setattr(leader_locks, "LEASE_SECONDS", 0.4)
    monkeypatch.setattr(leader, "HEARTBEAT_SECONDS", 0.1)
    async with leader_election(LOCK_CANARY_RUNNER) as elected:
        assert elected
        await asyncio.sleep(0.8)
        assert await held(LOCK_CANARY_RUNNER)
    async with dedicated_session() as dying:
        assert await try_acquire_leader_lock(dying, LOCK_CANARY_RUNNER)
    assert await held(LOCK_CANARY_RUNNER)
    async with leader_election(LOCK_CANARY_RUNNER) as too_early:
        assert not too_early
    await asyncio.sleep(0.4)
    async with leader_election(LOCK_CANARY_RUNNER) as heir:
        assert heir


async def test_a_result_none_is_not_the_same_as_not_leading() -> None:
    async def nothing(number: int, *, more: int) -> None:
        assert (number, more) == (1, 2)

    assert await with_leader_lock(LOCK_BASELINE_BACKFILL, nothing, 1, more=2) is None
    async with leader_election(LOCK_BASELINE_BACKFILL):
        answer = await with_leader_lock(LOCK_BASELINE_BACKFILL, nothing, 1, more=2)
    assert answer is NOT_LEADER
    assert not answer


@pytest.mark.parametrize(
    ("lock_id", "function"),
    [
        (LOCK_CANARY_RUNNER, with_canary_lock),
        (LOCK_ALERT_WORKER, with_alert_worker_lock),
        (LOCK_PROVENANCE_ARCHIVER, with_archiver_lock),
    ],
)
async def test_named_locks_are_theirs(lock_id: int, function: object) -> None:
    assert callable(function)
    assert await function(held, lock_id) is True
    assert not await held(lock_id)


async def test_ids_are_unique_and_in_their_range() -> None:
    ids = [LOCK_CANARY_RUNNER, LOCK_ALERT_WORKER, LOCK_PROVENANCE_ARCHIVER, LOCK_BASELINE_BACKFILL]
    assert ids == [7001, 7002, 7003, 7004]
    for wrong in (6999, 8000):
        with pytest.raises(ValueError, match=str(wrong)):
            LeaderContext(wrong)


def test_listed_signatures() -> None:
    assert list(inspect.signature(LeaderContext).parameters) == ["lock_id", "session", "timeout_seconds"]
    for function, listed in (
        (try_acquire_leader_lock, ["session", "lock_id"]),
        (release_leader_lock, ["session", "lock_id"]),
        (is_lock_held, ["session", "lock_id"]),
        (leader_election, ["lock_id", "timeout_seconds"]),
        (with_leader_lock, ["lock_id", "callback", "args", "kwargs"]),
        (with_canary_lock, ["callback", "args", "kwargs"]),
    ):
        assert list(inspect.signature(function).parameters) == listed


def _nowhere() -> object:
    from app.infra.database_url import parse_database_url

    return parse_database_url("postgresql://nobody:x@127.0.0.1:1/nothing")
