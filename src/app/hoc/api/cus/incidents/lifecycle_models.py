# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The bodies and answers of the routes that change incidents.
# Callers: L2 {incident_read_details, incident_read_models, incident_reads, lifecycle, postmortem_models,
#          public_incidents, suppression}
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Request and response models of incident writes. Nothing here names a tenant or an actor: both are the key's."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import UtcMoment
from app.hoc.api.cus.http.fields import CentsIn, ExactOut

Severity = Literal["critical", "high", "medium", "low"]
State = Literal["ACTIVE", "ACKED", "RESOLVED", "REOPENED"]
ResolutionType = Literal[
    "manual",
    "auto",
    "rollback",
    "fixed",
    "mitigated",
    "suppressed",
    "false_positive",
    "duplicate",
    "no_longer_relevant",
]
Category = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,49}$")]
TriggerType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"^[^\x00]*$")]


class Body(BaseModel):
    """What a client may send: nothing that is not named."""

    model_config = ConfigDict(extra="forbid")

    def to_params(self) -> dict[str, Any]:
        """The operation's parameters; what was left out is left to the operation."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class IncidentIn(Body):
    """An incident to open. The same ``source_ref`` again gives the incident it has opened."""

    title: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
    severity: Severity
    category: Category
    description: Text | None = None
    cause_type: Literal["LLM_RUN", "SYSTEM", "HUMAN"] = "HUMAN"
    source_type: Literal["manual", "run", "policy", "killswitch"] = "manual"
    source_ref: Word | None = None
    trigger_type: TriggerType = "manual"
    impact_scope: Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[^\x00]*$")] = "tenant"
    affected_agent_id: Word | None = None
    affected_count: int = Field(default=1, ge=1, le=2**31 - 1)
    cost_delta_cents: CentsIn = Decimal(0)
    error_code: Word | None = None
    error_message: Text | None = None
    source_run_id: Word | None = None
    is_synthetic: bool = False


class TriggerIn(Body):
    """Something a guard reports; what belongs together becomes one incident."""

    trigger_type: TriggerType
    trigger_value: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")] | None = None
    call_id: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] | None = Field(
        default=None, description="The call it is about; a call counts once."
    )
    cost_delta_cents: CentsIn = Decimal(0)
    auto_action: Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[^\x00]*$")] | None = None


class NoteIn(Body):
    """Why something is done, if there is anything to say."""

    reason: Reason | None = None


class ReasonIn(Body):
    """Why something is done."""

    reason: Reason


class ResolveIn(Body):
    """How an incident came to its end."""

    resolution_type: Literal[
        "manual",
        "auto",
        "rollback",
        "fixed",
        "mitigated",
        "false_positive",
        "duplicate",
        "no_longer_relevant",
    ]
    resolution_summary: Text
    resolution_method: Literal["auto", "manual", "rollback"] = "manual"
    resolution_notes: Text | None = None
    postmortem_artifact_id: Word | None = None
    reason: Reason | None = None


class CloseIn(Body):
    """Why an incident needs no resolution."""

    reason: Reason
    resolution_type: Literal["false_positive", "duplicate", "no_longer_relevant"] = "no_longer_relevant"


class EvidenceIn(Body):
    """Something that was found out."""

    evidence_type: Literal["log", "metric", "trace", "configuration", "recovery", "note", "anomaly"]
    payload: dict[str, Any] = Field(description="A JSON object that says something, at most 100 kB.")
    recovery_executed: bool = False


class StaleIn(Body):
    """How many incidents to resolve at most."""

    limit: int = Field(default=100, ge=1, le=1000)


class SuppressionRuleIn(Body):
    """What shall call nobody: incidents of exactly this category, and trigger if one is named."""

    category: Category
    reason: Reason
    trigger_type: TriggerType | None = None
    expires_at: UtcMoment | None = Field(default=None, description="When the rule ends, UTC.")


class Out(BaseModel):
    """An answer, made from the value of that kind."""

    model_config = ConfigDict(from_attributes=True)


class IncidentOut(Out):
    """An incident as it came out of the call."""

    id: str
    tenant_id: str
    title: str
    description: str
    severity: Severity
    status: Literal["open", "acknowledged", "resolved"]
    lifecycle_state: State
    category: str
    cause_type: Literal["LLM_RUN", "SYSTEM", "HUMAN"]
    source_type: Literal["run", "killswitch", "policy", "manual", "cost_anomaly", "trigger"]
    source_ref: str
    trigger_type: str
    trigger_value: str
    impact_scope: str
    affected_agent_id: str | None
    affected_count: int
    calls_affected: int
    cost_delta_cents: ExactOut
    cost_impact: ExactOut | None = Field(description="Dollars.")
    revision: int = Field(description="The number of the latest entry of the timeline.")
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    ended_at: datetime | None
    duration_seconds: int | None
    resolution_method: Literal["auto", "manual", "rollback", "manual_closure"] | None
    resolution_type: ResolutionType | None
    resolution_summary: str | None
    resolution_notes: str | None
    reopened_count: int
    escalated: bool
    escalated_at: datetime | None
    auto_action: str | None
    error_code: str | None
    error_message: str | None
    source_run_id: str | None
    is_synthetic: bool
    postmortem_artifact_id: str | None
    recurrence_signature: str | None
    signature_version: str | None


class OpenedIncidentOut(Out):
    """The incident of a cause; ``is_new`` when this call opened it, ``merged`` when it added to it."""

    incident: IncidentOut
    is_new: bool
    merged: bool


class StaleOut(Out):
    """What was resolved."""

    incidents: list[IncidentOut]
    count: int


class EvidenceOut(Out):
    """A piece of evidence; ``content_hash`` is the SHA-256 of the canonical JSON of the payload."""

    id: str
    incident_id: str
    evidence_type: str
    recovery_executed: bool
    payload: dict[str, Any]
    content_hash: str
    captured_by: str
    created_at: datetime


class SuppressionRuleOut(Out):
    """A suppression rule."""

    id: str
    category: str
    trigger_type: str | None
    reason: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
