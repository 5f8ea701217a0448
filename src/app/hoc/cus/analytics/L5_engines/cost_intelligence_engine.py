# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Answers what a tenant spends, on what, against which budget, and where that leads.
# Callers: spine {analytics_cost_handler, analytics_cost_write_handler}
# Allowed Imports: L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Cost intelligence. Every figure is relative to ``as_of``; the present has no say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.hoc.cus.analytics.L5_schemas.cost_intelligence import (
    BudgetUse,
    CostBreakdown,
    CostBreakdownItem,
    CostPeriod,
    CostProjection,
    CostProvenance,
    CostSummary,
    CostTrend,
)
from app.hoc.cus.analytics.L5_schemas.cost_rows import (
    BudgetType,
    CostBudgetRow,
    FeatureTagRow,
    SpendDimension,
)
from app.hoc.cus.analytics.L5_schemas.exact_amount import ZERO, percent_of, round_amount
from app.hoc.cus.analytics.L6_drivers.cost_read_driver import CostReadDriver

# A user is conspicuous above this multiple of the mean over all users.
USER_ANOMALY_FACTOR = 2
TREND_MIN_DAYS = 4
TREND_UP, TREND_DOWN = Decimal("1.2"), Decimal("0.8")
DAYS_PER_MONTH = 30
_MISSING_NAMES = {
    SpendDimension.FEATURE: "untagged",
    SpendDimension.USER: "anonymous",
    SpendDimension.MODEL: "unknown",
}


