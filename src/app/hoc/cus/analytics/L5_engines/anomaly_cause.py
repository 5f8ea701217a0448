# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Derives the likely cause of a cost anomaly by comparing its day with a day before it began.
# Callers: L5 {cost_drift_detection, cost_spike_detection}
# Allowed Imports: L5_schemas, L6
# Forbidden Imports: L2, L4, L7, sqlalchemy
"""Cause derivation: deterministic, the first cause that fits is taken."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from app.hoc.cus.analytics.L5_schemas.cost_anomaly import DerivedCause
from app.hoc.cus.analytics.L6_drivers.cost_anomaly_driver import CostAnomalyDriver

# Growth has to exceed these ratios strictly.
RETRY_RATIO = Fraction(3, 2)
PROMPT_RATIO = Fraction(13, 10)
FEATURE_SHARE = Fraction(6, 10)
TRAFFIC_RATIO = Fraction(13, 10)
# Without any retry before there is no ratio; this share of all calls is taken as a loop.
RETRY_SHARE_FROM_NOTHING = Fraction(1, 20)


def derive_cause(
    driver: CostAnomalyDriver,
    tenant_id: str,
    entity_type: str,
    entity_id: str | None,
    day_start: datetime,
    reference_start: datetime,
) -> DerivedCause:
    """Compare the day with the reference day: retries, prompt size, one feature's share, traffic.

    A feature's share is looked at for the tenant only, and only when there is another feature to compare.
    """
    scope = (tenant_id, day_start, reference_start, entity_type, entity_id)
    share, share_before = driver.fetch_retry_comparison(*scope)
    if _grew(share, share_before, RETRY_RATIO) or (
        share_before == 0 and share is not None and share >= RETRY_SHARE_FROM_NOTHING
    ):
        return DerivedCause.RETRY_LOOP
    if _grew(*driver.fetch_prompt_comparison(*scope), PROMPT_RATIO):
        return DerivedCause.PROMPT_GROWTH
    if entity_type == "tenant":
        total, largest = driver.fetch_feature_concentration(tenant_id, day_start)
        if 0 < largest < total and Fraction(largest) / Fraction(total) > FEATURE_SHARE:
            return DerivedCause.FEATURE_SURGE
    calls, calls_before = driver.fetch_request_comparison(*scope)
    if _grew(Fraction(calls), Fraction(calls_before), TRAFFIC_RATIO):
        return DerivedCause.TRAFFIC_GROWTH
    return DerivedCause.UNKNOWN


def _grew(now: Fraction | None, before: Fraction | None, ratio: Fraction) -> bool:
    return now is not None and before is not None and before > 0 and now / before > ratio
