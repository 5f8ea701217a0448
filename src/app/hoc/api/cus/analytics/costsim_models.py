# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The bodies of the cost simulation endpoints: what they accept and what they answer.
# Callers: L2 costsim, simulation_models
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Request and response models of the cost simulation endpoints."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from app.hoc.api.cus.http.as_of import AsOfQuery

MAX_SAMPLES = 1000
MAX_STEPS_PER_PLAN = 100
MAX_STEPS_PER_RUN = 10_000
MAX_PARAMS_BYTES = 200_000
MAX_CENTS = 1_000_000_000

CanaryStatus = Literal["pass", "fail", "error", "skipped"]
CanarySource = Literal["given", "provenance", "synthetic"]
Cents = Annotated[int, Field(ge=0, le=MAX_CENTS)]


class PlanStepIn(BaseModel):
    """One step of a plan."""

    model_config = ConfigDict(extra="forbid")

    skill: str = Field(min_length=1, max_length=64, examples=["llm_invoke"])
    params: dict[str, Any] = Field(default_factory=dict, examples=[{"prompt": "Summarise the report."}])
    iterations: int = Field(default=1, ge=1, le=100)

    @field_validator("params")
    @classmethod
    def _bounded_json(cls, params: dict[str, Any]) -> dict[str, Any]:
        try:
            size = len(json.dumps(params, allow_nan=False, ensure_ascii=False).encode())
        except ValueError:
            raise ValueError("must be plain JSON without NaN, infinity or half a character") from None
        if size > MAX_PARAMS_BYTES:
            raise ValueError(f"must not exceed {MAX_PARAMS_BYTES} bytes of JSON")
        return params


class CanarySampleIn(BaseModel):
    """One plan to compare, with what V2 is expected to say, if known."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$", examples=["checkout-flow"])
    plan: list[PlanStepIn] = Field(min_length=1, max_length=MAX_STEPS_PER_PLAN)
    budget_cents: Cents = 1000
    expected_cost_cents: Cents | None = None
    expected_feasible: bool | None = None


class CanaryRunIn(BaseModel):
    """A canary to run: at most ``sample_count`` samples; the synthetic set when ``samples`` is left out."""

    model_config = ConfigDict(extra="forbid")

    sample_count: int = Field(default=100, ge=10, le=MAX_SAMPLES)
    drift_threshold: float | None = Field(
        default=None, ge=0, le=1, description="Largest divergence that passes; the configured one by default."
    )
    samples: list[CanarySampleIn] | None = Field(default=None, min_length=1, max_length=MAX_SAMPLES)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        samples = self.samples or []
        if len(samples) > self.sample_count:
            raise ValueError(f"{len(samples)} samples are more than sample_count {self.sample_count}")
        if len({sample.id for sample in samples}) < len(samples):
            raise ValueError("sample ids must be unique")
        if sum(len(sample.plan) for sample in samples) > MAX_STEPS_PER_RUN:
            raise ValueError(f"all plans together must not exceed {MAX_STEPS_PER_RUN} steps")
        return self

    def to_params(self) -> dict[str, Any]:
        """The operation's parameters. Plans go on exactly as sent: the same plan keeps its hash."""
        params: dict[str, Any] = {"sample_count": self.sample_count, "drift_threshold": self.drift_threshold}
        if self.samples is not None:
            params["samples"] = [
                sample.model_dump() | {"plan": [step.model_dump(exclude_unset=True) for step in sample.plan]}
                for sample in self.samples
            ]
        return params


class CanaryReportQuery(AsOfQuery):
    """Which reports to list."""

    status: CanaryStatus | None = None
    passed: bool | None = None
    start: AwareDatetime | None = Field(default=None, description="Earliest run, inclusive.")
    end: AwareDatetime | None = Field(default=None, description="Latest run, inclusive.")
    limit: int = Field(default=10, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


class CanaryReportOut(BaseModel):
    """The outcome of a canary run; statistics are null when nothing was compared.

    Artifact paths are relative to the service's artifacts directory, ``artifact_manifest`` holds their
    SHA-256.
    """

    model_config = ConfigDict(from_attributes=True)

    run_id: str
    timestamp: datetime
    status: CanaryStatus
    passed: bool
    source: CanarySource | None
    total_samples: int
    matching_samples: int
    minor_drift_samples: int
    major_drift_samples: int
    errored_samples: int
    outlier_count: int
    median_cost_diff: float | None = Field(
        description="Upper median of the absolute cost differences, cents."
    )
    p90_cost_diff: float | None = Field(
        description="90th percentile of the absolute cost differences, cents."
    )
    kl_divergence: float | None = Field(description="Jensen-Shannon divergence of the costs, bits, 0 to 1.")
    failure_reasons: list[str]
    golden_comparison: Mapping[str, Any] | None
    artifact_paths: list[str]
    artifact_manifest: Mapping[str, str]
