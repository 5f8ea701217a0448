# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Makes and revokes the rules by which grave things call nobody.
# Callers: spine incident_work
# Allowed Imports: L5_schemas, L5_engines, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Suppression rules. A rule matches a category, and a trigger if it names one, exactly: never a part of a text."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.hoc.cus.incidents.L5_engines.incident_texts import text_problems
from app.hoc.cus.incidents.L5_schemas.incident_change import IncidentAuditPort
from app.hoc.cus.incidents.L5_schemas.incident_records import SuppressionRule
from app.hoc.cus.incidents.L5_schemas.incident_refused import IncidentRefusedError
from app.hoc.cus.incidents.L5_schemas.incident_row import Actor
from app.hoc.cus.incidents.L6_drivers.incident_record_driver import IncidentRecordDriver

MAX_REASON = 2_000
_CATEGORY = re.compile(r"[A-Z][A-Z0-9_]{0,49}")
_TRIGGER = re.compile(r"[a-z][a-z0-9_]{0,49}")


class IncidentSuppressionEngine:
    """Works through one driver; the audit ledger tells of every rule."""

    def __init__(self, records: IncidentRecordDriver, audit: IncidentAuditPort) -> None:
        self._records = records
        self._audit = audit

    def create_rule(
        self,
        tenant_id: str,
        *,
        category: str,
        trigger_type: str | None,
        reason: str,
        expires_at: datetime | None,
        actor: Actor,
        now: datetime,
    ) -> SuppressionRule:
        """Make a rule that is in force from now on. Raises ``IncidentRefusedError`` INVALID_PARAMS."""
        problems = []
        if not _CATEGORY.fullmatch(category):
            problems.append("category must be upper case words joined by _")
        if trigger_type is not None and not _TRIGGER.fullmatch(trigger_type):
            problems.append("trigger_type must be lower case words joined by _")
        problems += text_problems({"reason": (reason, MAX_REASON)})
        if expires_at is not None and expires_at <= now:
            problems.append("expires_at must lie in the future")
        if problems:
            raise IncidentRefusedError("INVALID_PARAMS", f"Suppression rule: {'; '.join(problems)}.")
        rule = SuppressionRule(
            id=f"sr_{uuid.uuid4().hex}",
            tenant_id=tenant_id,
            category=category,
            trigger_type=trigger_type,
            reason=reason,
            created_by=actor.actor_id,
            created_at=now,
            expires_at=expires_at,
            revoked_at=None,
            revoked_by=None,
        )
        self._records.insert_suppression_rule(rule)
        self._tell("SuppressionRuleCreated", None, rule, actor, now)
        return rule

    def revoke_rule(self, tenant_id: str, rule_id: str, *, actor: Actor, now: datetime) -> SuppressionRule:
        """Take a rule out of force. Raises ``IncidentRefusedError`` NOT_FOUND, or CONFLICT when it is revoked."""
        rule = self._records.find_suppression_rule(tenant_id, rule_id)
        if rule is None:
            raise IncidentRefusedError("NOT_FOUND", "There is no such suppression rule.")
        if not self._records.revoke_suppression_rule(tenant_id, rule_id, actor=actor.actor_id, at=now):
            raise IncidentRefusedError("CONFLICT", "The suppression rule has been revoked before.")
        revoked = replace(rule, revoked_at=now, revoked_by=actor.actor_id)
        self._tell("SuppressionRuleRevoked", rule, revoked, actor, now)
        return revoked

    def _tell(
        self, what: str, before: SuppressionRule | None, after: SuppressionRule, actor: Actor, now: datetime
    ) -> None:
        self._audit.append(
            tenant_id=after.tenant_id,
            event_type=what,
            entity_type="suppression_rule",
            entity_id=after.id,
            actor_type=actor.actor_type,
            actor_id=actor.actor_id,
            before_state=None if before is None else _state(before),
            after_state=_state(after),
            recorded_at=now,
            reason=after.reason,
        )


def _state(rule: SuppressionRule) -> dict[str, Any]:
    return {
        "category": rule.category,
        "trigger_type": rule.trigger_type,
        "reason": rule.reason,
        "expires_at": rule.expires_at,
        "revoked_at": rule.revoked_at,
        "revoked_by": rule.revoked_by,
    }
