"""What of a run counts: waivers, the baseline, and the change a report is limited to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import msgspec

from archwright.contracts.waivers import Waiver
from archwright.gate.baseline import Baseline, judge_baseline
from archwright.gate.files import PARSE
from archwright.gate.results import NOT_DECIDED, Decided, Limit, ReportedFinding, Suppression, reported
from archwright.gate.waivers import judge_waivers
from archwright.model import Verdict


class Change(msgspec.Struct, frozen=True):
    """A change of the code base, to which a report can be limited."""

    name: str
    """For people: ``staged``, ``since main``."""
    paths: frozenset[str]
    """Files it adds, edits or deletes, relative to the project; of a renamed file both names."""
    before: Callable[[], Mapping[str, Verdict]]
    """The findings that counted before it, by identity. Asked only where the paths do not tell."""


class Policy(msgspec.Struct, frozen=True):
    """What does not count, and as of which day."""

    today: date
    baseline: Baseline | None = None
    change: Change | None = None


class Settled(msgspec.Struct, frozen=True):
    """What a policy comes to for the findings of one run."""

    decided: tuple[Decided, ...] = ()
    """The built-in contracts on waivers and baseline."""
    suppressed: Mapping[str, Suppression] = {}
    limit: Limit | None = None


def settle(
    decided: Iterable[Decided], waivers: Iterable[Waiver], policy: Policy | None, *, complete: bool
) -> Settled:
    """Applies *policy* and *waivers* to what the verifiers *decided*. *complete*: they decided all contracts."""
    if policy is None:
        return Settled()
    ran = list(decided)
    findings = [f for f in reported(ran) if suppressible(f)]
    lost = {
        contract.id for contract, result in ran if any(f.evidence in NOT_DECIDED for f in result.findings)
    }
    here = {contract.id for contract, _ in ran}
    judged: list[Decided] = []
    suppressed: dict[str, Suppression] = {}
    # What is wrong with a waiver of a contract that was not decided, this run cannot know.
    asked = [w for w in waivers if complete or w.contract in here]
    if asked:
        known = here - {PARSE.id}
        decidable = [w for w in asked if w.contract not in lost]
        suppressed, result = judge_waivers(decidable, findings, known, policy.today)
        judged.append(result)
    if policy.baseline is not None:
        unwaived = [f for f in findings if f.identity not in suppressed]
        baselined, result = judge_baseline(policy.baseline, unwaived, lost)
        suppressed |= baselined
        judged.append(result)
    if not complete:
        judged = []
    limit = None if policy.change is None else _limit(policy.change)
    return Settled(tuple(judged), suppressed, limit)


def suppressible(finding: ReportedFinding) -> bool:
    """Whether a finding may be waived or be in a baseline: not when it says that something was not looked at."""
    return finding.contract != PARSE.id and finding.evidence not in NOT_DECIDED


def _limit(change: Change) -> Limit:
    known: list[Mapping[str, Verdict]] = []

    def lies_in(finding: ReportedFinding) -> bool:
        places = [finding.location, *(step.location for step in finding.steps)]
        return any(place is not None and place.path in change.paths for place in places)

    def is_new(finding: ReportedFinding) -> bool:
        if finding.evidence in NOT_DECIDED:
            return True
        if not known:
            known.append(change.before())
        before = known[0].get(finding.identity, Verdict.PASS)
        return before is not Verdict.worst([before, finding.verdict])

    return Limit(change.name, len(change.paths), lies_in, is_new)
