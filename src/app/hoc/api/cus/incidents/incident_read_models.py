# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: What incident lists and details accept and answer, and the envelope that names the data's version.
# Callers: L2 {incident_exports, incident_read_details, incident_reads, incident_statistics_models,
#          public_incidents}
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Query and response models of incident reads. An ``IncidentOut`` in them is the incident as it was at ``as_of``."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import AsOfQuery, UtcMoment
from app.hoc.api.cus.http.envelope import AsOfPageMeta
from app.hoc.api.cus.http.fields import ExactOut
from app.hoc.api.cus.incidents.lifecycle_models import EvidenceOut, IncidentOut
from app.hoc.api.cus.incidents.postmortem_models import PostmortemOut

T = TypeVar("T")
Severity = Literal["critical", "high", "medium", "low"]
State = Literal["ACTIVE", "ACKED", "RESOLVED", "REOPENED"]
Cause = Literal["LLM_RUN", "SYSTEM", "HUMAN"]
SortBy = Literal["created_at", "resolved_at", "severity"]
SortOrder = Literal["asc", "desc"]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
IncidentId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]


class FilteredPageMeta(AsOfPageMeta):
    """As ``AsOfPageMeta``, and the filters that were applied; ``data_version`` counts the tenant's timeline entries
    up to ``as_of``.
    """

    filters_applied: dict[str, Any]


class FilteredListEnvelope(BaseModel, Generic[T]):
    """One page of a list as it was at a moment."""

    success: Literal[True] = True
    data: list[T]
    meta: FilteredPageMeta


class PageQuery(AsOfQuery):
    """Which part of a list; its order is total, ties go by id."""

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)

    def page(self, sort_by: str = "created_at", sort_order: str = "desc") -> dict[str, Any]:
        """The page as the operation takes it."""
        return {"limit": self.limit, "offset": self.offset, "sort_by": sort_by, "sort_order": sort_order}

    def filters(self) -> dict[str, Any]:
        """The filters as the operation takes them."""
        return self.model_dump(
            exclude={"as_of", "limit", "offset", "sort_by", "sort_order", "retention_days"}
        )


def wrap_page(found: Any, query: PageQuery, as_of: datetime) -> FilteredListEnvelope[IncidentOut]:
    """Wrap the versioned page that an operation found for a query."""
    page = found.answer
    meta = FilteredPageMeta(
        as_of=as_of,
        data_version=found.data_version,
        total=page.total,
        limit=query.limit,
        offset=query.offset,
        has_more=query.offset + len(page.items) < page.total,
        filters_applied=dict(page.filters_applied),
    )
    return FilteredListEnvelope[IncidentOut](
        data=[IncidentOut.model_validate(item) for item in page.items], meta=meta
    )


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


class RulesQuery(AsOfQuery):
    """Which suppression rules."""

    include_ended: bool = Field(default=False, description="Also those that were revoked or had expired.")


class PreventionQuery(PageQuery):
    """Which prevention records."""

    rule_id: IncidentId | None = Field(default=None, description="Only what this rule prevented.")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PreventionRecordOut(_Out):
    """What a suppression rule kept from calling anybody; ``incident_id`` is the incident that was closed at once,
    ``source_type`` and ``source_ref`` name what it was opened for.
    """

    id: str
    rule_id: str
    incident_id: str
    source_type: str
    source_ref: str
    outcome: Literal["prevented"]
    reason: str
    created_at: datetime


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
