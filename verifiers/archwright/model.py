"""The result model: what a verifier says about code, as frozen data.

Everything a report prints, a baseline records or a waiver names is one of these values; text is only one rendering of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec


class Outcome(str, Enum):
    """What the evidence says about one site: three values, never a guess."""

    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAIL = "fail"
    UNDECIDED = "undecided"


class Verdict(str, Enum):
    """What a finding, a contract or a whole run amounts to."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a secret
    WARN = "WARN"
    FAIL = "FAIL"

    @staticmethod
    def worst(verdicts: Iterable[Verdict]) -> Verdict:
        """The worst of *verdicts*; PASS when there are none."""
        return max(verdicts, key=_SEVERITY.__getitem__, default=Verdict.PASS)


_SEVERITY = {Verdict.PASS: 0, Verdict.WARN: 1, Verdict.FAIL: 2}


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a file. Lines and columns count from 1; ``end_column`` is the column after the last character."""

    path: str
    """Relative to the project directory, with forward slashes."""
    line: int
    column: int = 1
    end_line: int = 0
    """0 where only the start is known."""
    end_column: int = 0


class Step(msgspec.Struct, frozen=True):
    """One hop of an evidence path: an import in a chain, a call, or a point on the way through a function."""

    text: str
    location: Location | None = None


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, or that could not be decided."""

    contract: str
    evidence: str
    """The kind of evidence, e.g. ``forbidden-import``; part of the identity."""
    symbols: tuple[str, ...]
    """The qualified names the finding is about; part of the identity."""
    outcome: Outcome
    message: str
    """Subject and problem in one sentence. Never part of the identity."""
    location: Location
    steps: tuple[Step, ...] = ()

    @property
    def identity(self) -> str:
        """Stable across moves, reformatting and rewording: contract, kind of evidence and qualified symbols."""
        return f"{self.contract}|{self.evidence}|{' -> '.join(self.symbols)}"


class CheckResult(msgspec.Struct, frozen=True):
    """What one contract came to: its denominator and its findings."""

    contract: str
    kind: str
    sites: int
    """Places the contract had something to say about."""
    passed: int
    """Sites with positive evidence that the contract holds."""
    findings: tuple[Finding, ...] = ()

    @property
    def decided(self) -> int:
        """Sites about which the evidence was conclusive, either way."""
        return self.sites - sum(f.outcome is Outcome.UNDECIDED for f in self.findings)
