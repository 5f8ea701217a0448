"""Counts sites and collects findings while a contract is decided."""

from __future__ import annotations

from archwright.contracts.language import Contract
from archwright.model import CheckResult, Finding, Location, Outcome, Step


class Tally:
    """What one contract comes to, as it is being found out."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._sites = 0
        self._passed = 0
        self._findings: list[Finding] = []

    @property
    def sites(self) -> int:
        """How many sites have been judged so far."""
        return self._sites

    def passed(self, sites: int = 1) -> None:
        """Sites with evidence that the contract holds."""
        self._sites += sites
        self._passed += sites

    def failed(
        self,
        evidence: str,
        symbols: tuple[str, ...],
        message: str,
        location: Location,
        steps: tuple[Step, ...] = (),
        sites: int = 1,
    ) -> None:
        """Evidence that the contract does not hold at a site, or at several *sites* for one reason."""
        self._add(evidence, symbols, Outcome.FAIL, message, location, steps)
        self._sites += sites - 1

    def undecided(
        self,
        evidence: str,
        symbols: tuple[str, ...],
        message: str,
        location: Location,
        steps: tuple[Step, ...] = (),
    ) -> None:
        """A site where the evidence does not suffice."""
        self._add(evidence, symbols, Outcome.UNDECIDED, message, location, steps)

    def add(self, other: Tally) -> None:
        """What a part of the code has come to."""
        self._sites += other._sites
        self._passed += other._passed
        self._findings += other._findings

    def result(self) -> CheckResult:
        """The result, findings in order of place."""
        found = sorted(self._findings, key=lambda f: (f.location, f.identity))
        return CheckResult(self._contract.id, self._contract.kind, self._sites, self._passed, tuple(found))

    def _add(
        self,
        evidence: str,
        symbols: tuple[str, ...],
        outcome: Outcome,
        message: str,
        location: Location,
        steps: tuple[Step, ...],
    ) -> None:
        self._sites += 1
        plain = tuple(
            map(str, symbols)
        )  # names from contracts know where they stand there; findings are stored
        self._findings.append(Finding(self._contract.id, evidence, plain, outcome, message, location, steps))
