# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Spikes: users, features or the tenant spending far above their baseline on closed days in a row.
# Callers: L5 cost_anomaly_detector_engine
# Allowed Imports: L5_engines, L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Spike detection. It remembers breaching days and reports from the second in a row on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from app.hoc.cus.analytics.L5_engines.anomaly_cause import derive_cause
from app.hoc.cus.analytics.L5_engines.anomaly_rules import (
    ABSOLUTE_SPIKE_THRESHOLD,
    CONSECUTIVE_INTERVALS_REQUIRED,
    classify_severity,
    day_start,
    deviation_pct,
    tenths,
    to_amount,
)
from app.hoc.cus.analytics.L5_schemas.cost_anomaly import (
    AnomalyPeriod,
    AnomalyType,
    DailyAverage,
    DetectedAnomaly,
)
from app.hoc.cus.analytics.L5_schemas.exact_amount import plain
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_driver import CostAnomalyDriver

_SPIKE = AnomalyType.ABSOLUTE_SPIKE.value


def detect_spikes(
    driver: CostAnomalyDriver, tenant_id: str, closed_day: date, lookback_days: int, *, as_of: datetime
) -> list[DetectedAnomaly]:
    """Spikes on ``closed_day``: users, features and the tenant, by name.

    The day before is looked at as well, so that a run that was missed does not hide a spike.
    """
    found: list[DetectedAnomaly] = []
    for entity_type in ("user", "feature", "tenant"):
        for back in reversed(range(CONSECUTIVE_INTERVALS_REQUIRED)):
            day = closed_day - timedelta(days=back)
            for entity_id, spend, baseline in _compare(driver, tenant_id, entity_type, day, lookback_days):
                ratio = Fraction(spend) / baseline.exact
                if ratio < ABSOLUTE_SPIKE_THRESHOLD:
                    continue
                driver.insert_breach_history(
                    tenant_id,
                    entity_type,
                    entity_id,
                    _SPIKE,
                    day,
                    to_amount(deviation_pct(ratio)),
                    spend,
                    to_amount(baseline.exact),
                    as_of,
                )
                if back == 0:
                    found += _spike(
                        driver, tenant_id, entity_type, entity_id, day, spend, baseline, lookback_days
                    )
    return found


def _compare(
    driver: CostAnomalyDriver, tenant_id: str, entity_type: str, day: date, lookback_days: int
) -> list[tuple[str | None, Decimal, DailyAverage]]:
    """Spending of the day and the baseline of every entity that has both."""
    first, last = day - timedelta(days=lookback_days), day - timedelta(days=2)
    if entity_type == "tenant":
        baseline = driver.fetch_tenant_baseline(tenant_id, first, last)
        spend = driver.fetch_tenant_today_spend(tenant_id, day_start(day))
        return [] if baseline is None else [(None, spend, baseline)]
    baselines = driver.fetch_entity_baseline(tenant_id, entity_type, first, last)
    spends = driver.fetch_entity_today_spend(tenant_id, entity_type, day_start(day))
    return [(name, spends[name], baselines[name]) for name in sorted(spends.keys() & baselines.keys())]


def _spike(
    driver: CostAnomalyDriver,
    tenant_id: str,
    entity_type: str,
    entity_id: str | None,
    day: date,
    spend: Decimal,
    baseline: DailyAverage,
    lookback_days: int,
) -> list[DetectedAnomaly]:
    count = driver.fetch_consecutive_breaches(tenant_id, entity_type, entity_id, _SPIKE, day)
    deviation = deviation_pct(Fraction(spend) / baseline.exact)
    severity = classify_severity(deviation)
    if count < CONSECUTIVE_INTERVALS_REQUIRED or severity is None:
        return []
    name = entity_type if entity_id is None else f"{entity_type} {entity_id}"
    # The last day before the spike began shows what changed; the day before is part of it.
    before = day_start(day - timedelta(days=count))
    return [
        DetectedAnomaly(
            anomaly_type=AnomalyType.ABSOLUTE_SPIKE,
            severity=severity,
            entity_type=entity_type,
            entity_id=entity_id,
            period=AnomalyPeriod.DAY,
            day=day,
            current_value_cents=spend,
            expected_value_cents=to_amount(baseline.exact),
            deviation_pct=to_amount(deviation),
            threshold_pct=to_amount(ABSOLUTE_SPIKE_THRESHOLD * 100),
            message=f"Spending of {name} is {tenths(deviation)} % above its baseline, {count} days in a row.",
            breach_count=count,
            derived_cause=derive_cause(driver, tenant_id, entity_type, entity_id, day_start(day), before),
            metadata={
                "lookback_days": lookback_days,
                "baseline_daily_avg": plain(to_amount(baseline.exact)),
                "consecutive_breaches": count,
            },
        )
    ]
