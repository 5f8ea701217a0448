# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The bodies of the cost endpoints: what they accept and what they answer.
# Callers: L2 {cost, cost_anomalies, cost_metering}
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Request and response models of the cost endpoints."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import AsOfQuery
from app.hoc.api.cus.http.fields import CentsIn, ExactOut

Tag = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00]*$", examples=["support.triage"])]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Tokens = Annotated[int, Field(ge=0, le=1_000_000_000)]
Period = Literal["24h", "7d", "30d"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FeatureTagIn(_In):
    """A feature tag to create."""

    tag: Tag
    display_name: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00]*$")]
    description: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] | None = None
    budget_cents: CentsIn | None = Field(default=None, description="What it may spend in 30 days.")


class FeatureTagChanges(_In):
    """What to change; a field left out stays, null empties it where that is possible."""

    display_name: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00]*$")] | None = None
    description: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] | None = None
    budget_cents: CentsIn | None = None
    is_active: bool | None = None

    def to_changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_unset=True)


class FeatureTagOut(_Out):
    """A feature tag."""

    id: str
    tag: str
    display_name: str
    description: str | None
    budget_cents: ExactOut | None
    is_active: bool
    created_at: datetime
    updated_at: datetime


class CostRecordIn(_In):
    """A metered call to record."""

    model: Name
    cost_cents: CentsIn
    user_id: Name | None = None
    feature_tag: Tag | None = None
    request_id: Name | None = None
    workflow_id: Name | None = None
    skill_id: Name | None = None
    input_tokens: Tokens = 0
    output_tokens: Tokens = 0
    is_retry: bool = False
    idempotency_key: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00]*$")] | None = (
        Field(default=None, description="Sending the same call with the same key again records it once.")
    )


class CostRecordedOut(BaseModel):
    """A metered call as it was recorded; ``created`` is false for a repetition."""

    id: str
    status: Literal["recorded"] = "recorded"
    created: bool
    feature_tag: str | None
    cost_cents: ExactOut
    created_at: datetime


class BudgetIn(_In):
    """A budget to create or overwrite."""

    budget_type: Literal["tenant", "feature", "user"]
    entity_id: Tag | None = Field(default=None, description="The feature tag or user; none for the tenant.")
    daily_limit_cents: CentsIn | None = None
    monthly_limit_cents: CentsIn | None = None
    warn_threshold_pct: int = Field(default=80, ge=0, le=100)
    hard_limit_enabled: bool = False


class BudgetOut(BaseModel):
    """A budget and what has been spent of it on the day and in the month of ``meta.as_of`` (UTC)."""

    id: str
    budget_type: Literal["tenant", "feature", "user"]
    entity_id: str | None
    daily_limit_cents: ExactOut | None
    monthly_limit_cents: ExactOut | None
    warn_threshold_pct: int
    hard_limit_enabled: bool
    current_daily_spend_cents: ExactOut
    current_monthly_spend_cents: ExactOut
    hard_limit_reached: bool = Field(description="Whoever admits calls should stop admitting them.")

    @classmethod
    def of(cls, use: Any) -> "BudgetOut":
        """From what the operation returns."""
        budget = use.budget
        return cls(
            id=budget.id,
            budget_type=budget.budget_type.value,
            entity_id=budget.entity_id,
            daily_limit_cents=budget.daily_limit_cents,
            monthly_limit_cents=budget.monthly_limit_cents,
            warn_threshold_pct=budget.warn_threshold_pct,
            hard_limit_enabled=budget.hard_limit_enabled,
            current_daily_spend_cents=use.daily_spend_cents,
            current_monthly_spend_cents=use.monthly_spend_cents,
            hard_limit_reached=use.hard_limit_reached,
        )


class FeatureTagQuery(AsOfQuery):
    """Which tags to list."""

    include_inactive: bool = False


class PeriodQuery(AsOfQuery):
    """How far back from as_of."""

    period: Period = "24h"


class ProjectionQuery(AsOfQuery):
    """What to extrapolate from, and how far."""

    lookback_days: int = Field(default=7, ge=1, le=30)
    forecast_days: int = Field(default=7, ge=1, le=30)


class ProvenanceOut(_Out):
    """How a figure came about."""

    sources: list[str]
    window_start: datetime
    window_end: datetime
    aggregation: str


class CostSummaryOut(_Out):
    """Spending of a period against the tenant's own budget."""

    tenant_id: str
    period_start: datetime
    period_end: datetime
    total_cost_cents: ExactOut
    total_input_tokens: int
    total_output_tokens: int
    request_count: int
    budget_cents: ExactOut | None
    budget_used_pct: ExactOut | None
    month_to_date_cents: ExactOut
    days_remaining_at_current_rate: ExactOut | None
    provenance: ProvenanceOut


class BreakdownItemOut(_Out):
    """One feature, user or model; budget figures exist for features, the anomaly flag for users."""

    name: str
    display_name: str | None
    total_cost_cents: ExactOut
    request_count: int
    total_input_tokens: int
    total_output_tokens: int
    pct_of_total: ExactOut
    budget_cents: ExactOut | None
    budget_used_pct: ExactOut | None
    is_anomalous: bool | None


class BreakdownOut(_Out):
    """Spending of a period by one dimension."""

    items: list[BreakdownItemOut]
    provenance: ProvenanceOut


class ProjectionOut(_Out):
    """Where spending is heading."""

    lookback_days: int
    forecast_days: int
    active_days: int
    current_daily_avg_cents: ExactOut
    projected_total_cents: ExactOut
    monthly_projection_cents: ExactOut
    trend: Literal["increasing", "stable", "decreasing"]
    monthly_budget_cents: ExactOut | None
    days_until_budget_exhausted: ExactOut | None
    provenance: ProvenanceOut
