"""Reference datasets are the same everywhere, and a validation can fail."""

import subprocess
import sys
from dataclasses import replace
from types import MappingProxyType

import pytest

from app.hoc.cus.analytics.L5_engines import datasets as datasets_module
from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig
from app.hoc.cus.analytics.L5_engines.dataset_catalogue import (
    DatasetSample,
    ReferenceDataset,
    ValidationThresholds,
    reference_datasets,
)
from app.hoc.cus.analytics.L5_engines.datasets import DatasetValidator, UnknownDatasetError
from app.hoc.cus.analytics.L5_engines.v2_adapter import CostSimV2Adapter

SIZES = {"low_variance": 30, "high_variance": 16, "mixed_city": 25, "noise_injected": 8, "historical": 5}
# Published. A change of content is a new version and new hashes, never new hashes alone.
HASHES_OF_VERSION_1 = {
    "low_variance": "61c6d491",
    "high_variance": "8dbfa684",
    "mixed_city": "b6489582",
    "noise_injected": "0197ee1d",
    "historical": "b14ce4a5",
}


def validator() -> DatasetValidator:
    return DatasetValidator(CostSimConfig())


def test_the_five_datasets_and_their_published_content() -> None:
    found = reference_datasets()
    assert {name: len(dataset.samples) for name, dataset in found.items()} == SIZES
    assert {name: dataset.content_hash[:8] for name, dataset in found.items()} == HASHES_OF_VERSION_1
    for dataset in found.values():
        assert dataset.version == "1"
        ids = [sample.id for sample in dataset.samples]
        assert len(set(ids)) == len(ids)
        # Nothing is left unchecked: each sample has a cost and a feasibility to meet.
        assert all(sample.expected_cost_cents is not None for sample in dataset.samples)
        assert all(sample.expected_feasible is not None for sample in dataset.samples)


def test_another_process_builds_the_same_datasets() -> None:
    program = (
        "from app.hoc.cus.analytics.L5_engines.dataset_catalogue import reference_datasets\n"
        "print(*(d.content_hash for d in reference_datasets().values()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [dataset.content_hash for dataset in reference_datasets().values()]


def test_a_changed_sample_or_limit_changes_the_hash() -> None:
    dataset = reference_datasets()["historical"]
    cheaper = replace(dataset.samples[0], budget_cents=1)
    lenient = replace(dataset.validation_thresholds, mean_error=99)
    hashes = {
        dataset.content_hash,
        replace(dataset, samples=(cheaper, *dataset.samples[1:])).content_hash,
        replace(dataset, validation_thresholds=lenient).content_hash,
        replace(dataset, version="2").content_hash,
    }
    assert len(hashes) == 4


async def test_v2_is_acceptable_on_all_of_them_with_all_errors_zero() -> None:
    results = await validator().validate_all()
    assert list(results) == sorted(SIZES)
    for result in results.values():
        assert (result.verdict, result.mean_error, result.drift_score) == ("acceptable", 0, 0), result
        assert result.details["missed"] == []
        assert result.details["errors_count"] == result.sample_count
    again = await validator().validate_all()
    assert [r.to_dict() | {"timestamp": 0} for r in results.values()] == [
        r.to_dict() | {"timestamp": 0} for r in again.values()
    ]


def test_unknown_datasets_are_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownDatasetError, match="historical"):
        validator().get_dataset("future")


def use(monkeypatch: pytest.MonkeyPatch, *samples: DatasetSample) -> None:
    dataset = ReferenceDataset("mine", "Mine", "", samples, ValidationThresholds(2, 2, 4, 0.5, 0.9))
    monkeypatch.setattr(datasets_module, "reference_datasets", lambda: MappingProxyType({"mine": dataset}))


LLM = ({"skill": "llm_invoke", "params": {"prompt": "x" * 1000}},)  # 7 cents


async def test_errors_and_outliers_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    use(
        monkeypatch,
        DatasetSample("right", LLM, 100, (7, 7), True, 0.9),
        DatasetSample("too dear by 3", LLM, 100, (1, 4), True),
        DatasetSample("too cheap by 1", LLM, 100, (8, 9), True),
        # Wrong in two ways, and still one outlier.
        DatasetSample("wrong twice", LLM, 1, (7, 7), True, 0.99),
    )
    result = await validator().validate_dataset("mine")
    assert (result.mean_error, result.median_error, result.outlier_pct) == (1.0, 1.0, 0.25)
    assert result.std_deviation == pytest.approx(1.2247, abs=1e-4)
    expected = 0.3 * 1 / 2 + 0.3 * 1 / 2 + 0.2 * 1.224744871 / 4 + 0.2 * 0.25 / 0.5
    assert result.drift_score == pytest.approx(expected, abs=1e-4)
    assert result.verdict == "acceptable"
    assert result.details["outliers_count"] == 1
    assert len(result.details["missed"]) == 2


async def test_wrong_prices_are_not_acceptable(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, *(DatasetSample(f"s{n}", LLM, 100, (0, 0), True) for n in range(3)))
    result = await validator().validate_dataset("mine")
    assert (result.verdict, result.mean_error) == ("not_acceptable", 7.0)


async def test_a_sample_that_cannot_be_simulated_is_an_outlier(monkeypatch: pytest.MonkeyPatch) -> None:
    async def explode(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(CostSimV2Adapter, "simulate", explode)
    result = await validator().validate_dataset("low_variance")
    assert (result.verdict, result.outlier_pct, result.details["errors_count"]) == ("not_acceptable", 1.0, 0)
