# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Leader election: at most one process at a time runs a job, and it learns when it no longer may.
# Callers: spine canary_coordinator, provenance_coordinator, canary_run_handler
# Allowed Imports: L6, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: none
# Writes: none
"""Leader election.

A leader holds its lock on a dedicated connection (see ``leader_connection``), gives it back on every way out,
and checks by a heartbeat that it still has it. When it does not, the block is cancelled and ends with
``LeadershipLostError``; whatever else a block raises comes out as it is. Trouble while *acquiring* means "not
leader", trouble anywhere else is trouble.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from enum import Enum
from types import TracebackType
from typing import Final, Literal, ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L6_drivers import leader_locks
from app.hoc.cus.analytics.L6_drivers.leader_connection import dedicated_session

logger = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")

LOCK_CANARY_RUNNER = 7001
LOCK_ALERT_WORKER = 7002
LOCK_PROVENANCE_ARCHIVER = 7003
LOCK_BASELINE_BACKFILL = 7004

# A third of a lease, so that two heartbeats may fail before it ends.
HEARTBEAT_SECONDS = leader_locks.LEASE_SECONDS / 3
VERIFY_TIMEOUT_SECONDS = leader_locks.LEASE_SECONDS / 3


class LeadershipLostError(RuntimeError):
    """The lock went away while its holder was working: what it did since is not protected."""


class NotLeader(Enum):
    """What ``with_leader_lock`` returns instead of a result; false in a condition, and not None."""

    NOT_LEADER = "not_leader"

    def __bool__(self) -> Literal[False]:
        """Nothing was run."""
        return False


NOT_LEADER: Final = NotLeader.NOT_LEADER


async def try_acquire_leader_lock(session: AsyncSession, lock_id: int) -> bool:
    """Take the lock on the session's connection without waiting; whether the session has it now.

    It lasts until ``release_leader_lock`` or until the connection really closes (returning it to a pool does
    not free it; a rollback does not either). Where leases stand in for locks, it lasts while it is renewed
    and counts once the surrounding transaction commits. Raises ``ValueError`` for an id outside 7000..7999.
    """
    return await leader_locks.acquire(session, _checked(lock_id))


async def release_leader_lock(session: AsyncSession, lock_id: int) -> bool:
    """Give the lock back; False when the session did not have it."""
    return await leader_locks.release(session, _checked(lock_id))


async def is_lock_held(session: AsyncSession, lock_id: int) -> bool:
    """Whether any session of this database has the lock at this moment. Advisory: it may change at once."""
    return await leader_locks.held_by_anyone(session, _checked(lock_id))


class LeaderContext:
    """``async with LeaderContext(lock_id) as leader:`` runs the block in any case; ``leader`` says whether
    the lock was won.

    Without a ``session`` the context uses a dedicated connection and a heartbeat. With one it uses that
    session's connection; a session cannot be used by two at once, so there is no heartbeat then: call
    ``verify`` between steps. ``timeout_seconds`` bounds acquiring.
    """

    def __init__(
        self, lock_id: int, session: AsyncSession | None = None, timeout_seconds: float = 5.0
    ) -> None:
        self._lock_id = _checked(lock_id)
        self._given = session
        self._timeout = timeout_seconds
        self._resources = AsyncExitStack()
        self._session: AsyncSession | None = None
        self._leader = False
        self._heartbeat: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._lost = False

    @property
    def is_leader(self) -> bool:
        """Whether the lock is held, as far as known; False before, after and once it was lost."""
        return self._leader

    async def verify(self) -> bool:
        """Ask the database whether the lock is still held (this renews a lease)."""
        if self._leader and self._session is not None:
            self._leader = await leader_locks.still_holds(self._session, self._lock_id)
        return self._leader

    async def __aenter__(self) -> bool:
        try:
            async with asyncio.timeout(self._timeout):
                self._session = self._given
                if self._session is None:
                    self._session = await self._resources.enter_async_context(dedicated_session())
                self._leader = await leader_locks.acquire(self._session, self._lock_id)
        except Exception as error:  # whatever keeps us from the lock makes us a follower
            logger.warning("Leader lock %d could not be asked for: %r", self._lock_id, error)
            await self._abandon()
        except BaseException:
            await self._abandon()
            raise
        if self._leader and self._given is None:
            owner = asyncio.current_task()
            if owner is not None:
                self._heartbeat = asyncio.create_task(self._watch(owner))
        return self._leader

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        interrupted = exc
        try:
            await self._stop_heartbeat()
        except asyncio.CancelledError as cancelled:
            interrupted = cancelled
        held, self._leader = self._leader, False
        if held:
            await self._give_back()
        await self._close()
        owner = asyncio.current_task()
        # When ours was the only cancellation, the block ends with its reason instead.
        if self._lost and owner is not None and owner.uncancel() == 0:
            if interrupted is None or isinstance(interrupted, asyncio.CancelledError):
                raise LeadershipLostError(f"Leader lock {self._lock_id} was lost while working.") from exc
        elif interrupted is not None and interrupted is not exc:
            raise interrupted

    async def _watch(self, owner: asyncio.Task[object]) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), HEARTBEAT_SECONDS)
                return
            try:
                async with asyncio.timeout(VERIFY_TIMEOUT_SECONDS):
                    held = await self.verify()
            except Exception as error:  # a connection that does not answer holds nothing we could rely on
                logger.warning("Leader lock %d cannot be verified: %r", self._lock_id, error)
                held = self._leader = False
            if not held:
                logger.error("Leader lock %d was lost", self._lock_id)
                self._lost = True
                owner.cancel()
                return

    async def _stop_heartbeat(self) -> None:
        """Let the heartbeat end by itself: cancelling a query would cost the connection it runs on."""
        if self._heartbeat is None:
            return
        self._stop.set()
        await asyncio.wait([self._heartbeat])
        if self._lost:
            await asyncio.sleep(0)  # where its cancellation arrives, if the block did not see it

    async def _give_back(self) -> None:
        if self._session is None:
            return
        try:
            async with asyncio.timeout(self._timeout):
                released = await leader_locks.release(self._session, self._lock_id)
            if not released:
                logger.error("Leader lock %d was not held any more when it was released", self._lock_id)
        except Exception as error:
            logger.warning("Leader lock %d could not be released: %r; closing", self._lock_id, error)
            await self._abandon()

    async def _abandon(self) -> None:
        """Close the connection for real: whether it holds the lock is unknown."""
        self._leader = False
        if self._session is not None:
            with suppress(Exception):
                await self._session.invalidate()
        await self._close()

    async def _close(self) -> None:
        try:
            await self._resources.aclose()
        except Exception as error:
            logger.warning("The connection of leader lock %d did not close: %r", self._lock_id, error)


@asynccontextmanager
async def leader_election(lock_id: int, timeout_seconds: float = 5.0) -> AsyncGenerator[bool, None]:
    """``LeaderContext`` on a dedicated connection, as a function."""
    async with LeaderContext(lock_id, timeout_seconds=timeout_seconds) as leader:
        yield leader


async def with_leader_lock(
    lock_id: int,
    callback: Callable[P, Awaitable[T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T | NotLeader:
    """Run ``callback`` if the lock can be won and return its result, else ``NOT_LEADER``."""
    async with leader_election(lock_id) as leader:
        return await callback(*args, **kwargs) if leader else NOT_LEADER


async def with_canary_lock(
    callback: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T | NotLeader:
    """``with_leader_lock`` for the canary runner."""
    return await with_leader_lock(LOCK_CANARY_RUNNER, callback, *args, **kwargs)


async def with_alert_worker_lock(
    callback: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T | NotLeader:
    """``with_leader_lock`` for the alert worker."""
    return await with_leader_lock(LOCK_ALERT_WORKER, callback, *args, **kwargs)


async def with_archiver_lock(
    callback: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T | NotLeader:
    """``with_leader_lock`` for the provenance archiver."""
    return await with_leader_lock(LOCK_PROVENANCE_ARCHIVER, callback, *args, **kwargs)


def _checked(lock_id: int) -> int:
    if not 7000 <= lock_id <= 7999:
        raise ValueError(f"Leader lock {lock_id} is outside 7000..7999, the range set aside for them.")
    return lock_id
