# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Results of cost intelligence: summary, breakdowns, projection, budgets with their use.
# Callers: L5 cost_intelligence_engine, spine analytics_cost_handler
# Allowed Imports: stdlib, L5_schemas
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Results of cost intelligence. Amounts are exact cents; quotients have six places, percentages two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from app.hoc.cus.analytics.L5_schemas.cost_rows import CostBudgetRow


class CostPeriod(str, Enum):
    """How far back from ``as_of`` a view reaches."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def days(self) -> int:
        """Its length."""
        return {CostPeriod.DAY: 1, CostPeriod.WEEK: 7, CostPeriod.MONTH: 30}[self]


class CostTrend(str, Enum):
    """Direction of spending."""

    INCREASING = "increasing"
    STABLE = "stable"
    DECREASING = "decreasing"


@dataclass(frozen=True)
class CostProvenance:
    """How a figure came about."""

    sources: tuple[str, ...]
    window_start: datetime
    window_end: datetime
    aggregation: str


@dataclass(frozen=True)
class CostSummary:
    """Spending of a period against the tenant's own budget; None where there is no such limit."""

    tenant_id: str
    period_start: datetime
    period_end: datetime
    total_cost_cents: Decimal
    total_input_tokens: int
    total_output_tokens: int
    request_count: int
    budget_cents: Decimal | None
    budget_used_pct: Decimal | None
    month_to_date_cents: Decimal
    days_remaining_at_current_rate: Decimal | None
    provenance: CostProvenance


@dataclass(frozen=True)
class CostBreakdownItem:
    """One feature, user or model. Budget figures exist for features, the anomaly flag for users only."""

    name: str
    total_cost_cents: Decimal
    request_count: int
    total_input_tokens: int
    total_output_tokens: int
    pct_of_total: Decimal
    display_name: str | None = None
    budget_cents: Decimal | None = None
    budget_used_pct: Decimal | None = None
    is_anomalous: bool | None = None


@dataclass(frozen=True)
class CostBreakdown:
    """Spending of a period by one dimension, highest first."""

    items: tuple[CostBreakdownItem, ...]
    provenance: CostProvenance


@dataclass(frozen=True)
class CostProjection:
    """Where spending is heading, judged by whole UTC days before ``as_of``'s."""

    lookback_days: int
    forecast_days: int
    active_days: int
    current_daily_avg_cents: Decimal
    projected_total_cents: Decimal
    monthly_projection_cents: Decimal
    trend: CostTrend
    monthly_budget_cents: Decimal | None
    days_until_budget_exhausted: Decimal | None
    provenance: CostProvenance


@dataclass(frozen=True)
class BudgetUse:
    """A budget with what has been spent today and this month (UTC); ``hard_limit_reached`` tells whoever
    admits calls to stop.
    """

    budget: CostBudgetRow
    daily_spend_cents: Decimal
    monthly_spend_cents: Decimal
    hard_limit_reached: bool
