# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Budgets that are nearly or wholly used up, by what has been spent until as_of.
# Callers: L5 cost_anomaly_detector_engine
# Allowed Imports: L5_engines, L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Budget checks: daily and monthly limits apart; a limit of 0 counts as none."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from app.hoc.cus.analytics.L5_engines.anomaly_rules import classify_budget, day_start, tenths, to_amount
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import AnomalyPeriod, AnomalyType, DetectedAnomaly
from app.hoc.cus.analytics.L5_schemas.cost_rows import BudgetType, CostBudgetRow
from app.hoc.cus.analytics.L5_schemas.exact_amount import plain
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_driver import CostAnomalyDriver
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_read_driver import CostAnomalyReadDriver


def check_budgets(
    driver: CostAnomalyDriver, read_driver: CostAnomalyReadDriver, tenant_id: str, *, as_of: datetime
) -> list[DetectedAnomaly]:
    """Budgets used beyond their warning threshold, on ``as_of``'s day or in its month (UTC)."""
    found = []
    today = day_start(as_of.date())
    for budget in read_driver.fetch_active_budgets(tenant_id, as_of=as_of):
        scope = (budget.budget_type.value, budget.entity_id)
        if budget.daily_limit_cents:
            spend = driver.fetch_daily_spend(tenant_id, today, as_of, *scope)
            found += _judge(budget, AnomalyPeriod.DAILY_BUDGET, budget.daily_limit_cents, spend, as_of)
        if budget.monthly_limit_cents:
            spend = driver.fetch_monthly_spend(tenant_id, today.replace(day=1), as_of, *scope)
            found += _judge(budget, AnomalyPeriod.MONTHLY_BUDGET, budget.monthly_limit_cents, spend, as_of)
    return found


def _judge(
    budget: CostBudgetRow, period: AnomalyPeriod, limit: Decimal, spend: Decimal, as_of: datetime
) -> list[DetectedAnomaly]:
    usage = Fraction(spend) / Fraction(limit) * 100
    verdict = classify_budget(usage, budget.warn_threshold_pct)
    if verdict is None:
        return []
    anomaly_type, severity = verdict
    exceeded = anomaly_type is AnomalyType.BUDGET_EXCEEDED
    whose = "the tenant"
    if budget.budget_type is not BudgetType.TENANT:
        whose = f"{budget.budget_type.value} {budget.entity_id}"
    return [
        DetectedAnomaly(
            anomaly_type=anomaly_type,
            severity=severity,
            entity_type=budget.budget_type.value,
            entity_id=budget.entity_id,
            period=period,
            day=as_of.date(),
            current_value_cents=spend,
            expected_value_cents=limit,
            deviation_pct=to_amount(usage - 100),
            threshold_pct=Decimal(100 if exceeded else budget.warn_threshold_pct),
            message=f"The {period.value} budget of {whose} is used to {tenths(usage)} %.",
            action_taken="hard_limit_reached" if exceeded and budget.hard_limit_enabled else None,
            metadata={
                "limit_cents": plain(limit),
                "usage_pct": plain(to_amount(usage)),
                "warn_threshold_pct": budget.warn_threshold_pct,
            },
        )
    ]
