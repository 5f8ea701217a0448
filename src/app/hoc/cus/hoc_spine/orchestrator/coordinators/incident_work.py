# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Puts the incident engines of one transaction together, and lets the outbox tell what they have done.
# Callers: spine {anomaly_incident_coordinator, incidents_write_handler, incident_rule_methods,
#          incidents_recurrence_handler}
# Allowed Imports: L4, L5_engines, L5_schemas, L6, sqlalchemy
# Forbidden Imports: L2
# Emits: incidents.IncidentAcknowledged, incidents.IncidentAggregated, incidents.IncidentEscalated,
#   incidents.IncidentEvidenceLinked, incidents.IncidentManuallyClosed, incidents.IncidentOpened,
#   incidents.IncidentPrevented, incidents.IncidentReactivated, incidents.IncidentRecurrenceGrouped,
#   incidents.IncidentReopened, incidents.IncidentResolved, incidents.PostmortemCreated,
#   incidents.SuppressionRuleCreated, incidents.SuppressionRuleRevoked
"""One transaction's work on incidents. State, timeline, audit row and event stand or fall together: everything
here runs on the synchronous side of the session whose transaction the caller owns.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.hoc.cus.hoc_spine.drivers.audit_ledger_driver import get_audit_ledger_driver
from app.hoc.cus.hoc_spine.drivers.event_outbox_driver import append_event_sync
from app.hoc.cus.hoc_spine.orchestrator.events import build_event
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction
from app.hoc.cus.incidents.L5_engines.anomaly_bridge import AnomalyIncidentBridge
from app.hoc.cus.incidents.L5_engines.incident_aggregator import AggregatorConfig, IncidentAggregator
from app.hoc.cus.incidents.L5_engines.incident_automatic_engine import IncidentAutomaticEnds
from app.hoc.cus.incidents.L5_engines.incident_journal import IncidentJournal
from app.hoc.cus.incidents.L5_engines.incident_opening_engine import IncidentOpeningEngine
from app.hoc.cus.incidents.L5_engines.incident_postmortem_engine import IncidentPostmortemEngine
from app.hoc.cus.incidents.L5_engines.incident_suppression_engine import IncidentSuppressionEngine
from app.hoc.cus.incidents.L5_engines.incident_write_engine import IncidentWriteService
from app.hoc.cus.incidents.L5_schemas.incident_change import ChangeKind, IncidentChange
from app.hoc.cus.incidents.L5_schemas.incident_records import SuppressionRule
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor
from app.hoc.cus.incidents.L6_drivers.incident_intake_driver import get_incident_intake_driver
from app.hoc.cus.incidents.L6_drivers.incident_record_driver import get_incident_record_driver
from app.hoc.cus.incidents.L6_drivers.incident_write_driver import get_incident_write_driver

T = TypeVar("T")
_MAX_REASON = 2_000


class IncidentWork:
    """The engines on one session. Call :meth:`announce` last, in the same transaction."""

    def __init__(self, session: Session, aggregator_config: AggregatorConfig | None = None) -> None:
        self._session = session
        driver, intake = get_incident_write_driver(session), get_incident_intake_driver(session)
        records, audit = get_incident_record_driver(session), get_audit_ledger_driver(session)
        self.journal = IncidentJournal(driver, audit)
        self.opening = IncidentOpeningEngine(driver, intake, self.journal)
        self.service = IncidentWriteService(driver, records, self.journal)
        self.automatic = IncidentAutomaticEnds(driver, records, self.journal)
        self.aggregator = IncidentAggregator(driver, intake, self.journal, self.opening, aggregator_config)
        self.postmortems = IncidentPostmortemEngine(driver, records, self.journal)
        self.suppression = IncidentSuppressionEngine(records, audit)
        self.bridge = AnomalyIncidentBridge(self.opening, self.automatic, records)
        self.driver = driver

    def announce(self) -> None:
        """Put the events of everything that was journalled into the outbox, in its order."""
        for change in self.journal.changes:
            emit_incident_event(self._session, change)

    def announce_rule(self, rule: SuppressionRule, actor: Actor, at: datetime) -> None:
        """Put the event of a new or revoked suppression rule into the outbox."""
        by: dict[str, Any] = {
            "tenant_id": rule.tenant_id,
            "actor_type": actor.actor_type,
            "actor_id": actor.actor_id,
            "decision_owner": "incidents",
            "occurred_at": at,
        }
        if rule.revoked_at is None:
            event = build_event(
                "incidents.SuppressionRuleCreated", **by, rule_id=rule.id, reason=_short(rule.reason)
            )
        else:
            event = build_event("incidents.SuppressionRuleRevoked", **by, rule_id=rule.id)
        append_event_sync(self._session, event)


async def in_transaction(
    session: AsyncSession, work: Callable[[IncidentWork], T], config: AggregatorConfig | None = None
) -> T:
    """Run ``work`` and announce what it did, in one transaction that is committed before this returns."""

    def run(sync_session: Session) -> T:
        incidents = IncidentWork(sync_session, config)
        result = work(incidents)
        incidents.announce()
        return result

    async with transaction(session):
        return await session.run_sync(run)


def emit_incident_event(session: Session, change: IncidentChange) -> dict[str, Any]:
    """Store the event of a change in the transaction of the change. Raises ``EventSchemaViolation``."""
    return append_event_sync(session, _event(change))


def _event(change: IncidentChange) -> dict[str, Any]:
    incident = change.incident
    by: dict[str, Any] = {
        "tenant_id": incident.tenant_id,
        "actor_type": change.actor.actor_type,
        "actor_id": change.actor.actor_id,
        "decision_owner": "incidents",
        "occurred_at": change.at,
        "incident_id": incident.id,
        "incident_state": incident.lifecycle_state.value,
        "recurrence_signature": incident.recurrence_signature,
        "signature_version": incident.signature_version,
    }
    reason = _short(change.reason)
    severity = incident.severity.value
    match change.kind:
        case ChangeKind.OPENED:
            return build_event(
                "incidents.IncidentOpened",
                **by,
                severity=severity,
                source_type=incident.source_type.value,
                anomaly_id=change.anomaly_id,
            )
        case ChangeKind.GROUPED:
            return build_event("incidents.IncidentRecurrenceGrouped", **by)
        case ChangeKind.ACKNOWLEDGED:
            return build_event("incidents.IncidentAcknowledged", **by, reason=reason)
        case ChangeKind.RESOLVED:
            return build_event(
                "incidents.IncidentResolved",
                **by,
                resolution_type=_value(incident.resolution_type),
                resolution_method=_value(incident.resolution_method),
                postmortem_artifact_id=incident.postmortem_artifact_id,
                reason=reason,
            )
        case ChangeKind.MANUALLY_CLOSED:
            return build_event(
                "incidents.IncidentManuallyClosed",
                **by,
                resolution_method=_value(incident.resolution_method),
                resolution_type=_value(incident.resolution_type),
                postmortem_artifact_id=incident.postmortem_artifact_id,
                reason=reason,
            )
        case ChangeKind.REOPENED:
            return build_event("incidents.IncidentReopened", **by, reason=reason)
        case ChangeKind.REACTIVATED:
            return build_event("incidents.IncidentReactivated", **by, reason=reason)
        case ChangeKind.AGGREGATED:
            return build_event("incidents.IncidentAggregated", **by)
        case ChangeKind.ESCALATED:
            return build_event("incidents.IncidentEscalated", **by, severity=severity)
        case ChangeKind.EVIDENCE_LINKED:
            return build_event("incidents.IncidentEvidenceLinked", **by, evidence_id=change.evidence_id)
        case ChangeKind.POSTMORTEM_CREATED:
            return build_event(
                "incidents.PostmortemCreated",
                **by,
                postmortem_artifact_id=change.artifact_id,
                superseded_artifact_id=change.superseded_artifact_id,
            )
        case ChangeKind.PREVENTED:
            return build_event(
                "incidents.IncidentPrevented",
                **by,
                rule_id=change.rule_id,
                prevention_id=change.prevention_id,
                anomaly_id=change.anomaly_id,
            )


def _value(word: Any) -> str | None:
    return None if word is None else str(word.value)


def _short(reason: str | None) -> str | None:
    """A reason as long as events carry one; the audit ledger has all of it."""
    return None if reason is None else reason.strip()[:_MAX_REASON]
