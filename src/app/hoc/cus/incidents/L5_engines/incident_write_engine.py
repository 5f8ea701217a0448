# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Leads incidents through their life: acknowledge, resolve, close, reopen, reactivate, evidence.
# Callers: spine incident_work
# Allowed Imports: L5_schemas, L5_engines, L6, app.infra
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""The write service of incidents. Each method changes the row, adds to the timeline and to the audit ledger; the
caller's transaction holds them together.

Methods raise ``IncidentRefusedError``: NOT_FOUND, also for another tenant's incident; CONFLICT when the state does
not allow it or somebody was faster; INVALID_PARAMS naming every problem.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.hoc.cus.incidents.L5_engines.incident_evidence import plain_payload
from app.hoc.cus.incidents.L5_engines.incident_state_machine import require_transition
from app.hoc.cus.incidents.L5_engines.incident_steps import IncidentSteps, check_texts, or_conflict, told
from app.hoc.cus.incidents.L5_schemas.incident_change import ChangeKind, IncidentChange
from app.hoc.cus.incidents.L5_schemas.incident_records import EvidenceRow
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    EvidenceType,
    LifecycleState,
    ResolutionMethod,
    ResolutionType,
    TimelineType,
)
from app.infra.canonical_json import content_hash

CLOSURES = frozenset(
    {ResolutionType.FALSE_POSITIVE, ResolutionType.DUPLICATE, ResolutionType.NO_LONGER_RELEVANT}
)
MAX_TEXT = 10_000
MAX_REASON = 2_000


