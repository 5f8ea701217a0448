# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: What is kept about an incident besides its row: evidence, postmortems, suppression, prevention.
# Callers: L5_engines, L5_schemas, L6_drivers, spine {incident_work, incidents_recurrence_handler,
#          incident_rule_methods}
# Allowed Imports: L5_schemas, app.infra
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Values around incidents. Hashes are the SHA-256 of the canonical JSON of the content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.hoc.cus.incidents.L5_schemas.incident_row import IncidentRow
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import EvidenceType
from app.infra.canonical_json import content_hash


@dataclass(frozen=True)
class EvidenceRow:
    """A piece of evidence."""

    id: str
    tenant_id: str
    incident_id: str
    evidence_type: EvidenceType
    recovery_executed: bool
    payload: Mapping[str, Any]
    content_hash: str
    captured_by: str
    created_at: datetime


@dataclass(frozen=True)
class PostmortemContent:
    """What a postmortem says. With root cause, impact and at least one action it is complete, else a stub."""

    title: str
    summary: str
    root_cause: str | None = None
    impact: str | None = None
    corrective_actions: Sequence[str] | None = None

    @property
    def status(self) -> str:
        """``complete`` or ``stub``."""
        return "complete" if self.root_cause and self.impact and self.corrective_actions else "stub"

    @property
    def content_hash(self) -> str:
        """The hash of everything it says."""
        return content_hash(
            {
                "title": self.title,
                "summary": self.summary,
                "root_cause": self.root_cause,
                "impact": self.impact,
                "corrective_actions": None
                if self.corrective_actions is None
                else list(self.corrective_actions),
            }
        )


@dataclass(frozen=True)
class PostmortemRow:
    """A postmortem of an incident; it is in force until another one supersedes it."""

    id: str
    tenant_id: str
    incident_id: str
    revision: int
    status: str
    title: str
    summary: str
    root_cause: str | None
    impact: str | None
    corrective_actions: tuple[str, ...] | None
    content_hash: str
    created_by: str
    created_at: datetime
    superseded_at: datetime | None = None
    superseded_by: str | None = None


@dataclass(frozen=True)
class SavedPostmortem:
    """The postmortem in force, and whether this call wrote it."""

    postmortem: PostmortemRow
    created: bool


@dataclass(frozen=True)
class SuppressionRule:
    """Incidents of this category, and trigger if one is named, shall call nobody."""

    id: str
    tenant_id: str
    category: str
    trigger_type: str | None
    reason: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None


@dataclass(frozen=True)
class PreventionRow:
    """What a suppression rule kept from calling anybody; ``incident_id`` is the incident that was closed at once,
    ``source_type`` and ``source_ref`` name what it was opened for.
    """

    id: str
    tenant_id: str
    rule_id: str
    incident_id: str
    source_type: str
    source_ref: str
    outcome: str
    reason: str
    created_at: datetime


@dataclass(frozen=True)
class RecurrenceMember:
    """An incident of a recurrence group, in the state it had at the moment asked for."""

    id: str
    title: str
    category: str
    severity: str
    status: str
    lifecycle_state: str
    created_at: datetime
    resolution_type: str | None
    resolution_summary: str | None
    postmortem_artifact_id: str | None
    recurrence_signature: str
    signature_version: str


@dataclass(frozen=True)
class RecurrenceGroup:
    """The newest incidents that share a signature, and how many do."""

    recurrence_signature: str
    signature_version: str
    incidents: tuple[RecurrenceMember, ...]
    count: int


@dataclass(frozen=True)
class OpenedIncident:
    """The incident of a cause, whether this call opened it, and whether it merged a call into it."""

    incident: IncidentRow
    is_new: bool
    merged: bool = False
