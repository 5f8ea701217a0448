# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.patterns: look for patterns, record feedback on them (PB-S3).
# Callers: spine bootstrap
# Allowed Imports: L4, L5_engines, L5_schemas, L6, app.infra, sqlalchemy
# Forbidden Imports: L2
# Emits: none
"""``analytics.patterns``. Methods: detect (reads), run_cycle (one transaction), get_summary (reads)."""

import os
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.analytics.L5_engines.pattern_detection import (
    detect_cost_spikes,
    detect_failure_patterns,
    get_feedback_summary,
    run_pattern_detection,
)
from app.hoc.cus.analytics.L5_schemas.pattern_feedback import PatternSettings
from app.hoc.cus.analytics.L6_drivers.pattern_detection_driver import get_pattern_detection_driver
from app.hoc.cus.hoc_spine.orchestrator.handlers.method_dispatch import dispatch
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import (
    OperationContext,
    OperationRegistry,
    OperationResult,
)
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction
from app.infra.settings import SettingsError


class AnalyticsPatternsHandler:
    """Every method takes ``as_of`` (aware UTC)."""

    def __init__(self, settings: PatternSettings) -> None:
        self._settings = settings

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        return await dispatch(
            ctx, {"detect": self._detect, "run_cycle": self._run_cycle, "get_summary": self._summary}
        )

    async def _detect(self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime) -> Any:
        driver, settings = get_pattern_detection_driver(session), self._settings
        return {
            "failure_patterns": await detect_failure_patterns(
                driver,
                ctx.tenant_id,
                as_of=as_of,
                threshold=settings.failure_threshold,
                window_hours=settings.failure_window_hours,
            ),
            "cost_spikes": await detect_cost_spikes(
                driver,
                ctx.tenant_id,
                as_of=as_of,
                spike_threshold_percent=settings.cost_spike_percent,
                min_runs=settings.cost_spike_min_runs,
            ),
        }

    async def _run_cycle(self, ctx: OperationContext, session: AsyncSession, *, as_of: datetime) -> Any:
        async with transaction(session):
            return await run_pattern_detection(
                get_pattern_detection_driver(session), ctx.tenant_id, as_of=as_of, settings=self._settings
            )

    async def _summary(
        self,
        ctx: OperationContext,
        session: AsyncSession,
        *,
        as_of: datetime,
        acknowledged: bool | None = None,
        limit: int = 50,
    ) -> Any:
        return await get_feedback_summary(
            get_pattern_detection_driver(session),
            ctx.tenant_id,
            as_of=as_of,
            acknowledged=acknowledged,
            limit=limit,
        )


def pattern_settings(environ: Mapping[str, str]) -> PatternSettings:
    """Read FAILURE_PATTERN_THRESHOLD, FAILURE_PATTERN_WINDOW_HOURS, COST_SPIKE_THRESHOLD_PERCENT and
    COST_SPIKE_MIN_RUNS; an unset or empty variable keeps its default.

    Raises ``SettingsError`` naming every malformed variable.
    """
    defaults = PatternSettings()
    problems: list[str] = []

    def number(name: str, default: Decimal | int, minimum: int, *, whole: bool = True) -> Decimal:
        text = environ.get(name, "").strip()
        if not text:
            return Decimal(default)
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or not minimum <= value <= 1_000_000 or (whole and value % 1):
            kind = "a whole number" if whole else "a number"
            problems.append(f"{name}={text!r} must be {kind} from {minimum} to 1000000")
            return Decimal(default)
        return value

    settings = PatternSettings(
        failure_threshold=int(number("FAILURE_PATTERN_THRESHOLD", defaults.failure_threshold, 1)),
        failure_window_hours=int(number("FAILURE_PATTERN_WINDOW_HOURS", defaults.failure_window_hours, 1)),
        cost_spike_percent=number(
            "COST_SPIKE_THRESHOLD_PERCENT", defaults.cost_spike_percent, 0, whole=False
        ),
        cost_spike_min_runs=int(number("COST_SPIKE_MIN_RUNS", defaults.cost_spike_min_runs, 2)),
    )
    if problems:
        raise SettingsError("pattern detection configuration: " + "; ".join(problems))
    return settings


def register(registry: OperationRegistry) -> None:
    """Register the operations of this module."""
    registry.register("analytics.patterns", AnalyticsPatternsHandler(pattern_settings(os.environ)))
