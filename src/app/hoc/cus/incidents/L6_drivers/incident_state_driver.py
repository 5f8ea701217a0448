# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Reads the state an incident is in, for those who only need to know that.
# Callers: spine operation_invariants
# Allowed Imports: L7, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incidents
# Writes: none
"""The state of one incident."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.incident import Incident


async def fetch_lifecycle_state(session: AsyncSession, tenant_id: str, incident_id: str) -> str | None:
    """The canonical state (ACTIVE, ACKED, RESOLVED, REOPENED) of the tenant's incident; None without one."""
    return await session.scalar(
        select(Incident.lifecycle_state).where(Incident.tenant_id == tenant_id, Incident.id == incident_id)
    )
