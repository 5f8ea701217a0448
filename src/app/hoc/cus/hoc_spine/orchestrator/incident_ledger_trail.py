# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Hands the audit ledger's entries about an incident to the exports of the incidents domain.
# Callers: spine incidents_export_handler
# Allowed Imports: L4, L5_schemas, sqlalchemy
# Forbidden Imports: L2
"""The ledger behind the port of the incidents domain."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import read_audit_entries
from app.hoc.cus.incidents.L5_schemas.incident_audit_trail import AuditRecord
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor


class LedgerTrail:
    """An ``IncidentAuditTrailPort`` on one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch_trail(self, tenant_id: str, incident_id: str, *, as_of: datetime) -> list[AuditRecord]:
        """Every change of the tenant's incident that the ledger knew at ``as_of``, oldest first. The numbers of the
        entries stay here: they count the changes of all tenants.
        """
        entries = await read_audit_entries(
            self._session,
            tenant_id,
            entity_type="incident",
            entity_id=incident_id,
            as_of=as_of,
            limit=None,
        )
        return [
            AuditRecord(
                event_type=entry.event_type,
                actor=Actor(entry.actor_id, entry.actor_type),
                reason=entry.reason,
                before_state=entry.before_state,
                after_state=entry.after_state,
                request_id=entry.request_id,
                recorded_at=entry.recorded_at,
            )
            for entry in entries
        ]
