# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What became of an incident, for those who tell others about it; and the port to the audit ledger.
# Callers: L5_engines, spine incident_work
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`IncidentChange` and `IncidentAuditPort`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from app.hoc.cus.incidents.L5_schemas.incident_row import Actor, IncidentRow


class ChangeKind(str, Enum):
    """What happened; the value is the audit ledger's word for it."""

    OPENED = "IncidentOpened"
    GROUPED = "IncidentRecurrenceGrouped"
    ACKNOWLEDGED = "IncidentAcknowledged"
    RESOLVED = "IncidentResolved"
    MANUALLY_CLOSED = "IncidentManuallyClosed"
    REOPENED = "IncidentReopened"
    REACTIVATED = "IncidentReactivated"
    AGGREGATED = "IncidentAggregated"
    ESCALATED = "IncidentEscalated"
    EVIDENCE_LINKED = "IncidentEvidenceLinked"
    POSTMORTEM_CREATED = "PostmortemCreated"
    PREVENTED = "IncidentPrevented"


@dataclass(frozen=True)
class IncidentChange:
    """One thing that happened to an incident; ``incident`` is how it came out. The references name what else
    took part, where something did.
    """

    kind: ChangeKind
    incident: IncidentRow
    actor: Actor
    at: datetime
    reason: str | None = None
    anomaly_id: str | None = None
    artifact_id: str | None = None
    superseded_artifact_id: str | None = None
    evidence_id: str | None = None
    rule_id: str | None = None
    prevention_id: str | None = None


class IncidentAuditPort(Protocol):
    """Writes the audit ledger, which another layer owns, in the transaction that is open."""

    def append(
        self,
        *,
        tenant_id: str,
        event_type: str,
        entity_type: str,
        entity_id: str,
        actor_type: str,
        actor_id: str,
        before_state: Mapping[str, Any] | None,
        after_state: Mapping[str, Any] | None,
        recorded_at: datetime,
        reason: str | None = None,
    ) -> object:
        """Store one change, or raise: then nothing of it may be committed."""
        ...
