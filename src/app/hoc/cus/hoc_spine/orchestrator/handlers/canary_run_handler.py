# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Operation analytics.canary: runs a canary for the caller's tenant.
# Callers: spine analytics_handler
# Allowed Imports: L4, L5_engines, L5_schemas, L6
# Forbidden Imports: L2
# Emits: none
"""``analytics.canary``. Codes for the caller's mistakes: UNKNOWN_METHOD, INVALID_PARAMS. Codes for ours:
MISSING_SESSION, ARTIFACTS_UNAVAILABLE, UNAVAILABLE.
"""

import logging
from collections.abc import Mapping
from typing import Any

from app.hoc.cus.analytics.L5_engines.canary_artifacts import ArtifactError
from app.hoc.cus.analytics.L5_engines.canary_engine import InvalidSamplesError
from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_schemas.canary_run import CanarySample
from app.hoc.cus.analytics.L6_drivers.leader import LeadershipLostError
from app.hoc.cus.hoc_spine.orchestrator.coordinators.canary_coordinator import CanaryCoordinator
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext, OperationResult

logger = logging.getLogger(__name__)

DEFAULT_SAMPLE_COUNT = 100
MAX_SAMPLE_COUNT = 1000


class CanaryRunHandler:
    """``analytics.canary``: runs a canary for the caller's tenant and gives ``{"report": CanaryReport}``.

    ``run`` (default) takes ``samples`` (list of objects with id, plan, budget_cents, expected_*; None for
    the recorded or synthetic ones), ``sample_count`` (1..1000) and ``drift_threshold`` (0..1, None for the configured
    one).
    """

    def __init__(self, config: CostSimConfig) -> None:
        self._config = config

    async def execute(self, ctx: OperationContext) -> OperationResult:
        """Serve one call."""
        if ctx.session is None:
            return OperationResult.fail("A canary needs a session.", "MISSING_SESSION")
        if ctx.params.get("method", "run") != "run":
            return OperationResult.fail("Unknown method; the canary knows run.", "UNKNOWN_METHOD")
        try:
            arguments = _run_arguments(ctx.params)
            report = await CanaryCoordinator(ctx.session, self._config).run(ctx.tenant_id, **arguments)
        except InvalidSamplesError as error:
            return OperationResult.fail(f"Canary samples: {error}.", "INVALID_PARAMS")
        except LeadershipLostError:
            logger.exception("A canary of tenant %s lost its leadership", ctx.tenant_id)
            return OperationResult.fail(
                "The canary was interrupted because it is no longer the elected runner; nothing was recorded. "
                "Run it again.",
                "UNAVAILABLE",
            )
        except ArtifactError:
            logger.exception("Canary artifacts of tenant %s could not be written", ctx.tenant_id)
            return OperationResult.fail(
                "The canary's artifacts could not be written, so nothing was recorded.",
                "ARTIFACTS_UNAVAILABLE",
            )
        return OperationResult.ok({"report": report})


def _run_arguments(params: Mapping[str, Any]) -> dict[str, Any]:
    """The coordinator's arguments from checked ``params``; raises ``InvalidSamplesError`` with every
    problem.
    """
    problems = []
    count = params.get("sample_count", DEFAULT_SAMPLE_COUNT)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_SAMPLE_COUNT:
        problems.append(f"sample_count must be an integer from 1 to {MAX_SAMPLE_COUNT}, not {count!r}")
    threshold = params.get("drift_threshold")
    if threshold is not None and (
        isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1
    ):
        problems.append(f"drift_threshold must be a number from 0 to 1, not {threshold!r}")
    given = params.get("samples")
    samples: list[CanarySample] | None = None
    if given is not None:
        samples = []
        for index, raw in enumerate(given):
            try:
                samples.append(CanarySample.parse(raw))
            except ValueError as error:
                problems.append(f"sample {index}: {error}")
    if problems:
        raise InvalidSamplesError("; ".join(problems))
    return {"samples": samples, "sample_count": count, "drift_threshold": threshold}
