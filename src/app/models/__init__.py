# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Every table of the system, so that one import completes the metadata.
# Callers: app.migrations.env
# Allowed Imports: sqlalchemy, app.infra
# Forbidden Imports: L2, L4, L5, L6
"""Every table of the system; importing this package completes ``Base.metadata``."""

from app.models.base import Base
from app.models.cost import CostBudget, CostRecord, FeatureTag
from app.models.cost_anomaly import CostAnomaly, CostBreachHistory, CostDriftTracking
from app.models.costsim import CostSimCanaryReport
from app.models.feedback import PatternFeedback
from app.models.identity import ApiKey, Tenant
from app.models.incident import Incident
from app.models.prediction import PredictionEvent
from app.models.tenant import WorkerRun
from app.models.usage_signal import AgentRun, ExecutionTrace

__all__ = [
    "AgentRun",
    "ApiKey",
    "Base",
    "CostAnomaly",
    "CostBreachHistory",
    "CostBudget",
    "CostDriftTracking",
    "CostRecord",
    "CostSimCanaryReport",
    "ExecutionTrace",
    "FeatureTag",
    "Incident",
    "PatternFeedback",
    "PredictionEvent",
    "Tenant",
    "WorkerRun",
]
