# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: The statements behind a leader lock: advisory locks on PostgreSQL, leases in a table elsewhere.
# Callers: L6 leader
# Allowed Imports: L7, sqlalchemy, app.infra.time
# Forbidden Imports: L2, L4, L5_engines
# Reads: leader_leases
# Writes: leader_leases
"""Leader locks on the two kinds of database.

PostgreSQL: session-level advisory locks on one bigint key; the server frees them when the connection ends.
Elsewhere: a lease, a row with a holder and an end. Its holder renews it by asking whether it still holds it;
a holder that died loses it when the lease ends.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from app.infra.time import utc_now
from app.models.leader_lease import LeaderLease

LEASE_SECONDS = 30.0
_HOLDER = "leader_lease_holder"

# Only one-key locks (objsubid 1) of this database; two-key locks and other databases may use the same number.
_HELD = """
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid = CAST(:high AS oid) AND objid = CAST(:low AS oid)
"""
_HELD_BY_ANYONE = text(_HELD)
_HELD_HERE = text(f"{_HELD} AND pid = pg_backend_pid()")
_TRY_LOCK = text("SELECT pg_try_advisory_lock(CAST(:lock_id AS bigint))")
_UNLOCK = text("SELECT pg_advisory_unlock(CAST(:lock_id AS bigint))")


async def acquire(session: AsyncSession, lock_id: int) -> bool:
    """Take the lock without waiting; whether this session has it now."""
    if _has_advisory_locks(session):
        return bool(await session.scalar(_TRY_LOCK, {"lock_id": lock_id}))
    now = utc_now()
    end = now + timedelta(seconds=LEASE_SECONDS)
    holder = _holder(session)
    taken = await session.execute(
        sqlite.insert(LeaderLease)
        .values(lock_id=lock_id, holder=holder, acquired_at=now, expires_at=end)
        .on_conflict_do_update(
            index_elements=[LeaderLease.lock_id],
            set_={"holder": holder, "acquired_at": now, "expires_at": end},
            where=(LeaderLease.expires_at <= now) | (LeaderLease.holder == holder),
        )
        .returning(LeaderLease.lock_id)
    )
    return taken.scalar() is not None


async def still_holds(session: AsyncSession, lock_id: int) -> bool:
    """Whether this session has the lock; a lease is renewed by asking."""
    if _has_advisory_locks(session):
        return bool(await session.scalar(_HELD_HERE, _halves(lock_id)))
    now = utc_now()
    # A lease that ended is lost even if nobody took it: someone may have come and gone.
    renewed = await session.execute(
        update(LeaderLease)
        .where(
            LeaderLease.lock_id == lock_id,
            LeaderLease.holder == _holder(session),
            LeaderLease.expires_at > now,
        )
        .values(expires_at=now + timedelta(seconds=LEASE_SECONDS))
        .execution_options(synchronize_session=False)
    )
    return _count(renewed) > 0


async def release(session: AsyncSession, lock_id: int) -> bool:
    """Give the lock back; False when this session did not have it."""
    if _has_advisory_locks(session):
        return bool(await session.scalar(_UNLOCK, {"lock_id": lock_id}))
    gone = await session.execute(
        delete(LeaderLease)
        .where(LeaderLease.lock_id == lock_id, LeaderLease.holder == _holder(session))
        .execution_options(synchronize_session=False)
    )
    return _count(gone) > 0


async def held_by_anyone(session: AsyncSession, lock_id: int) -> bool:
    """Whether any session of this database has the lock."""
    if _has_advisory_locks(session):
        return bool(await session.scalar(_HELD_BY_ANYONE, _halves(lock_id)))
    leases = await session.scalar(
        select(func.count())
        .select_from(LeaderLease)
        .where(LeaderLease.lock_id == lock_id, LeaderLease.expires_at > utc_now())
    )
    return bool(leases)


def _has_advisory_locks(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _holder(session: AsyncSession) -> str:
    """Who this session is among the holders of leases."""
    holder: str = session.info.setdefault(_HOLDER, uuid.uuid4().hex)
    return holder


def _halves(lock_id: int) -> dict[str, int]:
    return {"high": lock_id >> 32, "low": lock_id & 0xFFFFFFFF}


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
