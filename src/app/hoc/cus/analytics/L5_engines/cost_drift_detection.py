# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Drift: a week of the tenant spending steadily above the three weeks before it.
# Callers: L5 cost_anomaly_detector_engine
# Allowed Imports: L5_engines, L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Drift detection. It counts the days a drift has lasted and reports from the third on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.hoc.cus.analytics.L5_engines.anomaly_cause import derive_cause
from app.hoc.cus.analytics.L5_engines.anomaly_rules import (
    DRIFT_DAYS_REQUIRED,
    SUSTAINED_DRIFT_THRESHOLD,
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

ROLLING_DAYS = 7
BASELINE_DAYS = 21


def detect_drift(
    driver: CostAnomalyDriver, tenant_id: str, closed_day: date, *, as_of: datetime
) -> list[DetectedAnomaly]:
    """The tenant's drift on ``closed_day``, if it has lasted long enough.

    The two days before are looked at as well, so that a run that was missed does not hide a drift. When a
    later day has been looked at already, nothing is reported and nothing changes.
    """
    tracking = driver.fetch_drift_tracking(tenant_id, "tenant", None)
    if tracking is not None and tracking.last_check_date > closed_day:
        return []
    averages: tuple[DailyAverage, DailyAverage] | None = None
    for back in reversed(range(DRIFT_DAYS_REQUIRED)):
        averages = _track(driver, tenant_id, closed_day - timedelta(days=back), as_of)
    tracking = driver.fetch_drift_tracking(tenant_id, "tenant", None)
    if averages is None or tracking is None or not tracking.is_active:
        return []
    rolling, baseline = averages
    deviation = deviation_pct(rolling.exact / baseline.exact)
    severity = classify_severity(deviation)
    if tracking.drift_days_count < DRIFT_DAYS_REQUIRED or severity is None:
        return []
    before = day_start(closed_day - timedelta(days=ROLLING_DAYS))
    return [
        DetectedAnomaly(
            anomaly_type=AnomalyType.SUSTAINED_DRIFT,
            severity=severity,
            entity_type="tenant",
            entity_id=None,
            period=AnomalyPeriod.ROLLING_7D,
            day=closed_day,
            current_value_cents=to_amount(rolling.exact),
            expected_value_cents=to_amount(baseline.exact),
            deviation_pct=to_amount(deviation),
            threshold_pct=to_amount(SUSTAINED_DRIFT_THRESHOLD * 100),
            message=f"Daily spending of the tenant has been {tenths(deviation)} % above its baseline "
            f"for {tracking.drift_days_count} days.",
            breach_count=tracking.drift_days_count,
            derived_cause=derive_cause(driver, tenant_id, "tenant", None, day_start(closed_day), before),
            metadata={
                "rolling_7d_avg": plain(to_amount(rolling.exact)),
                "baseline_avg": plain(to_amount(baseline.exact)),
                "drift_days": tracking.drift_days_count,
            },
        )
    ]


def _track(
    driver: CostAnomalyDriver, tenant_id: str, day: date, as_of: datetime
) -> tuple[DailyAverage, DailyAverage] | None:
    """Bring the tracking up to ``day``, unless it is; returns the averages of the day when it drifts."""
    first = day - timedelta(days=ROLLING_DAYS - 1)
    rolling = driver.fetch_rolling_avg(tenant_id, first, day)
    baseline = driver.fetch_baseline_avg(
        tenant_id, first - timedelta(days=BASELINE_DAYS), first - timedelta(days=1)
    )
    tracking = driver.fetch_drift_tracking(tenant_id, "tenant", None)
    known = tracking is not None and tracking.last_check_date >= day
    if rolling is None or baseline is None or rolling.exact / baseline.exact < SUSTAINED_DRIFT_THRESHOLD:
        if not known:
            driver.reset_drift_tracking(tenant_id, "tenant", None, as_of)
        return None
    if known:
        return rolling, baseline
    averages = (to_amount(rolling.exact), to_amount(baseline.exact))
    drift = to_amount(deviation_pct(rolling.exact / baseline.exact))
    if tracking is None:
        driver.insert_drift_tracking(tenant_id, "tenant", None, *averages, drift, day, as_of)
        return rolling, baseline
    goes_on = tracking.is_active and tracking.last_check_date == day - timedelta(days=1)
    driver.update_drift_tracking(
        tenant_id,
        tracking.id,
        *averages,
        drift,
        tracking.drift_days_count + 1 if goes_on else 1,
        tracking.first_drift_date if goes_on else day,
        day,
        as_of,
    )
    return rolling, baseline
