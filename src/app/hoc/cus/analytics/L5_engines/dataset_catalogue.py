# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: The five reference datasets V2 is validated against: fixed plans with the answers expected of it.
# Callers: L5 datasets
# Allowed Imports: stdlib, L5_engines, L5_schemas, app.infra
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Reference datasets, version by version.

A dataset is fixed by its version: random content comes from a seed that belongs to the version, and
``content_hash`` covers every sample and limit. Changing anything means raising ``VERSION`` and ``PUBLISHED``.
Expected costs are ranges around the published prices (``llm_invoke`` with n characters: 3.5 + 0.8 n/1000 +
1.2 min(2n, 4000)/1000 cents; ``email_send`` 0.8; unknown skills 5), not copies of what the model answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from app.infra.canonical_json import content_hash

VERSION = "1"
PUBLISHED = datetime(2026, 2, 11, tzinfo=UTC)
_SEED = 20260211

CostRange = tuple[int, int]
Step = dict[str, Any]
FREE: CostRange = (0, 0)


@dataclass(frozen=True)
class DatasetSample:
    """One plan and what V2 is expected to say about it; None where nothing is expected. Costs in cents."""

    id: str
    plan: tuple[Mapping[str, Any], ...]
    budget_cents: int
    expected_cost_cents: CostRange | None = None
    expected_feasible: bool | None = None
    expected_confidence_min: float | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValidationThresholds:
    """The largest errors (cents) and shares at which V2 is acceptable."""

    mean_error: float
    median_error: float
    std_deviation: float
    outlier_pct: float
    drift_score: float


