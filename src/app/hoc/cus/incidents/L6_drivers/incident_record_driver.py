# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Writes evidence, suppression rules and prevention records, and finds the postmortem and rule in force.
# Callers: L5_engines, spine incident_work
# Allowed Imports: L7, L5_schemas, sqlalchemy
# Forbidden Imports: L2, L4, L5_engines
# Reads: incident_postmortems, incident_suppression_rules
# Writes: incident_evidence, incident_suppression_rules, prevention_records
"""Incident record driver on a synchronous session; L4 runs it inside ``AsyncSession.run_sync``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from app.hoc.cus.incidents.L5_schemas.incident_records import EvidenceRow, PostmortemRow, SuppressionRule
from app.hoc.cus.incidents.L6_drivers.incident_mapping import to_postmortem_row, to_suppression_rule
from app.models.incident_prevention import IncidentSuppressionRule, PreventionRecord
from app.models.incident_records import IncidentEvidence, IncidentPostmortem


class IncidentRecordDriver:
    """Data of one tenant per call; flushes, never commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert_evidence(self, evidence: EvidenceRow) -> None:
        """Store a piece of evidence."""
        self._session.add(
            IncidentEvidence(
                id=evidence.id,
                tenant_id=evidence.tenant_id,
                incident_id=evidence.incident_id,
                evidence_type=evidence.evidence_type.value,
                recovery_executed=evidence.recovery_executed,
                payload=dict(evidence.payload),
                content_hash=evidence.content_hash,
                captured_by=evidence.captured_by,
                created_at=evidence.created_at,
            )
        )
        self._session.flush()

    def find_postmortem_in_force(self, tenant_id: str, incident_id: str) -> PostmortemRow | None:
        """The postmortem that nothing has superseded."""
        row = self._session.scalar(
            select(IncidentPostmortem)
            .where(
                IncidentPostmortem.tenant_id == tenant_id,
                IncidentPostmortem.incident_id == incident_id,
                IncidentPostmortem.superseded_at.is_(None),
            )
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_postmortem_row(row)

    def insert_suppression_rule(self, rule: SuppressionRule) -> None:
        """Store a rule."""
        self._session.add(
            IncidentSuppressionRule(
                id=rule.id,
                tenant_id=rule.tenant_id,
                category=rule.category,
                trigger_type=rule.trigger_type,
                reason=rule.reason,
                created_by=rule.created_by,
                created_at=rule.created_at,
                expires_at=rule.expires_at,
            )
        )
        self._session.flush()

    def find_suppression_rule(self, tenant_id: str, rule_id: str) -> SuppressionRule | None:
        """The tenant's rule of an id."""
        row = self._session.scalar(
            select(IncidentSuppressionRule)
            .where(IncidentSuppressionRule.tenant_id == tenant_id, IncidentSuppressionRule.id == rule_id)
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_suppression_rule(row)

    def revoke_suppression_rule(self, tenant_id: str, rule_id: str, *, actor: str, at: datetime) -> bool:
        """Take a rule out of force; False when it was revoked before."""
        revoked = self._session.execute(
            update(IncidentSuppressionRule)
            .where(
                IncidentSuppressionRule.tenant_id == tenant_id,
                IncidentSuppressionRule.id == rule_id,
                IncidentSuppressionRule.revoked_at.is_(None),
            )
            .values(revoked_at=at, revoked_by=actor)
            .execution_options(synchronize_session=False)
        )
        return cast("CursorResult[Any]", revoked).rowcount == 1

    def fetch_suppressing_rule(
        self, tenant_id: str, category: str, trigger_type: str, *, at: datetime
    ) -> SuppressionRule | None:
        """The newest rule in force at a moment that names exactly this category, and this trigger or none."""
        row = self._session.scalar(
            select(IncidentSuppressionRule)
            .where(
                IncidentSuppressionRule.tenant_id == tenant_id,
                IncidentSuppressionRule.category == category,
                or_(
                    IncidentSuppressionRule.trigger_type.is_(None),
                    IncidentSuppressionRule.trigger_type == trigger_type,
                ),
                IncidentSuppressionRule.created_at <= at,
                or_(IncidentSuppressionRule.expires_at.is_(None), IncidentSuppressionRule.expires_at > at),
                or_(IncidentSuppressionRule.revoked_at.is_(None), IncidentSuppressionRule.revoked_at > at),
            )
            .order_by(IncidentSuppressionRule.created_at.desc(), IncidentSuppressionRule.id)
            .limit(1)
        )
        return None if row is None else to_suppression_rule(row)

    def insert_prevention_record(
        self,
        *,
        record_id: str,
        tenant_id: str,
        rule_id: str,
        incident_id: str,
        source_type: str,
        source_ref: str,
        reason: str,
        at: datetime,
    ) -> None:
        """Note what a rule has prevented; ``IntegrityError`` when the cause has a record."""
        self._session.add(
            PreventionRecord(
                id=record_id,
                tenant_id=tenant_id,
                rule_id=rule_id,
                incident_id=incident_id,
                source_type=source_type,
                source_ref=source_ref,
                outcome="prevented",
                reason=reason,
                created_at=at,
            )
        )
        self._session.flush()


def get_incident_record_driver(session: Session) -> IncidentRecordDriver:
    """Return a driver on ``session``."""
    return IncidentRecordDriver(session)