class CostIntelligenceEngine:
    """Reads through one driver, for one tenant per call."""

    def __init__(self, driver: CostReadDriver) -> None:
        self._driver = driver

    async def list_feature_tags(
        self, tenant_id: str, *, include_inactive: bool, as_of: datetime
    ) -> list[FeatureTagRow]:
        """The tenant's feature tags, by name."""
        return await self._driver.fetch_feature_tags(
            tenant_id, include_inactive=include_inactive, as_of=as_of
        )

    async def get_summary(self, tenant_id: str, period: CostPeriod, *, as_of: datetime) -> CostSummary:
        """Spending of the period; the budget is the tenant's daily limit times its days, the rest of the
        month is judged by month-to-date spending.
        """
        start = as_of - timedelta(days=period.days)
        totals = await self._driver.fetch_totals(tenant_id, start, as_of)
        month = await self._driver.fetch_totals(tenant_id, _month_start(as_of), as_of)
        budget = await self._tenant_budget(tenant_id, as_of)
        daily_limit = None if budget is None else budget.daily_limit_cents
        monthly_limit = None if budget is None else budget.monthly_limit_cents
        available = None if daily_limit is None else daily_limit * period.days
        return CostSummary(
            tenant_id=tenant_id,
            period_start=start,
            period_end=as_of,
            total_cost_cents=totals.spend_cents,
            total_input_tokens=totals.input_tokens,
            total_output_tokens=totals.output_tokens,
            request_count=totals.requests,
            budget_cents=available,
            budget_used_pct=None if not available else percent_of(totals.spend_cents, available),
            month_to_date_cents=month.spend_cents,
            days_remaining_at_current_rate=_days_left(
                monthly_limit, month.spend_cents, totals.spend_cents / period.days
            ),
            provenance=_provenance(start, as_of, "sum"),
        )

    async def get_breakdown(
        self, tenant_id: str, dimension: SpendDimension, period: CostPeriod, *, as_of: datetime
    ) -> CostBreakdown:
        """Spending of the period by feature, user or model."""
        start = as_of - timedelta(days=period.days)
        groups = await self._driver.fetch_groups(tenant_id, dimension, start, as_of)
        total = sum((group.totals.spend_cents for group in groups), ZERO)
        tags: dict[str, FeatureTagRow] = {}
        if dimension is SpendDimension.FEATURE:
            known = await self._driver.fetch_feature_tags(tenant_id, include_inactive=True, as_of=as_of)
            tags = {tag.tag: tag for tag in known}
        items = []
        for group in groups:
            spend, tag = group.totals.spend_cents, tags.get(group.name or "")
            allowed = None
            if tag is not None and tag.budget_cents is not None:
                allowed = round_amount(tag.budget_cents * period.days / DAYS_PER_MONTH)
            items.append(
                CostBreakdownItem(
                    name=group.name or _MISSING_NAMES[dimension],
                    total_cost_cents=spend,
                    request_count=group.totals.requests,
                    total_input_tokens=group.totals.input_tokens,
                    total_output_tokens=group.totals.output_tokens,
                    pct_of_total=percent_of(spend, total),
                    display_name=None if tag is None else tag.display_name,
                    budget_cents=allowed,
                    budget_used_pct=None if not allowed else percent_of(spend, allowed),
                    # spend > factor * total / users, without dividing
                    is_anomalous=spend * len(groups) > USER_ANOMALY_FACTOR * total
                    if dimension is SpendDimension.USER
                    else None,
                )
            )
        return CostBreakdown(tuple(items), _provenance(start, as_of, f"sum by {dimension.value}"))

    async def get_projection(
        self, tenant_id: str, lookback_days: int, forecast_days: int, *, as_of: datetime
    ) -> CostProjection:
        """Extrapolate the mean of the days that have spending, among the last ``lookback_days`` whole days."""
        end = _day_start(as_of) - timedelta(microseconds=1)
        start = _day_start(as_of) - timedelta(days=lookback_days)
        days = [spend for _, spend in await self._driver.fetch_daily_spend(tenant_id, start, end)]
        average = sum(days, ZERO) / len(days) if days else ZERO
        month = await self._driver.fetch_totals(tenant_id, _month_start(as_of), as_of)
        budget = await self._tenant_budget(tenant_id, as_of)
        limit = None if budget is None else budget.monthly_limit_cents
        return CostProjection(
            lookback_days=lookback_days,
            forecast_days=forecast_days,
            active_days=len(days),
            current_daily_avg_cents=round_amount(average),
            projected_total_cents=round_amount(average * forecast_days),
            monthly_projection_cents=round_amount(average * DAYS_PER_MONTH),
            trend=trend_of(days),
            monthly_budget_cents=limit,
            days_until_budget_exhausted=_days_left(limit, month.spend_cents, average),
            provenance=_provenance(start, end, "mean of active days"),
        )

    async def list_budgets(self, tenant_id: str, *, as_of: datetime) -> list[BudgetUse]:
        """Active budgets with their use."""
        budgets = await self._driver.fetch_budgets(tenant_id, as_of=as_of)
        return [await self.get_budget_use(budget, as_of=as_of) for budget in budgets]

    async def get_budget_use(self, budget: CostBudgetRow, *, as_of: datetime) -> BudgetUse:
        """What has been spent of a budget on ``as_of``'s day and month."""
        scope = (budget.tenant_id, as_of, budget.budget_type, budget.entity_id)
        daily = await self._spent_since(_day_start(as_of), *scope)
        monthly = await self._spent_since(_month_start(as_of), *scope)
        reached = budget.hard_limit_enabled and any(
            limit is not None and spent >= limit
            for limit, spent in ((budget.daily_limit_cents, daily), (budget.monthly_limit_cents, monthly))
        )
        return BudgetUse(budget, daily, monthly, reached)

    async def _spent_since(
        self, start: datetime, tenant_id: str, end: datetime, kind: BudgetType, entity_id: str | None
    ) -> Decimal:
        return (await self._driver.fetch_totals(tenant_id, start, end, kind, entity_id)).spend_cents

    async def _tenant_budget(self, tenant_id: str, as_of: datetime) -> CostBudgetRow | None:
        budgets = await self._driver.fetch_budgets(tenant_id, as_of=as_of)
        return next((budget for budget in budgets if budget.budget_type is BudgetType.TENANT), None)


def trend_of(days: Sequence[Decimal]) -> CostTrend:
    """Compare the mean of the second half (with the odd middle day) to that of the first; from four days on."""
    if len(days) < TREND_MIN_DAYS:
        return CostTrend.STABLE
    half = len(days) // 2
    first = sum(days[:half], ZERO) / half
    second = sum(days[half:], ZERO) / (len(days) - half)
    if second > first * TREND_UP:
        return CostTrend.INCREASING
    return CostTrend.DECREASING if second < first * TREND_DOWN else CostTrend.STABLE


def _days_left(limit: Decimal | None, spent: Decimal, per_day: Decimal) -> Decimal | None:
    if limit is None or per_day <= 0:
        return None
    return round_amount(max(ZERO, (limit - spent) / per_day))


def _provenance(start: datetime, end: datetime, aggregation: str) -> CostProvenance:
    return CostProvenance(("cost_records",), start, end, aggregation)


def _day_start(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _month_start(moment: datetime) -> datetime:
    return _day_start(moment).replace(day=1)
