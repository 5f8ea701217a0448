# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The bodies of the provenance endpoints.
# Callers: L2 provenance
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Request and response models of provenance."""

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.hoc.api.cus.http.as_of import AsOfQuery, UtcMoment
from app.hoc.api.cus.http.fields import CentsIn, ExactOut

MAX_BACKFILL_RECORDS = 1000
MAX_PAYLOAD_BYTES = 200_000

Variant = Literal["v1", "v2", "canary"]
Source = Literal["sandbox", "canary", "manual", "backfill"]
Status = Literal["success", "error", "timeout", "schema_error"]
RunId = Field(default=None, pattern=r"^[A-Za-z0-9._:-]{1,64}$")


class PeriodQuery(AsOfQuery):
    """A period; bounds are inclusive."""

    start_date: UtcMoment | None = None
    end_date: UtcMoment | None = None


class ProvenanceQuery(PeriodQuery):
    """Which recorded simulations to list."""

    variant_slug: Variant | None = None
    source: Source | None = None
    status: Status | None = None
    run_id: str | None = RunId
    limit: int = Field(default=100, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


class ProvenanceItemQuery(AsOfQuery):
    """Which record of an input is meant; the newest by default."""

    variant_slug: Variant | None = None


class ProvenanceOut(BaseModel):
    """One recorded simulation. Costs in cents, as exact decimals; null where nothing could be compared."""

    model_config = ConfigDict(from_attributes=True)

    run_id: str | None
    variant_slug: Variant
    source: Source
    status: Status
    model_version: str | None
    adapter_version: str | None
    commit_sha: str | None
    input_hash: str
    output_hash: str | None
    v1_cost: ExactOut | None
    v2_cost: ExactOut | None
    cost_delta: ExactOut | None
    drift_score: float | None
    verdict: Literal["match", "minor_drift", "major_drift", "mismatch"] | None
    runtime_ms: int | None
    created_at: datetime


class ProvenanceDetailOut(BaseModel):
    """One recorded simulation with what went in and what came out."""

    record: ProvenanceOut
    input: Any = Field(description="What was simulated: plan, limits and versions.")
    output: Any


class DriftStatsOut(BaseModel):
    """V2 minus V1 in cents over the records that have both costs; all 0 when there is none."""

    model_config = ConfigDict(from_attributes=True)

    total: int
    avg_delta: float
    min_delta: float
    max_delta: float
    stddev_delta: float = Field(description="Of the sample; 0 for a single record.")


class BaselineIn(BaseModel):
    """What V1 said in the past about an input."""

    model_config = ConfigDict(extra="forbid")

    payload: dict[str, Any]
    cost: CentsIn
    run_id: str | None = RunId

    @field_validator("payload")
    @classmethod
    def _bounded_json(cls, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            size = len(json.dumps(payload, allow_nan=False, ensure_ascii=False).encode())
        except ValueError:
            raise ValueError("must be plain JSON without NaN, infinity or half a character") from None
        if size > MAX_PAYLOAD_BYTES:
            raise ValueError(f"must not exceed {MAX_PAYLOAD_BYTES} bytes of JSON")
        return payload


class BackfillIn(BaseModel):
    """Baselines to record."""

    model_config = ConfigDict(extra="forbid")

    records: list[BaselineIn] = Field(min_length=1, max_length=MAX_BACKFILL_RECORDS)


class BackfillOut(BaseModel):
    """How many baselines were recorded, known already, and refused."""

    inserted: int
    skipped: int
    errors: int