class IncidentWriteService(IncidentSteps):
    """What people do with incidents."""

    def acknowledge_incident(
        self, tenant_id: str, incident_id: str, *, actor: Actor, now: datetime, reason: str | None = None
    ) -> IncidentRow:
        """Active becomes acknowledged."""
        check_texts({"reason": (reason, MAX_REASON)})
        before = self._existing(tenant_id, incident_id)
        require_transition(before, LifecycleState.ACKED)
        at = max(now, before.updated_at)
        after = or_conflict(
            self._driver.update_incident_acknowledged(
                before, acknowledged_at=at, acknowledged_by=actor.actor_id
            )
        )
        self._journal.record(
            IncidentChange(ChangeKind.ACKNOWLEDGED, after, actor, at, reason),
            before=before,
            entry_type=TimelineType.ACKNOWLEDGED,
            description=told(f"Acknowledged by {actor.actor_id}", reason),
        )
        return after

    def resolve_incident(
        self,
        tenant_id: str,
        incident_id: str,
        *,
        actor: Actor,
        now: datetime,
        resolution_type: ResolutionType,
        resolution_summary: str,
        resolution_method: ResolutionMethod = ResolutionMethod.MANUAL,
        resolution_notes: str | None = None,
        postmortem_artifact_id: str | None = None,
        reason: str | None = None,
    ) -> IncidentRow:
        """Active or acknowledged becomes resolved. A postmortem that is named has to be the incident's own and in
        force; one that is linked already stays linked.
        """
        if (
            resolution_type is ResolutionType.SUPPRESSED
            or resolution_method is ResolutionMethod.MANUAL_CLOSURE
        ):
            raise IncidentRefusedError(
                "INVALID_PARAMS",
                "Only a rule suppresses an incident, and closing by hand is a step of its own.",
            )
        check_texts(
            {
                "resolution_summary": (resolution_summary, MAX_TEXT),
                "resolution_notes": (resolution_notes, MAX_TEXT),
                "reason": (reason, MAX_REASON),
            }
        )
        before = self._existing(tenant_id, incident_id)
        require_transition(before, LifecycleState.RESOLVED)
        if postmortem_artifact_id is not None and postmortem_artifact_id != before.postmortem_artifact_id:
            raise IncidentRefusedError(
                "INVALID_POSTMORTEM",
                "postmortem_artifact_id does not name the incident's postmortem that is in force; create one first.",
            )
        after = self._resolve(
            before,
            actor,
            now,
            method=resolution_method,
            kind=resolution_type,
            summary=resolution_summary,
            notes=resolution_notes,
        )
        self._journal.record(
            IncidentChange(
                ChangeKind.RESOLVED,
                after,
                actor,
                after.updated_at,
                reason or resolution_notes,
            ),
            before=before,
            entry_type=TimelineType.RESOLVED,
            description=told(
                f"Resolved by {actor.actor_id} ({resolution_method.value}, {resolution_type.value})",
                resolution_notes,
            ),
        )
        return after

    def manual_close_incident(
        self,
        tenant_id: str,
        incident_id: str,
        *,
        actor: Actor,
        now: datetime,
        reason: str,
        resolution_type: ResolutionType = ResolutionType.NO_LONGER_RELEVANT,
    ) -> IncidentRow:
        """Close what needs no resolution: a false positive, a duplicate, or what has become irrelevant."""
        check_texts({"reason": (reason, MAX_REASON)})
        if resolution_type not in CLOSURES:
            known = ", ".join(sorted(closure.value for closure in CLOSURES))
            raise IncidentRefusedError("INVALID_PARAMS", f"An incident is closed by hand as {known}.")
        before = self._existing(tenant_id, incident_id)
        require_transition(before, LifecycleState.RESOLVED)
        after = self._resolve(
            before,
            actor,
            now,
            method=ResolutionMethod.MANUAL_CLOSURE,
            kind=resolution_type,
            summary=None,
            notes=reason,
        )
        self._journal.record(
            IncidentChange(
                ChangeKind.MANUALLY_CLOSED,
                after,
                actor,
                after.updated_at,
                reason,
            ),
            before=before,
            entry_type=TimelineType.MANUALLY_CLOSED,
            description=told(f"Closed by {actor.actor_id} as {resolution_type.value}", reason),
        )
        return after

    def reopen_incident(
        self, tenant_id: str, incident_id: str, *, actor: Actor, now: datetime, reason: str
    ) -> IncidentRow:
        """Resolved becomes reopened: its end was none."""
        check_texts({"reason": (reason, MAX_REASON)})
        before = self._existing(tenant_id, incident_id)
        require_transition(before, LifecycleState.REOPENED)
        at = max(now, before.updated_at)
        after = or_conflict(self._driver.update_incident_reopened(before, reopened_at=at))
        self._journal.record(
            IncidentChange(ChangeKind.REOPENED, after, actor, at, reason),
            before=before,
            entry_type=TimelineType.REOPENED,
            description=told(f"Reopened by {actor.actor_id}", reason),
        )
        return after

    def reactivate_incident(
        self, tenant_id: str, incident_id: str, *, actor: Actor, now: datetime, reason: str | None = None
    ) -> IncidentRow:
        """Reopened becomes active."""
        check_texts({"reason": (reason, MAX_REASON)})
        before = self._existing(tenant_id, incident_id)
        require_transition(before, LifecycleState.ACTIVE)
        at = max(now, before.updated_at)
        after = or_conflict(self._driver.update_incident_reactivated(before, reactivated_at=at))
        self._journal.record(
            IncidentChange(ChangeKind.REACTIVATED, after, actor, at, reason),
            before=before,
            entry_type=TimelineType.REACTIVATED,
            description=told(f"Active again, by {actor.actor_id}", reason),
        )
        return after

    def add_evidence(
        self,
        tenant_id: str,
        incident_id: str,
        *,
        actor: Actor,
        now: datetime,
        evidence_type: EvidenceType,
        payload: Mapping[str, Any],
        recovery_executed: bool = False,
    ) -> EvidenceRow:
        """Keep something that was found out; in any state, and for good."""
        content = plain_payload(payload)
        before = self._existing(tenant_id, incident_id)
        at = max(now, before.updated_at)
        evidence = EvidenceRow(
            id=f"ev_{uuid.uuid4().hex}",
            tenant_id=tenant_id,
            incident_id=incident_id,
            evidence_type=evidence_type,
            recovery_executed=recovery_executed,
            payload=content,
            content_hash=content_hash(content),
            captured_by=actor.actor_id,
            created_at=at,
        )
        self._records.insert_evidence(evidence)
        after = or_conflict(self._driver.update_incident_touched(before, at=at))
        self._journal.record(
            IncidentChange(ChangeKind.EVIDENCE_LINKED, after, actor, at, evidence_id=evidence.id),
            before=before,
            entry_type=TimelineType.EVIDENCE_CAPTURED,
            description=f"Evidence ({evidence_type.value}) captured by {actor.actor_id}",
            data={"evidence_id": evidence.id, "content_hash": evidence.content_hash},
        )
        return evidence
