# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Every table of the system, so that one import completes the metadata.
# Callers: app.migrations.env
# Allowed Imports: sqlalchemy, app.infra
# Forbidden Imports: L2, L4, L5, L6
"""Every table of the system; importing this package completes ``Base.metadata``."""

from app.models.analytics_artifact import AnalyticsArtifact, AnalyticsArtifactRevision
from app.models.audit_ledger import AuditLedgerEntry
from app.models.base import Base
from app.models.coordination_audit import CoordinationAuditRecordDB
from app.models.cost import CostBudget, CostRecord, FeatureTag
from app.models.cost_anomaly import (
    CostAnomaly,
    CostBreachHistory,
    CostDetectionRun,
    CostDriftTracking,
)
from app.models.costsim import CostSimCanaryReport
from app.models.costsim_cb import CostSimProvenanceModel
from app.models.dispatch_audit import DispatchAuditRecord
from app.models.event_cursor import EventCursor
from app.models.event_outbox import EventOutbox, EventSequence
from app.models.feedback import PatternFeedback
from app.models.identity import ApiKey, Tenant
from app.models.incident import Incident, IncidentEvent
from app.models.incident_prevention import IncidentSuppressionRule, PreventionRecord
from app.models.incident_records import IncidentCall, IncidentEvidence, IncidentIntake, IncidentPostmortem
from app.models.leader_lease import LeaderLease
from app.models.prediction import PredictionEvent
from app.models.tenant import WorkerRun
from app.models.usage_signal import AgentRun, ExecutionTrace

__all__ = [
    "AgentRun",
    "AnalyticsArtifact",
    "AnalyticsArtifactRevision",
    "ApiKey",
    "AuditLedgerEntry",
    "Base",
    "CoordinationAuditRecordDB",
    "CostAnomaly",
    "CostBreachHistory",
    "CostBudget",
    "CostDetectionRun",
    "CostDriftTracking",
    "CostRecord",
    "CostSimCanaryReport",
    "CostSimProvenanceModel",
    "DispatchAuditRecord",
    "EventCursor",
    "EventOutbox",
    "EventSequence",
    "ExecutionTrace",
    "FeatureTag",
    "Incident",
    "IncidentCall",
    "IncidentEvent",
    "IncidentEvidence",
    "IncidentIntake",
    "IncidentPostmortem",
    "IncidentSuppressionRule",
    "LeaderLease",
    "PatternFeedback",
    "PredictionEvent",
    "PreventionRecord",
    "Tenant",
    "WorkerRun",
]
