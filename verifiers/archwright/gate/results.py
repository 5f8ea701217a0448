"""The outcome of a run as frozen data: what every output format reads, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal

import msgspec

from archwright.contracts.language import Contract
from archwright.model import CheckResult, Finding, Location, Outcome, Step, Verdict

VACUOUS = "vacuous"
"""Evidence that a contract found no site although it expects some, or found some although it expects none."""
CRASHED = "verifier-crashed"
"""Evidence that a contract could not be decided because of a defect in the suite."""
TIMED_OUT = "verifier-timed-out"
"""Evidence that a contract could not be decided in the time there is for one."""
NOT_DECIDED = frozenset({VACUOUS, CRASHED, TIMED_OUT})
"""Evidence that a contract decided nothing; no severity softens that, and nothing suppresses it."""


class Suppression(msgspec.Struct, frozen=True):
    """Why a finding does not count."""

    by: Literal["waiver", "baseline"]
    location: Location
    """Where that is written."""
    owner: str | None = None
    reason: str | None = None
    until: date | None = None


class ReportedFinding(msgspec.Struct, frozen=True):
    """A finding with its verdict; findings of one identity are one."""

    contract: str
    kind: str
    verdict: Verdict
    evidence: str
    symbols: tuple[str, ...]
    message: str
    location: Location
    """The first place, where there are several."""
    steps: tuple[Step, ...]
    count: int
    """How many places it stands for."""
    identity: str
    suppression: Suppression | None = None


class ContractResult(msgspec.Struct, frozen=True):
    """What one contract says, and what it came to."""

    id: str
    kind: str
    rule: str
    """Which rule of the kind; empty where the kind has only one."""
    severity: str
    why: str
    fix: str
    owner: str | None
    origin: Location
    """Where it is written; line 0 for a contract that is built in."""
    verdict: Verdict
    sites: int
    decided: int
    passed: int
    warned: int
    """Findings, not sites: one finding may stand for several."""
    failed: int
    suppressed: int = 0
    """Findings that do not count: waived, or in the baseline."""


class MatrixRow(msgspec.Struct, frozen=True):
    """One line of the matrix: a kind of contract, or the total."""

    kind: str
    contracts: int
    sites: int
    decided: int
    passed: int
    warned: int
    failed: int
    suppressed: int = 0


class FileCounts(msgspec.Struct, frozen=True):
    """How much code was looked at."""

    found: int
    unreadable: int


class Scope(msgspec.Struct, frozen=True):
    """The change to which a report is limited. The verdicts rest on the whole code base."""

    change: str
    """Which change: ``staged``, ``since main``."""
    files: int
    """How many files it touches."""
    outside: int
    """Findings that are not reported because the change does not touch them."""


class Report(msgspec.Struct, frozen=True):
    """Everything a run found out."""

    tool_version: str
    contract_digest: str
    """Identifies the contract files: 32 hexadecimal digits."""
    strict: bool
    """Whether a WARN fails the run."""
    verdict: Verdict
    files: FileCounts
    rows: tuple[MatrixRow, ...]
    """By kind."""
    total: MatrixRow
    contracts: tuple[ContractResult, ...]
    """By kind, then id."""
    findings: tuple[ReportedFinding, ...]
    """Those that count, by place."""
    suppressed: tuple[ReportedFinding, ...] = ()
    """Those that do not, by place."""
    scope: Scope | None = None
    """None: everything is reported."""

    @property
    def failed(self) -> bool:
        """Whether the run does not let the code pass."""
        return self.verdict is Verdict.FAIL or (self.strict and self.verdict is Verdict.WARN)


class Limit(msgspec.Struct, frozen=True):
    """What a report is limited to."""

    change: str
    files: int
    lies_in: Callable[[ReportedFinding], bool]
    """Whether a finding is in the files of the change, or leads through them."""
    is_new: Callable[[ReportedFinding], bool]
    """Whether it did not count before the change, or for less."""


Decided = tuple[Contract, CheckResult]
"""A contract and what its verifier said."""


def reported(decided: Iterable[Decided]) -> list[ReportedFinding]:
    """The findings with their verdicts, one for each identity, by place."""
    found = [finding for contract, result in decided for finding in _merged(contract, result.findings)]
    return sorted(found, key=_by_place)


def build_report(
    decided: Iterable[Decided],
    *,
    tool_version: str,
    contract_digest: str,
    strict: bool,
    files: FileCounts,
    suppressed: Mapping[str, Suppression] = MappingProxyType({}),
    limit: Limit | None = None,
) -> Report:
    """The report of contracts and what they came to, independent of the order they are given in.

    *suppressed*: what keeps findings from counting, by their identities.
    """
    contracts: list[ContractResult] = []
    counting: list[ReportedFinding] = []
    silent: list[ReportedFinding] = []
    outside = 0
    for contract, result in decided:
        own: list[ReportedFinding] = []
        quiet: list[ReportedFinding] = []
        for finding in _merged(contract, result.findings):
            inside = limit is None or limit.lies_in(finding)
            if finding.identity in suppressed:
                if inside:
                    quiet.append(msgspec.structs.replace(finding, suppression=suppressed[finding.identity]))
            elif inside or (limit is not None and limit.is_new(finding)):
                own.append(finding)
            else:
                outside += 1
        counting += own
        silent += quiet
        contracts.append(_contract_result(contract, result, own, len(quiet)))
    contracts.sort(key=lambda c: (c.kind, c.id))
    kinds: dict[str, list[ContractResult]] = {}
    for entry in contracts:
        kinds.setdefault(entry.kind, []).append(entry)
    return Report(
        tool_version=tool_version,
        contract_digest=contract_digest,
        strict=strict,
        verdict=Verdict.worst(contract.verdict for contract in contracts),
        files=files,
        rows=tuple(_row(kind, of_kind) for kind, of_kind in kinds.items()),
        total=_row("total", contracts),
        contracts=tuple(contracts),
        findings=tuple(sorted(counting, key=_by_place)),
        suppressed=tuple(sorted(silent, key=_by_place)),
        scope=Scope(limit.change, limit.files, outside) if limit is not None else None,
    )


def _by_place(finding: ReportedFinding) -> tuple[str, int, int, str, str]:
    where = finding.location
    return where.path, where.line, where.column, finding.contract, finding.identity


def _merged(contract: Contract, findings: Iterable[Finding]) -> list[ReportedFinding]:
    """One finding per identity, at its first place; the worst verdict of the places decides."""
    by_identity: dict[str, list[Finding]] = {}
    for finding in findings:
        by_identity.setdefault(finding.identity, []).append(finding)
    return [_reported(contract, same) for same in by_identity.values()]


def _reported(contract: Contract, same: list[Finding]) -> ReportedFinding:
    verdicts = {id(finding): _verdict(contract, finding) for finding in same}
    worst = Verdict.worst(verdicts.values())
    candidates = [finding for finding in same if verdicts[id(finding)] is worst]
    first = min(candidates, key=lambda f: (f.location, f.message))
    return ReportedFinding(
        contract=contract.id,
        kind=contract.kind,
        verdict=worst,
        evidence=first.evidence,
        symbols=first.symbols,
        message=first.message,
        location=first.location,
        steps=first.steps,
        count=len(same),
        identity=first.identity,
    )


def _verdict(contract: Contract, finding: Finding) -> Verdict:
    if finding.outcome is Outcome.UNDECIDED:
        return Verdict.WARN
    if contract.severity == "warn" and finding.evidence not in NOT_DECIDED:
        return Verdict.WARN
    return Verdict.FAIL


def _contract_result(
    contract: Contract, result: CheckResult, findings: list[ReportedFinding], suppressed: int
) -> ContractResult:
    counts: Mapping[Verdict, int] = {
        verdict: sum(finding.verdict is verdict for finding in findings) for verdict in Verdict
    }
    return ContractResult(
        id=contract.id,
        kind=contract.kind,
        rule=getattr(contract, "rule", ""),
        severity=contract.severity,
        why=contract.why,
        fix=contract.fix,
        owner=contract.owner,
        origin=contract.origin,
        verdict=Verdict.worst(finding.verdict for finding in findings),
        sites=result.sites,
        decided=result.decided,
        passed=result.passed,
        warned=counts[Verdict.WARN],
        failed=counts[Verdict.FAIL],
        suppressed=suppressed,
    )


def _row(kind: str, contracts: list[ContractResult]) -> MatrixRow:
    return MatrixRow(
        kind=kind,
        contracts=len(contracts),
        sites=sum(c.sites for c in contracts),
        decided=sum(c.decided for c in contracts),
        passed=sum(c.passed for c in contracts),
        warned=sum(c.warned for c in contracts),
        failed=sum(c.failed for c in contracts),
        suppressed=sum(c.suppressed for c in contracts),
    )
