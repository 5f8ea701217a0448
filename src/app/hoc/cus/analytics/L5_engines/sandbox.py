# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Simulates a plan with V1, whose answer counts, and with V2 beside it, whose answer is only compared.
# Callers: spine costsim_handler
# Allowed Imports: stdlib, L5_engines, L5_schemas, app.infra.time
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""The sandbox. Whatever goes wrong after V1 has answered (V2, breaker, provenance, database) cannot change or
delay away V1's answer; it is logged, and stated in ``v2_error`` where it concerns V2.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.cost_model_engine import DEFAULT_RISK_THRESHOLD
from app.hoc.cus.analytics.L5_engines.costsim_models import (
    ComparisonResult,
    ComparisonVerdict,
    V2SimulationResult,
    V2SimulationStatus,
)
from app.hoc.cus.analytics.L5_engines.provenance import ProvenanceLogger
from app.hoc.cus.analytics.L5_engines.v1_simulator import CostSimulator, SimulationResult, SimulationStatus
from app.hoc.cus.analytics.L5_engines.v2_adapter import CostSimV2Adapter, compare
from app.hoc.cus.analytics.L5_schemas.circuit_breaker_port import CircuitBreakerPort
from app.infra.time import monotonic_ms

logger = logging.getLogger(__name__)

_LEVELS = {
    ComparisonVerdict.MATCH: logging.DEBUG,
    ComparisonVerdict.MINOR_DRIFT: logging.INFO,
    ComparisonVerdict.MAJOR_DRIFT: logging.WARNING,
    ComparisonVerdict.MISMATCH: logging.ERROR,
}


@dataclass(frozen=True)
class SandboxResult:
    """Both answers. ``comparison`` exists when V2 could judge the plan; ``sandbox_enabled`` says whether V2
    was to run at all; ``input_hash`` is where the simulation is found in provenance.
    """

    v1_result: SimulationResult
    v2_result: V2SimulationResult | None = None
    comparison: ComparisonResult | None = None
    sandbox_enabled: bool = False
    v2_error: str | None = None
    input_hash: str | None = None

    @property
    def production_result(self) -> SimulationResult:
        """The answer that counts: V1's."""
        return self.v1_result


@dataclass(frozen=True)
class _Shadow:
    """What the V2 side came to."""

    v2_result: V2SimulationResult | None = None
    comparison: ComparisonResult | None = None
    enabled: bool = False
    error: str | None = None


class CostSimSandbox:
    """Simulates plans of one tenant under one set of limits.

    ``breaker`` may switch V2 off and is told about drift; ``provenance`` records each simulation. Either may
    be absent.
    """

    def __init__(
        self,
        budget_cents: int = 1000,
        allowed_skills: Collection[str] | None = None,
        risk_threshold: float = DEFAULT_RISK_THRESHOLD,
        tenant_id: str | None = None,
        run_id: str | None = None,
        *,
        config: CostSimConfig,
        breaker: CircuitBreakerPort | None = None,
        provenance: ProvenanceLogger | None = None,
    ) -> None:
        self._budget_cents = budget_cents
        self._allowed_skills = allowed_skills
        self._risk_threshold = risk_threshold
        self._tenant_id = tenant_id
        self._run_id = run_id
        self._config = config
        self._breaker = breaker
        self._provenance = provenance

    async def simulate(self, plan: Sequence[Mapping[str, Any]]) -> SandboxResult:
        """Simulate a plan; V1's answer is always there."""
        started = monotonic_ms()
        v1 = await asyncio.to_thread(
            CostSimulator(self._budget_cents, self._allowed_skills, self._risk_threshold).simulate, plan
        )
        shadow = await self._shadow(plan, v1)
        input_hash = await self._record(plan, v1, shadow, round(monotonic_ms() - started))
        return SandboxResult(
            v1, shadow.v2_result, shadow.comparison, shadow.enabled, shadow.error, input_hash
        )

    async def _shadow(self, plan: Sequence[Mapping[str, Any]], v1: SimulationResult) -> _Shadow:
        if not self._config.v2_sandbox_enabled:
            return _Shadow()
        try:
            if self._breaker is not None and await self._breaker.is_v2_disabled():
                return _Shadow(error="V2 is switched off by the circuit breaker")
            v2 = await CostSimV2Adapter(
                self._budget_cents, self._allowed_skills, self._risk_threshold, config=self._config
            ).simulate(plan)
        except Exception as error:
            logger.exception("V2 could not simulate run %s of tenant %s", self._run_id, self._tenant_id)
            return _Shadow(enabled=True, error=f"V2 failed with an internal error ({type(error).__name__})")
        if v1.status is SimulationStatus.INVALID_PLAN or v2.status is not V2SimulationStatus.SUCCESS:
            return _Shadow(v2, enabled=True, error="; ".join(v2.warnings) or f"V2 ended as {v2.status.value}")
        comparison = compare(v1, v2)
        logger.log(
            _LEVELS[comparison.verdict],
            "sandbox verdict=%s drift=%.4f tenant=%s run=%s",
            comparison.verdict.value,
            comparison.drift_score,
            self._tenant_id,
            self._run_id,
        )
        return _Shadow(v2, comparison, True, await self._report_drift(comparison))

    async def _report_drift(self, comparison: ComparisonResult) -> str | None:
        if self._breaker is None:
            return None
        details = {
            "verdict": comparison.verdict.value,
            "cost_delta_cents": comparison.cost_delta_cents,
            "cost_delta_pct": comparison.cost_delta_pct,
            "feasibility_match": comparison.feasibility_match,
            "tenant_id": self._tenant_id,
            "run_id": self._run_id,
        }
        try:
            tripped = await self._breaker.report_drift(comparison.drift_score, 1, details)
        except Exception:
            logger.exception("Drift of run %s could not be reported to the breaker", self._run_id)
            return None
        return "this drift opened the circuit breaker; V2 is switched off" if tripped else None

    async def _record(
        self, plan: Sequence[Mapping[str, Any]], v1: SimulationResult, shadow: _Shadow, runtime_ms: int
    ) -> str | None:
        """Record V2's answer beside V1's cost, or V1's alone where V2 did not run; returns the input hash."""
        if self._provenance is None:
            return None
        v2, comparison = shadow.v2_result, shadow.comparison
        status = "success"
        if v1.status is SimulationStatus.INVALID_PLAN:
            status = "schema_error"
        elif shadow.enabled:
            status = "error" if v2 is None else v2.status.value
        # The versions are part of the input: another model or adapter may answer the same plan differently.
        simulated = {
            "plan": list(plan),
            "budget_cents": self._budget_cents,
            "risk_threshold": self._risk_threshold,
            "allowed_skills": None if self._allowed_skills is None else sorted(self._allowed_skills),
            "model_version": self._config.model_version,
            "adapter_version": self._config.adapter_version,
        }
        comparable = status == "success"
        try:
            entry = await self._provenance.log(
                simulated,
                v1.to_dict() if v2 is None else v2.to_dict(),
                runtime_ms,
                status,
                self._tenant_id,
                self._run_id,
                variant_slug="v2" if shadow.enabled else "v1",
                v1_cost=v1.estimated_cost_cents if comparable else None,
                v2_cost=None if comparison is None else comparison.v2_cost_cents,
                verdict=None if comparison is None else comparison.verdict.value,
                drift_score=None if comparison is None else comparison.drift_score,
            )
            await self._provenance.flush()
        except Exception:
            logger.exception("Run %s of tenant %s could not be recorded", self._run_id, self._tenant_id)
            return None
        return entry.input_hash
