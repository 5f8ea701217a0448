# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Leads incidents through their life: acknowledge, resolve, close, reopen, reactivate, evidence.
# Callers: L5 anomaly_bridge, spine incident_work
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
from datetime import datetime, timedelta
from typing import Any

from app.hoc.cus.incidents.L5_engines.incident_evidence import plain_payload
from app.hoc.cus.incidents.L5_engines.incident_journal import IncidentJournal
from app.hoc.cus.incidents.L5_engines.incident_state_machine import require_transition, was_faster
from app.hoc.cus.incidents.L5_engines.incident_texts import text_problems
from app.hoc.cus.incidents.L5_schemas.incident_change import ChangeKind, IncidentChange
from app.hoc.cus.incidents.L5_schemas.incident_records import EvidenceRow
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import (
    EvidenceType,
    LifecycleState,
    ResolutionMethod,
    ResolutionType,
    SourceType,
    TimelineType,
)
from app.hoc.cus.incidents.L6_drivers.incident_record_driver import IncidentRecordDriver
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import IncidentWriteDriver
from app.infra.canonical_json import content_hash

AUTO_RESOLVER = Actor("system_auto_resolve", "system")
STALE_AFTER = timedelta(seconds=900)
CLOSURES = frozenset(
    {ResolutionType.FALSE_POSITIVE, ResolutionType.DUPLICATE, ResolutionType.NO_LONGER_RELEVANT}
)
MAX_TEXT = 10_000
MAX_REASON = 2_000


class IncidentWriteService:
    """Works through the drivers and the journal of one transaction."""

    def __init__(
        self, driver: IncidentWriteDriver, records: IncidentRecordDriver, journal: IncidentJournal
    ) -> None:
        self._driver = driver
        self._records = records
        self._journal = journal

    def acknowledge_incident(
        self, tenant_id: str, incident_id: str, *, actor: Actor, now: datetime, reason: str | None = None
    ) -> IncidentRow:
        """Active becomes acknowledged."""
        _check_texts({"reason": (reason, MAX_REASON)})
        before = self._existing(tenant_id, incident_id)
        require_transition(before, LifecycleState.ACKED)
        at = max(now, before.updated_at)
        after = _or_conflict(
            self._driver.update_incident_acknowledged(
                before, acknowledged_at=at, acknowledged_by=actor.actor_id
            )
        )
        self._journal.record(
            IncidentChange(ChangeKind.ACKNOWLEDGED, after, actor, at, reason),
            before=before,
            entry_type=TimelineType.ACKNOWLEDGED,
            description=_told(f"Acknowledged by {actor.actor_id}", reason),
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
        _check_texts(
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
            description=_told(
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
        _check_texts({"reason": (reason, MAX_REASON)})
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
            description=_told(f"Closed by {actor.actor_id} as {resolution_type.value}", reason),
        )
        return after

    def reopen_incident(
        self, tenant_id: str, incident_id: str, *, actor: Actor, now: datetime, reason: str
    ) -> IncidentRow:
        """Resolved becomes reopened: its end was none."""
        _check_texts({"reason": (reason, MAX_REASON)})
        before = self._existing(tenant_id, incident_id)
        require_transition(before, LifecycleState.REOPENED)
        at = max(now, before.updated_at)
        after = _or_conflict(self._driver.update_incident_reopened(before, reopened_at=at))
        self._journal.record(
            IncidentChange(ChangeKind.REOPENED, after, actor, at, reason),
            before=before,
            entry_type=TimelineType.REOPENED,
            description=_told(f"Reopened by {actor.actor_id}", reason),
        )
        return after

    def reactivate_incident(
        self, tenant_id: str, incident_id: str, *, actor: Actor, now: datetime, reason: str | None = None
    ) -> IncidentRow:
        """Reopened becomes active."""
        _check_texts({"reason": (reason, MAX_REASON)})
        before = self._existing(tenant_id, incident_id)
        require_transition(before, LifecycleState.ACTIVE)
        at = max(now, before.updated_at)
        after = _or_conflict(self._driver.update_incident_reactivated(before, reactivated_at=at))
        self._journal.record(
            IncidentChange(ChangeKind.REACTIVATED, after, actor, at, reason),
            before=before,
            entry_type=TimelineType.REACTIVATED,
            description=_told(f"Active again, by {actor.actor_id}", reason),
        )
        return after

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
        after = _or_conflict(self._driver.update_incident_touched(before, at=at))
        self._journal.record(
            IncidentChange(ChangeKind.EVIDENCE_LINKED, after, actor, at, evidence_id=evidence.id),
            before=before,
            entry_type=TimelineType.EVIDENCE_CAPTURED,
            description=f"Evidence ({evidence_type.value}) captured by {actor.actor_id}",
            data={"evidence_id": evidence.id, "content_hash": evidence.content_hash},
        )
        return evidence

    def _existing(self, tenant_id: str, incident_id: str) -> IncidentRow:
        incident = self._driver.lock_incident(tenant_id, incident_id)
        if incident is None:
            raise IncidentRefusedError("NOT_FOUND", "There is no such incident.")
        return incident

    def _resolve(
        self,
        before: IncidentRow,
        actor: Actor,
        now: datetime,
        *,
        method: ResolutionMethod,
        kind: ResolutionType,
        summary: str | None,
        notes: str | None,
    ) -> IncidentRow:
        at = max(now, before.updated_at)
        return _or_conflict(
            self._driver.update_incident_resolved(
                before,
                resolved_at=at,
                resolved_by=actor.actor_id,
                duration_seconds=max(0, int((at - before.started_at).total_seconds())),
                resolution_method=method,
                resolution_type=kind,
                resolution_summary=summary,
                resolution_notes=notes,
                postmortem_artifact_id=before.postmortem_artifact_id,
            )
        )


def _or_conflict(after: IncidentRow | None) -> IncidentRow:
    if after is None:
        raise was_faster()
    return after


def _told(what: str, why: str | None) -> str:
    return f"{what}: {why}" if why else what


def _check_texts(texts: Mapping[str, tuple[str | None, int]]) -> None:
    problems = text_problems(texts)
    if problems:
        raise IncidentRefusedError("INVALID_PARAMS", f"{'; '.join(problems)}.")
