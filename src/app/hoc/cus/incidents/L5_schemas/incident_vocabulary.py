# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: The words of the incidents domain, each with one spelling.
# Callers: L5_engines, L5_schemas, L6_drivers, spine handlers
# Allowed Imports: stdlib
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Vocabularies of incidents. The checks of the tables hold the same words."""

from __future__ import annotations

from enum import Enum


class IncidentSeverity(str, Enum):
    """How grave an incident is, gravest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Graver is higher."""
        return len(IncidentSeverity) - list(IncidentSeverity).index(self)


class LifecycleState(str, Enum):
    """Where an incident is in its life: the one canonical state."""

    ACTIVE = "ACTIVE"
    ACKED = "ACKED"
    RESOLVED = "RESOLVED"
    REOPENED = "REOPENED"

    @property
    def status(self) -> str:
        """The same in the words of older readers, who do not tell reopened from open."""
        return {"ACKED": "acknowledged", "RESOLVED": "resolved"}.get(self.value, "open")


class CauseType(str, Enum):
    """What kind of thing caused an incident."""

    LLM_RUN = "LLM_RUN"
    SYSTEM = "SYSTEM"
    HUMAN = "HUMAN"


class SourceType(str, Enum):
    """Where an incident came from."""

    RUN = "run"
    KILLSWITCH = "killswitch"
    POLICY = "policy"
    MANUAL = "manual"
    COST_ANOMALY = "cost_anomaly"
    TRIGGER = "trigger"


class ResolutionMethod(str, Enum):
    """By which road an incident came to its end."""

    AUTO = "auto"
    MANUAL = "manual"
    ROLLBACK = "rollback"
    MANUAL_CLOSURE = "manual_closure"


class ResolutionType(str, Enum):
    """What ended an incident."""

    MANUAL = "manual"
    AUTO = "auto"
    ROLLBACK = "rollback"
    FIXED = "fixed"
    MITIGATED = "mitigated"
    SUPPRESSED = "suppressed"
    FALSE_POSITIVE = "false_positive"
    DUPLICATE = "duplicate"
    NO_LONGER_RELEVANT = "no_longer_relevant"


class EvidenceType(str, Enum):
    """What a piece of evidence is."""

    LOG = "log"
    METRIC = "metric"
    TRACE = "trace"
    CONFIGURATION = "configuration"
    RECOVERY = "recovery"
    NOTE = "note"
    ANOMALY = "anomaly"


class TimelineType(str, Enum):
    """What an entry of a timeline tells of."""

    CREATED = "incident_created"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    MANUALLY_CLOSED = "manually_closed"
    AUTO_RESOLVED = "auto_resolved"
    REOPENED = "reopened"
    REACTIVATED = "reactivated"
    CALL_AGGREGATED = "call_aggregated"
    SEVERITY_ESCALATED = "severity_escalated"
    EVIDENCE_CAPTURED = "evidence_captured"
    POSTMORTEM_CREATED = "postmortem_created"
    SUPPRESSED = "suppressed"
