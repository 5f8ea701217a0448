# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Draws insights from all incidents of a category that were opened in a window.
# Callers: L5 incidents_facade
# Allowed Imports: L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Learnings about a category: a pure function of facts. Thresholds are compared exactly; a confidence is a published
formula of the figure that crossed one, with four places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.hoc.cus.incidents.L5_engines.incident_learning_engine import readable_span
from app.hoc.cus.incidents.L5_engines.incident_statistics_engine import milliseconds, opened_in
from app.hoc.cus.incidents.L5_schemas.incident_learning_results import CategoryLearnings, Insight, InsightType
from app.hoc.cus.incidents.L5_schemas.incident_statistics_results import IncidentFact, Window
from app.hoc.cus.incidents.L5_schemas.incident_vocabulary import LifecycleState

SUPPORTING_INCIDENTS = 20
_PLACES = Decimal("0.0001")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LEAST_USES = 3
_RESOLVED = LifecycleState.RESOLVED.value
_NOTHING_OPENED = "No incident of the category was opened in the window."
_NOTHING_RESOLVED = "No incident of the category and the window is resolved."


def draw_category_learnings(
    facts: Iterable[IncidentFact], category: str, window: Window
) -> CategoryLearnings:
    """Learnings from the facts of ``category`` within ``window``. An insight names the newest of the incidents that
    support it, ``SUPPORTING_INCIDENTS`` at most.
    """
    counted = [fact for fact in facts if fact.category == category and opened_in(fact, window)]
    counted.sort(key=lambda fact: (fact.created_at, fact.id), reverse=True)
    resolved = [fact for fact in counted if fact.lifecycle_state == _RESOLVED]
    times = [f.resolved_at - f.created_at for f in resolved if f.resolved_at is not None]
    methods = Counter(f.resolution_method for f in resolved if f.resolution_method is not None)
    method, uses = min(methods.items(), key=lambda item: (-item[1], item[0]), default=(None, 0))
    mean = sum(times, timedelta()) / len(times) if times else None
    insights = (
        _resolved_share(counted, resolved),
        _time_taken(resolved, times),
        _recurrence(counted, window),
        _usual_method([f for f in resolved if f.resolution_method == method], method),
    )
    unavailable = {} if counted else {"resolution_rate": _NOTHING_OPENED}
    if mean is None:
        unavailable["avg_resolution_ms"] = _NOTHING_RESOLVED
    return CategoryLearnings(
        category=category,
        window=window,
        incident_count=len(counted),
        resolved_count=len(resolved),
        incidents_per_day=_places(_share(len(counted), window.days)),
        resolution_rate=_places(_share(len(resolved), len(counted))) if counted else None,
        avg_resolution_ms=None if mean is None else milliseconds(mean),
        top_resolution_method=method,
        top_resolution_method_count=uses,
        insights=tuple(insight for insight in insights if insight is not None),
        unavailable=unavailable,
    )


def _resolved_share(counted: Sequence[IncidentFact], resolved: Sequence[IncidentFact]) -> Insight | None:
    if not counted:
        return None
    rate = _share(len(resolved), len(counted))
    told = f"{len(resolved)} of {len(counted)} incidents are resolved"
    if len(resolved) * 10 >= len(counted) * 8:
        confidence = Decimal("0.7") + Decimal("0.2") * rate
        return _insight(InsightType.RESPONSE, f"{told}: what is done about them works.", confidence, resolved)
    if len(resolved) * 2 < len(counted):
        confidence = Decimal("0.6") + Decimal("0.2") * (1 - rate)
        open_ones = [fact for fact in counted if fact.lifecycle_state != _RESOLVED]
        return _insight(InsightType.RESPONSE, f"Only {told}.", confidence, open_ones)
    return None


def _time_taken(resolved: Sequence[IncidentFact], times: Sequence[timedelta]) -> Insight | None:
    if not times:
        return None
    total = sum(times, timedelta())
    mean = total / len(times)
    told = f"Resolution takes {readable_span(milliseconds(mean))} on average"
    if total > _DAY * len(times):
        hours = _share(mean // timedelta(microseconds=1), _HOUR // timedelta(microseconds=1))
        confidence = min(Decimal("0.6") + hours / 100, Decimal("0.85"))
        return _insight(InsightType.DETECTION, f"{told}: more than a day.", confidence, resolved)
    if total < _HOUR * len(times):
        return _insight(InsightType.DETECTION, f"{told}: less than an hour.", Decimal("0.75"), resolved)
    return None


def _recurrence(counted: Sequence[IncidentFact], window: Window) -> Insight | None:
    if len(counted) <= 2 * window.days:
        return None
    rate = _share(len(counted), window.days)
    return _insight(
        InsightType.PREVENTION,
        f"They come {_places(rate).normalize():f} times a day: remove their cause.",
        min(Decimal("0.6") + Decimal("0.05") * rate, Decimal("0.9")),
        counted,
    )


def _usual_method(same: Sequence[IncidentFact], method: str | None) -> Insight | None:
    if method is None or len(same) < _LEAST_USES:
        return None
    return _insight(
        InsightType.RESPONSE,
        f"{len(same)} of them ended the same way: {method}.",
        Decimal("0.6") + min(Decimal("0.05") * len(same), Decimal("0.3")),
        same,
    )


def _insight(
    kind: InsightType, description: str, confidence: Decimal, support: Sequence[IncidentFact]
) -> Insight:
    newest = tuple(fact.id for fact in support[:SUPPORTING_INCIDENTS])
    return Insight(kind, description, _places(confidence), newest)


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / Decimal(whole)


def _places(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, ROUND_HALF_UP)
