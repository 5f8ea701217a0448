# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The bodies of the reference dataset endpoints.
# Callers: L2 datasets
# Allowed Imports: none
# Forbidden Imports: L5, L6, L7
"""Response models of the reference datasets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class ThresholdsOut(BaseModel):
    """The largest errors (cents) and shares at which V2 is acceptable."""

    mean_error: float
    median_error: float
    std_deviation: float
    outlier_pct: float
    drift_score: float


class DatasetOut(BaseModel):
    """A reference dataset."""

    id: str
    name: str
    description: str
    version: str
    content_hash: str = Field(description="SHA-256 of samples and limits.")
    sample_count: int
    thresholds: ThresholdsOut


class DatasetInfoOut(DatasetOut):
    """A reference dataset with what its samples are about."""

    sample_tags: list[str]


class ValidationOut(BaseModel):
    """V2 judged against a dataset. Errors are cents outside the expected range."""

    model_config = ConfigDict(from_attributes=True)

    dataset_id: str
    dataset_name: str
    sample_count: int
    mean_error: float
    median_error: float
    std_deviation: float
    outlier_pct: float
    drift_score: float
    verdict: Literal["acceptable", "not_acceptable"]
    details: Mapping[str, Any]
    timestamp: datetime


class ValidateAllOut(BaseModel):
    """V2 judged against every dataset; results by dataset id."""

    model_config = ConfigDict(from_attributes=True)

    all_passed: bool
    results: Mapping[str, ValidationOut]
    timestamp: datetime
