# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: What incident lists and details accept and answer, and the envelope that names the data's version.
# Callers: L2 {incident_reads, incident_statistics, incident_exports, public_incidents}
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Query and response models of incident reads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import AsOfQuery, UtcMoment
from app.hoc.api.cus.http.fields import ExactOut

T = TypeVar("T")
Severity = Literal["critical", "high", "medium", "low"]
State = Literal["ACTIVE", "ACKED", "RESOLVED", "REOPENED"]
Cause = Literal["LLM_RUN", "SYSTEM", "HUMAN"]
SortBy = Literal["created_at", "resolved_at", "severity"]
SortOrder = Literal["asc", "desc"]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
IncidentId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]

_VERSION = Field(
    description="How many timeline entries the tenant had at as_of. Equal questions about an equal as_of at an "
    "equal version have equal answers."
)


class VersionedMeta(BaseModel):
    """The moment and the version of the data. Nothing in it differs between equal questions about an equal moment:
    the id of the request is in the header ``X-Request-ID`` alone.
    """

    as_of: datetime
    data_version: str = _VERSION


class VersionedPageMeta(VersionedMeta):
    """As ``VersionedMeta``; ``total`` counts all matches, not those on the page."""

    total: int = Field(ge=0)
    limit: int = Field(ge=1)
    offset: int = Field(ge=0)
    has_more: bool
    filters_applied: dict[str, Any]


class VersionedEnvelope(BaseModel, Generic[T]):
    """A successful answer about a moment."""

    success: Literal[True] = True
    data: T
    meta: VersionedMeta


class VersionedListEnvelope(BaseModel, Generic[T]):
    """One page of a list as it was at a moment."""

    success: Literal[True] = True
    data: list[T]
    meta: VersionedPageMeta


def wrap_versioned(data: T, *, as_of: datetime, data_version: str) -> VersionedEnvelope[T]:
    """Wrap one finished value that was read at a moment."""
    return VersionedEnvelope[T](data=data, meta=VersionedMeta(as_of=as_of, data_version=data_version))


def wrap_versioned_list(
    items: Sequence[T],
    *,
    total: int,
    limit: int,
    offset: int,
    as_of: datetime,
    data_version: str,
    filters_applied: dict[str, Any],
) -> VersionedListEnvelope[T]:
    """Wrap one page that was read at a moment; ``total`` is the real count of all matches."""
    meta = VersionedPageMeta(
        as_of=as_of,
        data_version=data_version,
        total=total,
        limit=limit,
        offset=offset,
        has_more=offset + len(items) < total,
        filters_applied=filters_applied,
    )
    return VersionedListEnvelope[T](data=list(items), meta=meta)


class PageQuery(AsOfQuery):
    """Which part of a list; its order is total, ties go by id."""

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)

    def page(self, sort_by: str = "created_at", sort_order: str = "desc") -> dict[str, Any]:
        """The page as the operation takes it."""
        return {"limit": self.limit, "offset": self.offset, "sort_by": sort_by, "sort_order": sort_order}


class HistoricalQuery(PageQuery):
    """Which of the incidents that were resolved long ago."""

    retention_days: int = Field(default=30, ge=7, le=365, description="Resolved more than this before as_of.")
    severity: Severity | None = None
    category: Name | None = None
    cause_type: Cause | None = None
    sort_by: SortBy = "resolved_at"
    sort_order: SortOrder = "desc"


class _IncidentQuery(PageQuery):
    severity: Severity | None = None
    category: Name | None = None
    cause_type: Cause | None = None
    is_synthetic: bool | None = None
    created_after: UtcMoment | None = Field(default=None, description="Inclusive.")
    created_before: UtcMoment | None = Field(default=None, description="Inclusive.")
    sort_order: SortOrder = "desc"


class ActiveQuery(_IncidentQuery):
    """Which of the incidents that call for somebody."""

    lifecycle_state: Literal["ACTIVE", "ACKED", "REOPENED"] | None = None
    sort_by: SortBy = "created_at"


class ResolvedQuery(_IncidentQuery):
    """Which of the resolved incidents."""

    resolved_after: UtcMoment | None = Field(default=None, description="Inclusive.")
    resolved_before: UtcMoment | None = Field(default=None, description="Inclusive.")
    sort_by: SortBy = "resolved_at"


