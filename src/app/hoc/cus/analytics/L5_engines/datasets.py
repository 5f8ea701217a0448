# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Validates cost model V2 against the reference datasets.
# Callers: spine costsim_datasets_handler
# Allowed Imports: stdlib, L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Validation of V2.

The error of a sample is how far the estimated cost lies outside the expected range, in cents. A sample counts
as one outlier, however many of its expectations fail. drift = min(1, 0.3 mean/limit + 0.3 median/limit +
0.2 std/limit + 0.2 outliers/limit), each against the dataset's own limit; V2 is acceptable when all five
figures are within theirs.
"""

from __future__ import annotations

import logging
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.costsim_models import V2SimulationResult, ValidationResult
from app.hoc.cus.analytics.L5_engines.dataset_catalogue import (
    DatasetSample,
    ReferenceDataset,
    ValidationThresholds,
    reference_datasets,
)
from app.hoc.cus.analytics.L5_engines.v2_adapter import CostSimV2Adapter

logger = logging.getLogger(__name__)

ACCEPTABLE = "acceptable"
NOT_ACCEPTABLE = "not_acceptable"


class UnknownDatasetError(ValueError):
    """There is no dataset of this id."""


@dataclass(frozen=True)
class _SampleVerdict:
    """How one sample came out: its cost error, None if it could not be simulated, and what it missed."""

    error: float | None
    missed: tuple[str, ...]


class DatasetValidator:
    """Validates V2 as configured."""

    def __init__(self, config: CostSimConfig) -> None:
        self._config = config
        self._datasets = reference_datasets()

    def list_datasets(self) -> list[ReferenceDataset]:
        """All datasets, by id."""
        return [self._datasets[dataset_id] for dataset_id in sorted(self._datasets)]

    def get_dataset(self, dataset_id: str) -> ReferenceDataset:
        """One dataset. Raises ``UnknownDatasetError``."""
        try:
            return self._datasets[dataset_id]
        except KeyError:
            known = ", ".join(sorted(self._datasets))
            raise UnknownDatasetError(f"There is no dataset of this id; known are {known}.") from None

    async def validate_dataset(self, dataset_id: str) -> ValidationResult:
        """Validate V2 against one dataset. Raises ``UnknownDatasetError``."""
        dataset = self.get_dataset(dataset_id)
        verdicts = [await self._judge(sample) for sample in dataset.samples]
        return _summarise(dataset, verdicts)

    async def validate_all(self) -> dict[str, ValidationResult]:
        """Validate V2 against every dataset; results by id, in order of the ids."""
        return {dataset.id: await self.validate_dataset(dataset.id) for dataset in self.list_datasets()}

    async def _judge(self, sample: DatasetSample) -> _SampleVerdict:
        adapter = CostSimV2Adapter(sample.budget_cents, config=self._config)
        try:
            result = await adapter.simulate(sample.plan)
        except Exception as error:  # a sample V2 cannot simulate is a finding, not a failed validation
            logger.exception("Dataset sample %s could not be simulated", sample.id)
            return _SampleVerdict(None, (f"{sample.id}: {type(error).__name__}",))
        return _SampleVerdict(_cost_error(sample, result), tuple(_missed(sample, result)))


def _cost_error(sample: DatasetSample, result: V2SimulationResult) -> float | None:
    if sample.expected_cost_cents is None:
        return None
    low, high = sample.expected_cost_cents
    return float(max(low - result.estimated_cost_cents, result.estimated_cost_cents - high, 0))


def _missed(sample: DatasetSample, result: V2SimulationResult) -> list[str]:
    missed = []
    if sample.expected_feasible is not None and result.feasible != sample.expected_feasible:
        missed.append(f"{sample.id}: feasible is {result.feasible}")
    if (
        sample.expected_confidence_min is not None
        and result.confidence_score < sample.expected_confidence_min
    ):
        missed.append(f"{sample.id}: confidence is {result.confidence_score}")
    return missed


def _summarise(dataset: ReferenceDataset, verdicts: Sequence[_SampleVerdict]) -> ValidationResult:
    errors = sorted(verdict.error for verdict in verdicts if verdict.error is not None)
    outliers = sum(bool(verdict.missed) for verdict in verdicts)
    limits = dataset.validation_thresholds
    found = ValidationThresholds(
        mean_error=statistics.fmean(errors) if errors else 0.0,
        median_error=errors[len(errors) // 2] if errors else 0.0,
        std_deviation=statistics.pstdev(errors) if errors else 0.0,
        outlier_pct=outliers / len(verdicts),
        drift_score=0.0,
    )
    drift = min(
        1.0,
        0.3 * found.mean_error / limits.mean_error
        + 0.3 * found.median_error / limits.median_error
        + 0.2 * found.std_deviation / limits.std_deviation
        + 0.2 * found.outlier_pct / limits.outlier_pct,
    )
    within = (
        found.mean_error <= limits.mean_error
        and found.median_error <= limits.median_error
        and found.std_deviation <= limits.std_deviation
        and found.outlier_pct <= limits.outlier_pct
        and drift <= limits.drift_score
    )
    return ValidationResult(
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        sample_count=len(verdicts),
        mean_error=round(found.mean_error, 4),
        median_error=round(found.median_error, 4),
        std_deviation=round(found.std_deviation, 4),
        outlier_pct=round(found.outlier_pct, 4),
        drift_score=round(drift, 4),
        verdict=ACCEPTABLE if within else NOT_ACCEPTABLE,
        details={
            "thresholds": asdict(limits),
            "errors_count": len(errors),
            "outliers_count": outliers,
            "missed": [reason for verdict in verdicts for reason in verdict.missed],
            "dataset_version": dataset.version,
            "content_hash": dataset.content_hash,
        },
    )
