# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Predictions over HTTP; they can only be read (PB-S5).
# Callers: facades.cus.analytics
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Predictions over HTTP: reads only."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.as_of import AsOfQuery
from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import ReadSession, Registry
from app.hoc.api.cus.http.envelope import (
    AsOfEnvelope,
    AsOfListEnvelope,
    wrap_dict_as_of,
    wrap_list_as_of,
)
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/predictions", tags=["predictions"])

Reader = Annotated[Principal, Depends(require_scope("analytics:read"))]
Kind = Literal["failure_likelihood", "cost_overrun"]
Subject = Literal["worker", "run", "tenant"]
SubjectId = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]


class PredictionQuery(AsOfQuery):
    """Which predictions to list."""

    prediction_type: Kind | None = None
    subject_type: Subject | None = None
    subject_id: SubjectId | None = None
    include_expired: bool = False
    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


class SubjectQuery(AsOfQuery):
    """How many predictions of a subject."""

    include_expired: bool = False
    limit: int = Field(default=20, ge=1, le=100)


class StatsQuery(AsOfQuery):
    """Which predictions to count."""

    include_expired: bool = False


class PredictionOut(BaseModel):
    """A prediction: advice that expires; ``is_valid`` says whether it had at ``as_of``."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    tenant_id: str
    prediction_type: Kind
    subject_type: Subject
    subject_id: str
    confidence_score: float = Field(ge=0, le=1)
    prediction_value: dict[str, Any]
    contributing_factors: list[dict[str, Any]]
    is_advisory: Literal[True]
    created_at: datetime
    expires_at: datetime
    is_valid: bool
    notes: str | None


class SubjectPredictionsOut(BaseModel):
    """Predictions of one subject."""

    subject_type: Subject
    subject_id: str
    predictions: list[PredictionOut]
    count: int


class AdvisoryComplianceOut(BaseModel):
    """Counted, not claimed."""

    all_advisory: bool
    non_advisory_count: int


class PredictionStatsOut(BaseModel):
    """Figures over all predictions."""

    total: int
    by_type: dict[str, int]
    by_subject_type: dict[str, int]
    avg_confidence: float | None
    high_confidence_count: int = Field(description="Predictions with a confidence above 0.7.")
    advisory_compliance: AdvisoryComplianceOut


@router.get("")
async def list_predictions(
    query: Annotated[PredictionQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfListEnvelope[PredictionOut]:
    """The tenant's predictions, newest first; expired ones only when asked for."""
    as_of = query.moment()
    params = query.model_dump(exclude={"as_of"}) | {"method": "list", "as_of": as_of}
    result = await registry.execute(
        "analytics.prediction_read", OperationContext.for_principal(principal, session, params)
    )
    page = unwrap(result)
    return wrap_list_as_of(
        [PredictionOut.model_validate(item) for item in page.items],
        total=page.total,
        limit=query.limit,
        offset=query.offset,
        as_of=as_of,
    )


@router.get("/stats/summary")
async def prediction_stats(
    query: Annotated[StatsQuery, Query()], principal: Reader, registry: Registry, session: ReadSession
) -> AsOfEnvelope[PredictionStatsOut]:
    """Figures over all of the tenant's predictions."""
    as_of = query.moment()
    params = {"method": "stats", "include_expired": query.include_expired, "as_of": as_of}
    result = await registry.execute(
        "analytics.prediction_read", OperationContext.for_principal(principal, session, params)
    )
    stats = unwrap(result)
    compliance = AdvisoryComplianceOut(
        all_advisory=stats.non_advisory_count == 0, non_advisory_count=stats.non_advisory_count
    )
    data = PredictionStatsOut(
        total=stats.total,
        by_type=stats.by_type,
        by_subject_type=stats.by_subject_type,
        avg_confidence=stats.avg_confidence,
        high_confidence_count=stats.high_confidence_count,
        advisory_compliance=compliance,
    )
    return wrap_dict_as_of(data, as_of)


@router.get("/subject/{subject_type}/{subject_id}")
async def predictions_for_subject(
    subject_type: Subject,
    subject_id: Annotated[str, Path(max_length=255, pattern=r"^[^\x00]+$")],
    query: Annotated[SubjectQuery, Query()],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[SubjectPredictionsOut]:
    """The newest predictions about one subject."""
    as_of = query.moment()
    params = query.model_dump(exclude={"as_of"}) | {
        "method": "for_subject",
        "subject_type": subject_type,
        "subject_id": subject_id,
        "as_of": as_of,
    }
    result = await registry.execute(
        "analytics.prediction_read", OperationContext.for_principal(principal, session, params)
    )
    predictions = [PredictionOut.model_validate(item) for item in unwrap(result)]
    data = SubjectPredictionsOut(
        subject_type=subject_type,
        subject_id=subject_id,
        predictions=predictions,
        count=len(predictions),
    )
    return wrap_dict_as_of(data, as_of)


@router.get("/{prediction_id}")
async def get_prediction(
    prediction_id: uuid.UUID,
    query: Annotated[AsOfQuery, Query()],
    principal: Reader,
    registry: Registry,
    session: ReadSession,
) -> AsOfEnvelope[PredictionOut]:
    """One prediction, expired or not; 404 when the tenant has none of that id."""
    as_of = query.moment()
    params = {"method": "get", "prediction_id": prediction_id, "as_of": as_of}
    result = await registry.execute(
        "analytics.prediction_read", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict_as_of(PredictionOut.model_validate(unwrap(result)), as_of)
