# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The parameters and bodies of the anomaly endpoints.
# Callers: L2 {cost_anomalies, detection}
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Request and response models of the anomaly endpoints."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import AsOfQuery, UtcMoment
from app.hoc.api.cus.http.fields import ExactOut

DetectionKind = Literal["cost", "behavioral", "drift", "policy"]
Severity = Literal["LOW", "MEDIUM", "HIGH"]
Status = Literal["open", "acknowledged", "resolved", "dismissed"]


class DetectionIn(BaseModel):
    """What to detect, and as of when."""

    model_config = ConfigDict(extra="forbid")

    detection_type: DetectionKind = "cost"
    as_of: UtcMoment | None = Field(default=None, description="The moment to judge at, UTC; now by default.")


class CostDetectionIn(BaseModel):
    """As of when to detect."""

    model_config = ConfigDict(extra="forbid")

    as_of: UtcMoment | None = Field(default=None, description="The moment to judge at, UTC; now by default.")


class DetectionOut(BaseModel):
    """What a run stored; ``incidents`` maps anomalies to the incidents opened for them."""

    model_config = ConfigDict(from_attributes=True)

    success: bool
    detection_type: DetectionKind
    anomalies_detected: int
    anomalies_created: int
    incidents_created: int
    tenant_id: str
    run_at: datetime
    anomaly_ids: list[str]
    incidents: dict[str, str]


class AnomalyQuery(AsOfQuery):
    """Which anomalies to list."""

    detection_type: DetectionKind | None = None
    severity: Severity | None = None
    status: Status | None = None
    limit: int = Field(default=100, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


class CostAnomalyQuery(AsOfQuery):
    """Which cost anomalies to list."""

    days: int = Field(default=7, ge=1, le=90)
    include_resolved: bool = False
    limit: int = Field(default=100, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


class ResolutionIn(BaseModel):
    """How an anomaly is closed."""

    model_config = ConfigDict(extra="forbid")

    resolution: Literal["resolved", "dismissed"]
    notes: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] | None = None


class AnomalyOut(BaseModel):
    """An anomaly; values are cents."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    tenant_id: str
    detection_type: DetectionKind
    anomaly_type: Literal["ABSOLUTE_SPIKE", "SUSTAINED_DRIFT", "BUDGET_WARNING", "BUDGET_EXCEEDED"]
    severity: Severity
    status: Status
    entity_type: str
    entity_id: str | None
    current_value: ExactOut
    expected_value: ExactOut
    deviation_pct: ExactOut
    message: str
    derived_cause: str
    breach_count: int
    incident_id: str | None
    action_taken: str | None
    detected_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    resolution_notes: str | None
    metadata: dict[str, Any]


class DetectionStatusOut(BaseModel):
    """Which engines there are and when detection last looked."""

    model_config = ConfigDict(from_attributes=True)

    healthy: bool
    engines: dict[str, str]
    last_run: datetime | None
    next_scheduled_run: datetime | None