class IncidentQuery(_IncidentQuery):
    """Which incidents, in whatever state."""

    lifecycle_state: State | None = None
    resolved_after: UtcMoment | None = Field(default=None, description="Inclusive.")
    resolved_before: UtcMoment | None = Field(default=None, description="Inclusive.")
    sort_by: SortBy = "created_at"


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class IncidentOut(_Out):
    """An incident as it was at ``as_of``; ``revision`` is the number of its latest timeline entry then."""

    incident_id: str = Field(validation_alias="id")
    tenant_id: str
    revision: int
    lifecycle_state: State
    status: Literal["open", "acknowledged", "resolved"]
    severity: Severity
    category: str
    title: str
    description: str
    cause_type: Cause
    source_type: str
    source_ref: str
    source_run_id: str | None
    trigger_type: str
    trigger_value: str
    impact_scope: str
    affected_agent_id: str | None
    affected_count: int
    calls_affected: int
    cost_delta_cents: ExactOut
    cost_impact: ExactOut | None = Field(description="US dollars; null when no cost is recorded.")
    error_code: str | None
    error_message: str | None
    auto_action: str | None
    escalated: bool
    escalated_at: datetime | None
    is_synthetic: bool
    reopened_count: int
    created_at: datetime = Field(description="When it was opened.")
    started_at: datetime = Field(description="When what caused it happened.")
    updated_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    ended_at: datetime | None
    duration_seconds: int | None
    resolution_method: str | None
    resolution_type: str | None
    resolution_summary: str | None
    resolution_notes: str | None
    postmortem_artifact_id: str | None
    recurrence_signature: str | None
    signature_version: str | None


class ActorOut(_Out):
    """Who did something."""

    actor_id: str
    actor_type: Literal["user", "system", "sdk", "founder"]


class TimelineEntryOut(_Out):
    """One thing that happened, with the state before and after; nothing comes before the first entry."""

    sequence_no: int = Field(ge=1)
    event_type: str
    description: str
    actor: ActorOut
    before_state: dict[str, Any] | None
    after_state: dict[str, Any]
    data: dict[str, Any]
    created_at: datetime


class EvidenceOut(_Out):
    """Something found out; ``content_hash`` is the SHA-256 of the canonical JSON of ``payload``."""

    evidence_id: str = Field(validation_alias="id")
    evidence_type: str
    recovery_executed: bool
    payload: dict[str, Any]
    content_hash: str
    captured_by: str
    created_at: datetime


class PostmortemOut(_Out):
    """A postmortem; without ``superseded_at`` it is the one in force."""

    postmortem_artifact_id: str = Field(validation_alias="id")
    revision: int
    status: Literal["stub", "complete"]
    title: str
    summary: str
    root_cause: str | None
    impact: str | None
    corrective_actions: list[str] | None
    content_hash: str
    created_by: str
    created_at: datetime
    superseded_at: datetime | None
    superseded_by: str | None


class IncidentDetailOut(_Out):
    """An incident with its whole timeline, all evidence and all postmortems, the newest revision first."""

    incident: IncidentOut
    timeline: list[TimelineEntryOut]
    evidence: list[EvidenceOut]
    postmortems: list[PostmortemOut]


class ResolutionSummaryOut(_Out):
    """How an incident was dealt with."""

    incident_id: str
    title: str
    category: str
    severity: Severity
    resolution_method: str | None
    resolution_type: str | None
    time_to_resolution_ms: int | None
    evidence_count: int
    recovery_attempted: bool


class SimilarIncidentOut(_Out):
    """A resolved incident of the same category."""

    incident_id: str
    title: str
    severity: Severity
    resolution_method: str | None
    resolved_at: datetime
    time_to_resolution_ms: int
    recovery_attempted: bool


class InsightOut(_Out):
    """Something that incidents suggest; ``confidence`` is a heuristic of how many support it."""

    insight_type: Literal["response", "prevention", "detection"]
    description: str
    confidence: ExactOut
    supporting_incident_ids: list[str]


class LearningsOut(_Out):
    """What is known of an incident, the latest resolved ones like it, and what they suggest."""

    resolution_summary: ResolutionSummaryOut
    similar_incidents: list[SimilarIncidentOut]
    insights: list[InsightOut]
