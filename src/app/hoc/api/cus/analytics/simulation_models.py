# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The bodies of simulation, status and divergence.
# Callers: L2 simulation
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Request and response models of simulation, status and divergence."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.hoc.api.cus.analytics.costsim_models import MAX_STEPS_PER_PLAN, Cents, PlanStepIn
from app.hoc.api.cus.http.as_of import AsOfQuery, UtcMoment

Verdict = Literal["match", "minor_drift", "major_drift", "mismatch"]


class ProvenanceCountersOut(BaseModel):
    """What became of the simulations this process recorded."""

    waiting: int = Field(description="In memory, on their way.")
    written: int = Field(description="In the database.")
    spooled: int = Field(description="On disk at some time, because the database could not be reached.")
    refused: int = Field(description="Kept on disk, because the database will never take them.")
    dropped: int = Field(description="In the log only.")


class CostsimStatusOut(BaseModel):
    """What runs. The breaker's fields are null where no circuit breaker is installed."""

    sandbox_enabled: bool
    circuit_breaker_open: bool | None
    disabled_by_drift: bool | None
    model_version: str
    adapter_version: str
    drift_threshold: float
    provenance: ProvenanceCountersOut | None = Field(description="Null where provenance is switched off.")


class SimulateIn(BaseModel):
    """A plan to simulate. The tenant is the API key's."""

    model_config = ConfigDict(extra="forbid")

    plan: list[PlanStepIn] = Field(min_length=1, max_length=MAX_STEPS_PER_PLAN)
    budget_cents: Cents = 1000
    run_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._:-]{1,64}$")

    def to_params(self) -> dict[str, Any]:
        """The operation's parameters. The plan goes on exactly as sent: the same plan keeps its hash."""
        return {
            "plan": [step.model_dump(exclude_unset=True) for step in self.plan],
            "budget_cents": self.budget_cents,
            "run_id": self.run_id,
        }


class StepEstimateOut(BaseModel):
    """V2's estimate of one step."""

    step_index: int
    skill_id: str
    cost_cents: float
    latency_ms: float
    confidence: float


class RiskOut(BaseModel):
    """A risk V2 lists."""

    step_index: int
    skill_id: str
    risk_type: str
    probability: float


class V2ResultOut(BaseModel):
    """V2's answer."""

    feasible: bool
    status: Literal["success", "error", "timeout", "schema_error"]
    estimated_cost_cents: int
    estimated_duration_ms: int
    budget_remaining_cents: int
    confidence_score: float
    model_version: str
    step_estimates: list[StepEstimateOut]
    risks: list[RiskOut]
    warnings: list[str]
    runtime_ms: int


class ComparisonOut(BaseModel):
    """V2 against V1."""

    verdict: Verdict
    v1_cost_cents: int
    v2_cost_cents: int
    cost_delta_cents: int
    cost_delta_pct: float = Field(description="As a fraction of V1's cost.")
    drift_score: float = Field(description="0 (match) to 1.")
    feasibility_match: bool


class SimulateOut(BaseModel):
    """V1's answer, which counts, and V2's beside it."""

    v1_feasible: bool
    v1_status: str
    v1_cost_cents: int
    v1_duration_ms: int
    v1_warnings: list[str]
    v2_result: V2ResultOut | None
    comparison: ComparisonOut | None
    sandbox_enabled: bool
    v2_error: str | None
    input_hash: str | None = Field(
        description="Where the simulation is found in provenance; null where it is not recorded."
    )

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """The answer to an operation's result."""
        v1 = data["v1_result"]
        return cls.model_validate(
            {
                "v1_feasible": v1["feasible"],
                "v1_status": v1["status"],
                "v1_cost_cents": v1["estimated_cost_cents"],
                "v1_duration_ms": v1["estimated_duration_ms"],
                "v1_warnings": v1["warnings"],
                **{
                    name: data[name]
                    for name in ("v2_result", "comparison", "sandbox_enabled", "v2_error", "input_hash")
                },
            }
        )


class DivergenceQuery(AsOfQuery):
    """The period to report on: between two moments, or a number of days before the end."""

    start_date: UtcMoment | None = Field(default=None, description="Inclusive.")
    end_date: UtcMoment | None = Field(default=None, description="Inclusive; as_of by default.")
    days: int = Field(default=7, ge=1, le=90, description="Without start_date: days before the end.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start_date is not None and self.end_date is not None and self.end_date < self.start_date:
            raise ValueError("end_date lies before start_date")
        return self


class DivergenceSampleOut(BaseModel):
    """One comparison."""

    timestamp: datetime
    input_hash: str
    v1_cost_cents: float
    v2_cost_cents: float
    cost_delta_cents: float
    drift_score: float
    verdict: Verdict


class DivergenceOut(BaseModel):
    """How far V2 has been from V1."""

    model_config = ConfigDict(from_attributes=True)

    start_date: datetime
    end_date: datetime
    version: str = Field(description="Of the V2 model that reports.")
    sample_count: int
    delta_p50: float = Field(description="Upper median of the absolute cost differences, cents.")
    delta_p90: float
    kl_divergence: float = Field(description="Jensen-Shannon divergence of the costs, bits, 0 to 1.")
    outlier_count: int
    fail_ratio: float
    matching_rate: float
    detailed_samples: list[DivergenceSampleOut] = Field(description="The newest, at most 100.")
    available_samples: int = Field(
        description="Comparisons in the period; more than sample_count when the newest were taken."
    )
