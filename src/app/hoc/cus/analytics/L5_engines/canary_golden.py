# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Compares a canary run with a recorded one that was judged good.
# Callers: L5 canary_engine
# Allowed Imports: stdlib, L5_engines
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""The golden comparison: the same input must give the same V2 output as in the golden run.

A golden file *is* the ``canary_comparisons.jsonl`` of an accepted run: copy it into the golden directory to
bless it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.hoc.cus.analytics.L5_engines.canary_evaluation import SampleOutcome

GOLDEN_FILE = "canary_comparisons.jsonl"
LISTED_CHANGES = 20


class GoldenFileError(ValueError):
    """The golden directory holds no usable golden file."""


@dataclass(frozen=True)
class GoldenComparison:
    """Outcome of the golden comparison. ``changed`` are the samples whose V2 output differs from the
    golden one.
    """

    golden_samples: int
    compared: int
    changed: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the run does not hold up against the golden one; empty when it does."""
        if not self.compared:
            return ("golden comparison: the golden file knows none of these samples; record one that does",)
        if self.changed:
            names = ", ".join(self.changed[:LISTED_CHANGES])
            return (f"golden comparison: {len(self.changed)} of {self.compared} samples changed: {names}",)
        return ()

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain JSON data."""
        return {
            "golden_samples": self.golden_samples,
            "compared": self.compared,
            "matching": self.compared - len(self.changed),
            "changed": list(self.changed),
            "passed": not self.reasons,
        }


def load_golden(directory: Path) -> Mapping[str, str]:
    """Read the golden file: input hash -> V2 output hash. Raises ``GoldenFileError`` saying what is
    wrong and where.
    """
    path = directory / GOLDEN_FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldenFileError(f"golden file {GOLDEN_FILE} cannot be read: {type(error).__name__}") from error
    golden: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            if entry["v2_output_hash"] is not None:
                golden[str(entry["input_hash"])] = str(entry["v2_output_hash"])
        except (ValueError, KeyError, TypeError) as error:
            raise GoldenFileError(
                f"golden file {GOLDEN_FILE}, line {number} is no comparison of a canary run"
            ) from error
    if not golden:
        raise GoldenFileError(f"golden file {GOLDEN_FILE} holds no compared sample")
    return golden


def compare_with_golden(golden: Mapping[str, str], outcomes: Sequence[SampleOutcome]) -> GoldenComparison:
    """Compare the outputs of all samples whose input the golden run knows."""
    known = [
        (outcome, outcome.compared)
        for outcome in outcomes
        if outcome.compared is not None and outcome.input_hash in golden
    ]
    changed = [
        outcome.sample_id
        for outcome, compared in known
        if compared.v2.compute_output_hash() != golden[outcome.input_hash]
    ]
    return GoldenComparison(len(golden), len(known), tuple(changed))
