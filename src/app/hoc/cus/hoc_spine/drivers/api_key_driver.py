# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Queries on tenants and API keys; returns frozen records, never commits.
# Callers: app.hoc.cus.hoc_spine.auth.key_service
# Allowed Imports: L4, L7, sqlalchemy
# Forbidden Imports: L2, L5, L6
# Reads: api_keys, tenants
# Writes: api_keys, tenants
"""Queries on tenants and API keys; returns frozen records, never commits."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.auth.api_key import ApiKeyRecord
from app.models.identity import ApiKey, Tenant


async def ensure_tenant(session: AsyncSession, tenant_id: str, created_at: datetime) -> bool:
    """Insert the tenant unless it exists; return whether it was inserted. A concurrent insert is fine."""
    if await session.get(Tenant, tenant_id) is not None:
        return False
    try:
        async with session.begin_nested():
            session.add(Tenant(id=tenant_id, created_at=created_at))
    except IntegrityError:
        return False
    return True


async def insert_api_key(session: AsyncSession, record: ApiKeyRecord) -> None:
    """Insert a key; IntegrityError for an unknown tenant or a prefix in use."""
    session.add(
        ApiKey(
            id=record.id,
            tenant_id=record.tenant_id,
            name=record.name,
            actor_id=record.actor_id,
            prefix=record.prefix,
            key_hash=record.key_hash,
            scopes=list(record.scopes),
            created_at=record.created_at,
            expires_at=record.expires_at,
            revoked_at=record.revoked_at,
        )
    )
    await session.flush()


async def find_api_key(session: AsyncSession, prefix: str) -> ApiKeyRecord | None:
    """Return the key with this public prefix."""
    row = await session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))
    return _record(row) if row is not None else None


async def query_api_keys(session: AsyncSession, tenant_id: str | None) -> list[ApiKeyRecord]:
    """Return the keys of one tenant, or of all, newest first."""
    query = select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
    if tenant_id is not None:
        query = query.where(ApiKey.tenant_id == tenant_id)
    return [_record(row) for row in await session.scalars(query)]


async def revoke_api_key(session: AsyncSession, prefix: str, revoked_at: datetime) -> ApiKeyRecord | None:
    """Mark a key revoked, keeping the first moment if it already was; None when there is no such key."""
    row = await session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))
    if row is None:
        return None
    if row.revoked_at is None:
        row.revoked_at = revoked_at
        await session.flush()
    return _record(row)


def _record(row: ApiKey) -> ApiKeyRecord:
    return ApiKeyRecord(
        id=row.id,
        tenant_id=row.tenant_id,
        name=row.name,
        actor_id=row.actor_id,
        prefix=row.prefix,
        key_hash=row.key_hash,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
