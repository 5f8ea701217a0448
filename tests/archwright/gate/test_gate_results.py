"""Properties of the report: it depends on what was found, not on when."""

from __future__ import annotations

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from archwright.contracts.language import Contract
from archwright.gate.results import FileCounts, Report, build_report
from archwright.model import CheckResult, Finding, Location, Outcome, Verdict

names = st.sampled_from(["a", "b", "c"])
locations = st.builds(Location, names, st.integers(1, 3), st.integers(1, 3))


@st.composite
def decided(draw: st.DrawFn) -> list[tuple[Contract, CheckResult]]:
    """Contracts of two kinds with findings that partly share identities and places."""
    pairs: list[tuple[Contract, CheckResult]] = []
    for id in draw(st.lists(st.sampled_from(["p", "q", "r", "s"]), unique=True)):
        contract = Contract(
            id=id,
            kind=draw(st.sampled_from(["k", "l"])),
            why="w",
            fix="f",
            severity=draw(st.sampled_from(["fail", "warn"])),
        )
        finding = st.builds(
            Finding,
            st.just(id),
            st.sampled_from(["e", "vacuous"]),
            st.tuples(names),
            st.sampled_from([Outcome.FAIL, Outcome.UNDECIDED]),
            st.sampled_from(["m", "n"]),
            locations,
        )
        findings = tuple(draw(st.lists(finding, max_size=5)))
        passed = draw(st.integers(0, 3))
        pairs.append((contract, CheckResult(id, contract.kind, passed + len(findings), passed, findings)))
    return pairs


def build(pairs: list[tuple[Contract, CheckResult]], strict: bool = False) -> Report:
    return build_report(pairs, tool_version="1", contract_digest="0", strict=strict, files=FileCounts(1, 0))


@given(decided(), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_found_does_not_matter(
    pairs: list[tuple[Contract, CheckResult]], random: Random
) -> None:
    shuffled = []
    for contract, result in pairs:
        findings = list(result.findings)
        random.shuffle(findings)
        shuffled.append((contract, msgspec.structs.replace(result, findings=tuple(findings))))
    random.shuffle(shuffled)
    assert msgspec.json.encode(build(shuffled)) == msgspec.json.encode(build(pairs))


@given(decided(), st.booleans())
def test_numbers_and_verdict_follow_from_the_findings(
    pairs: list[tuple[Contract, CheckResult]], strict: bool
) -> None:
    report = build(pairs, strict)
    verdicts = [f.verdict for f in report.findings]
    assert report.total.failed == verdicts.count(Verdict.FAIL)
    assert report.total.warned == verdicts.count(Verdict.WARN)
    assert report.total.sites == sum(result.sites for _, result in pairs)
    assert sum(f.count for f in report.findings) == sum(len(result.findings) for _, result in pairs)
    assert len({f.identity for f in report.findings}) == len(report.findings)
    assert report.verdict is Verdict.worst(verdicts)
    assert report.failed == (Verdict.FAIL in verdicts or (strict and Verdict.WARN in verdicts))
    for column in ("contracts", "sites", "decided", "passed", "warned", "failed"):
        assert getattr(report.total, column) == sum(getattr(row, column) for row in report.rows)


@given(decided())
def test_a_failure_of_a_contract_that_fails_is_never_softened(
    pairs: list[tuple[Contract, CheckResult]],
) -> None:
    report = build(pairs)
    verdicts = {f.identity: f.verdict for f in report.findings}
    for contract, result in pairs:
        for finding in result.findings:
            hard = contract.severity == "fail" or finding.evidence == "vacuous"
            if finding.outcome is Outcome.FAIL and hard:
                assert verdicts[finding.identity] is Verdict.FAIL