@dataclass(frozen=True)
class ReferenceDataset:
    """A named set of samples with its limits."""

    id: str
    name: str
    description: str
    samples: tuple[DatasetSample, ...]
    validation_thresholds: ValidationThresholds
    version: str = VERSION
    published: datetime = PUBLISHED

    @property
    def content_hash(self) -> str:
        """SHA-256 over everything that can change a verdict."""
        return content_hash(
            {
                "id": self.id,
                "version": self.version,
                "samples": [asdict(sample) for sample in self.samples],
                "thresholds": asdict(self.validation_thresholds),
            }
        )

    @property
    def sample_tags(self) -> list[str]:
        """All tags of the samples, sorted."""
        return sorted({tag for sample in self.samples for tag in sample.tags})

    def to_dict(self) -> dict[str, Any]:
        """What a list of datasets shows."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "version": self.version,
            "content_hash": self.content_hash,
            "sample_count": len(self.samples),
            "thresholds": asdict(self.validation_thresholds),
        }


def reference_datasets() -> Mapping[str, ReferenceDataset]:
    """The datasets by id, the same in every process."""
    datasets = (
        ReferenceDataset(
            "low_variance",
            "Low variance",
            "Steps without a price and with little risk.",
            tuple(_low_variance()),
            ValidationThresholds(1.0, 0.5, 2.0, 0.02, 0.05),
        ),
        ReferenceDataset(
            "high_variance",
            "High variance",
            "Prompts of all lengths, random workflows and timeouts.",
            tuple(_high_variance()),
            ValidationThresholds(10, 5, 15, 0.10, 0.15),
        ),
        ReferenceDataset(
            "mixed_city",
            "Mixed city",
            "Everyday workflows of several skills.",
            tuple(_mixed_city()),
            ValidationThresholds(5, 3, 10, 0.05, 0.10),
        ),
        ReferenceDataset(
            "noise_injected",
            "Noise injected",
            "Odd and broken plans.",
            tuple(_noise_injected()),
            ValidationThresholds(20, 10, 25, 0.30, 0.25),
        ),
        ReferenceDataset(
            "historical",
            "Historical",
            "Typical jobs of the past, written down by hand.",
            tuple(_historical()),
            ValidationThresholds(5, 3, 8, 0.05, 0.10),
        ),
    )
    return MappingProxyType({dataset.id: dataset for dataset in datasets})


def _low_variance() -> Iterable[DatasetSample]:
    for skill, count, confidence in (
        ("http_call", 10, 0.8),
        ("json_transform", 10, 0.95),
        ("kv_get", 5, 0.95),
        ("kv_set", 5, 0.95),
    ):
        for number in range(count):
            params = (
                {"url": f"https://api.example.com/{number}"}
                if skill == "http_call"
                else {"key": f"k{number}"}
            )
            yield DatasetSample(
                f"low-{skill}-{number}",
                (_step(skill, **params),),
                100,
                FREE,
                True,
                confidence,
                ("single", skill),
            )


def _high_variance() -> Iterable[DatasetSample]:
    prices: dict[int, CostRange] = {
        100: (3, 5),
        500: (4, 6),
        1000: (6, 8),
        2000: (9, 11),
        4000: (11, 13),
        8000: (13, 17),
    }
    for chars, price in prices.items():
        yield DatasetSample(
            f"high-prompt-{chars}", (_ask(chars),), 50, price, True, 0.7, ("llm_invoke", "prompt-length")
        )
    chance = random.Random(_SEED)  # noqa: S311 - reproducible content, nothing secret
    for number in range(5):
        skills = [
            chance.choice(("http_call", "json_transform", "llm_invoke")) for _ in range(chance.randint(3, 7))
        ]
        # A short prompt costs between 3 and 5 cents; the rest is free.
        asks = skills.count("llm_invoke")
        plan = tuple(
            _ask(chance.randint(50, 200)) if skill == "llm_invoke" else _step(skill, url="http://localhost/")
            for skill in skills
        )
        yield DatasetSample(
            f"high-workflow-{number}", plan, 200, (3 * asks, 5 * asks), True, 0.5, ("workflow", "random")
        )
    for number in range(5):
        timeout = chance.randint(10, 60)
        plan = (_step("http_call", url="https://slow.example.com/", timeout=timeout),)
        yield DatasetSample(f"high-timeout-{number}", plan, 100, FREE, True, 0.6, ("http_call", "timeout"))


def _mixed_city() -> Iterable[DatasetSample]:
    for number in range(10):
        plan: tuple[Step, ...] = (_step("kv_get", key=f"k{number}"), _step("json_transform"))
        yield DatasetSample(f"mixed-cache-{number}", plan, 50, FREE, True, None, ("cache",))
    for number in range(5):
        plan = (_http(), _ask(200), _step("json_transform"), _step("kv_set", key=f"k{number}"))
        yield DatasetSample(f"mixed-enrich-{number}", plan, 100, (3, 5), True, None, ("enrich",))
    for number in range(5):
        plan = (_step("json_transform"), _step("webhook_send", url="https://hooks.example.com/"))
        yield DatasetSample(f"mixed-notify-{number}", plan, 50, FREE, True, None, ("notify",))
    for number in range(5):
        plan = (_ask(300), _step("email_send", to="customer@example.com"))
        yield DatasetSample(f"mixed-mail-{number}", plan, 100, (4, 6), True, None, ("mail",))


def _noise_injected() -> Iterable[DatasetSample]:
    yield DatasetSample("noise-empty", (), 100, FREE, False, None, ("empty",))
    yield DatasetSample("noise-unknown", (_step("teleport"),), 100, (4, 6), True, 0.3, ("unknown",))
    yield DatasetSample("noise-no-budget", (_http(),), 0, FREE, True, None, ("budget",))
    yield DatasetSample("noise-one-cent", (_ask(100),), 1, (3, 5), False, None, ("budget",))
    steps = tuple(_step("json_transform") for _ in range(50))
    yield DatasetSample("noise-fifty-steps", steps, 100, FREE, True, None, ("length",))
    yield DatasetSample("noise-huge-prompt", (_ask(100_000),), 1000, (80, 100), True, 0.4, ("prompt-length",))
    yield DatasetSample("noise-no-url", (_step("http_call"),), 100, FREE, True, None, ("url",))
    yield DatasetSample("noise-repeated", (_http(), _http(), _http()), 100, FREE, True, None, ("repeated",))


def _historical() -> Iterable[DatasetSample]:
    yield DatasetSample(
        "history-integration", (_http(), _step("json_transform"), _http()), 100, FREE, True, None, ("api",)
    )
    yield DatasetSample("history-content", (_ask(500), _ask(300)), 100, (8, 11), True, None, ("content",))
    plan: tuple[Step, ...] = (
        _step("fs_read", path="in.csv"),
        _step("json_transform"),
        _ask(1000),
        _step("fs_write", path="out.csv"),
    )
    yield DatasetSample("history-pipeline", plan, 150, (6, 8), True, None, ("data",))
    yield DatasetSample(
        "history-notification",
        (_step("kv_get", key="user"), _step("email_send", to="customer@example.com")),
        50,
        (0, 2),
        True,
        None,
        ("notify",),
    )
    plan = (_http(), _step("kv_set", key="status"), _step("webhook_send", url="https://hooks.example.com/"))
    yield DatasetSample("history-monitoring", plan, 50, FREE, True, None, ("monitoring",))


def _step(skill: str, **params: Any) -> Step:
    return {"skill": skill, "params": params}


def _http() -> Step:
    return _step("http_call", url="https://api.example.com/")


def _ask(chars: int) -> Step:
    return _step("llm_invoke", prompt="x" * chars)
