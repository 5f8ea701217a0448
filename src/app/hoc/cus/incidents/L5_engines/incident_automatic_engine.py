# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Ends incidents without a person: those of triggers that went silent, and those a rule wants nobody called for.
# Callers: L5 anomaly_bridge, spine incident_work
# Allowed Imports: L5_schemas, L5_engines
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Incidents that the system itself ends, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.hoc.cus.incidents.L5_engines.incident_state_machine import require_transition
from app.hoc.cus.incidents.L5_engines.incident_steps import IncidentSteps
from app.hoc.cus.incidents.L5_schemas.incident_change import ChangeKind, IncidentChange
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    LifecycleState,
    ResolutionMethod,
    ResolutionType,
    SourceType,
    TimelineType,
)

AUTO_RESOLVER = Actor("system_auto_resolve", "system")
STALE_AFTER = timedelta(seconds=900)


class IncidentAutomaticEnds(IncidentSteps):
    """What ends an incident that no person ends."""

    def resolve_stale_incidents(
        self, tenant_id: str, *, now: datetime, limit: int = 100
    ) -> list[IncidentRow]:
        """Resolve active incidents of triggers that have been silent for a quarter of an hour, at most ``limit``.

        What a person or an anomaly has opened waits for a person.
        """
        resolved = []
        stale = self._driver.lock_stale_incidents(
            tenant_id, SourceType.TRIGGER, unchanged_since=now - STALE_AFTER, limit=limit
        )
        for before in stale:
            after = self._resolve(
                before,
                AUTO_RESOLVER,
                now,
                method=ResolutionMethod.AUTO,
                kind=ResolutionType.AUTO,
                summary=f"No trigger for {int(STALE_AFTER.total_seconds())} seconds.",
                notes=None,
            )
            self._journal.record(
                IncidentChange(ChangeKind.RESOLVED, after, AUTO_RESOLVER, after.updated_at),
                before=before,
                entry_type=TimelineType.AUTO_RESOLVED,
                description=str(after.resolution_summary),
            )
            resolved.append(after)
        return resolved

    def suppress_incident(
        self, before: IncidentRow, *, now: datetime, rule_id: str, prevention_id: str, reason: str
    ) -> IncidentRow:
        """End an incident that a rule wants nobody to be called for, in the transaction that opened it."""
        require_transition(before, LifecycleState.RESOLVED)
        actor = Actor("system_suppression", "system")
        after = self._resolve(
            before,
            actor,
            now,
            method=ResolutionMethod.AUTO,
            kind=ResolutionType.SUPPRESSED,
            summary=reason,
            notes=None,
        )
        self._journal.record(
            IncidentChange(
                ChangeKind.PREVENTED,
                after,
                actor,
                after.updated_at,
                anomaly_id=before.source_ref,
                rule_id=rule_id,
                prevention_id=prevention_id,
            ),
            before=before,
            entry_type=TimelineType.SUPPRESSED,
            description=reason,
            data={"rule_id": rule_id, "prevention_id": prevention_id},
        )
        return after
