# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: The thresholds of cost anomalies and the severities that follow from them; pure functions.
# Callers: L5 {cost_anomaly_detector_engine, cost_budget_detection, cost_drift_detection, cost_spike_detection}
# Allowed Imports: L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Thresholds and severities. Ratios are exact fractions: a boundary is decided, never rounded."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction

from app.hoc.cus.analytics.L5_schemas.cost_anomaly import AnomalySeverity, AnomalyType
from app.hoc.cus.analytics.L5_schemas.exact_amount import round_amount

# A day at or above 140 % of the baseline breaches; two such days in a row are a spike.
ABSOLUTE_SPIKE_THRESHOLD = Fraction(140, 100)
CONSECUTIVE_INTERVALS_REQUIRED = 2
# A week at or above 125 % of the three weeks before it drifts; on the third day in a row it is reported.
SUSTAINED_DRIFT_THRESHOLD = Fraction(125, 100)
DRIFT_DAYS_REQUIRED = 3

# Deviation in per cent: below LOW's start nothing is wrong; exactly 40 is still MEDIUM.
SEVERITY_BANDS = {
    AnomalySeverity.LOW: (15, 25),
    AnomalySeverity.MEDIUM: (25, 40),
    AnomalySeverity.HIGH: (40, None),
}
BUDGET_EXHAUSTED_PCT = 100
BUDGET_NEARLY_EXHAUSTED_PCT = 90


def classify_severity(deviation_pct: Decimal | Fraction | int) -> AnomalySeverity | None:
    """The severity of a deviation from the baseline in per cent; None below 15."""
    deviation = Fraction(deviation_pct)
    if deviation > SEVERITY_BANDS[AnomalySeverity.HIGH][0]:
        return AnomalySeverity.HIGH
    if deviation >= SEVERITY_BANDS[AnomalySeverity.MEDIUM][0]:
        return AnomalySeverity.MEDIUM
    return AnomalySeverity.LOW if deviation >= SEVERITY_BANDS[AnomalySeverity.LOW][0] else None


def classify_budget(
    usage_pct: Decimal | Fraction | int, warn_threshold_pct: int
) -> tuple[AnomalyType, AnomalySeverity] | None:
    """What using ``usage_pct`` per cent of a budget means; None below its warning threshold."""
    usage = Fraction(usage_pct)
    if usage >= BUDGET_EXHAUSTED_PCT:
        return AnomalyType.BUDGET_EXCEEDED, AnomalySeverity.HIGH
    if usage < warn_threshold_pct:
        return None
    high = usage >= BUDGET_NEARLY_EXHAUSTED_PCT
    return AnomalyType.BUDGET_WARNING, AnomalySeverity.HIGH if high else AnomalySeverity.MEDIUM


def deviation_pct(ratio: Fraction) -> Fraction:
    """How far above (or below) its baseline a ratio lies, in per cent."""
    return (ratio - 1) * 100


def to_amount(value: Fraction) -> Decimal:
    """The fraction with six places."""
    return round_amount(Decimal(value.numerator) / Decimal(value.denominator))


def tenths(value: Fraction) -> str:
    """The fraction with one place, for messages."""
    return format(to_amount(value), ".1f")


def day_start(day: date) -> datetime:
    """Midnight UTC at which a day begins."""
    return datetime.combine(day, time(), UTC)
