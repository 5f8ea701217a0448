# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What the audit ledger says of an incident, and the port through which exports ask for it.
# Callers: L5 incident_export_engine, spine incident_ledger_trail
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`AuditRecord` and `IncidentAuditTrailPort`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.hoc.cus.incidents.L5_schemas.incident_row import Actor


@dataclass(frozen=True)
class AuditRecord:
    """One change as the ledger tells it; ``request_id`` is that of the request that made it, where there was one."""

    event_type: str
    actor: Actor
    reason: str | None
    before_state: Mapping[str, Any] | None
    after_state: Mapping[str, Any] | None
    request_id: str | None
    recorded_at: datetime


class IncidentAuditTrailPort(Protocol):
    """Reads the audit ledger, which another layer owns."""

    async def fetch_trail(
        self, tenant_id: str, incident_id: str, *, as_of: datetime
    ) -> Sequence[AuditRecord]:
        """Every change of the tenant's incident that the ledger knew at ``as_of``, oldest first."""
        ...
