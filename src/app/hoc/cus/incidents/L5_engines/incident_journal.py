# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Lets timeline and audit ledger tell of every change, and remembers the changes for whoever announces them.
# Callers: L5_engines, spine incident_work
# Allowed Imports: L5_schemas, L6, app.infra
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The journal of one transaction: state, timeline entry and audit row stand or fall together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.hoc.cus.incidents.L5_schemas.incident_change import IncidentAuditPort, IncidentChange
from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow, TimelineEntry, mutable_state
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import TimelineType
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import IncidentWriteDriver
from app.infra.canonical_json import content_hash


class IncidentJournal:
    """One per transaction; ``changes`` are to be announced in it, in this order."""

    def __init__(self, driver: IncidentWriteDriver, audit: IncidentAuditPort) -> None:
        self._driver = driver
        self._audit = audit
        self.changes: list[IncidentChange] = []

    def record(
        self,
        change: IncidentChange,
        *,
        before: IncidentRow | None,
        entry_type: TimelineType,
        description: str,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Write the entry and the audit row of a change that has been stored; ``before`` is None for what did
        not exist.
        """
        after = change.incident
        before_state = None if before is None else mutable_state(before)
        after_state = mutable_state(after)
        self._driver.create_incident_event(
            f"ie_{content_hash([after.tenant_id, after.id, after.revision])[:32]}",
            TimelineEntry(
                tenant_id=after.tenant_id,
                incident_id=after.id,
                sequence_no=after.revision,
                event_type=entry_type,
                description=description,
                actor=change.actor,
                before_state=before_state,
                after_state=after_state,
                created_at=change.at,
                data=data or {},
            ),
        )
        self._audit.append(
            tenant_id=after.tenant_id,
            event_type=change.kind.value,
            entity_type="incident",
            entity_id=after.id,
            actor_type=change.actor.actor_type,
            actor_id=change.actor.actor_id,
            before_state=before_state,
            after_state=after_state,
            recorded_at=change.at,
            reason=change.reason,
        )
        self.changes.append(change)

    def announce(self, change: IncidentChange) -> None:
        """Remember a change that the entry of another one already tells of."""
        self.changes.append(change)
