"""Whatever waivers, baseline and change say: no finding is lost, and nothing hides what was not looked at."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from archwright.contracts.language import Contract, Day, Located, Waiver
from archwright.gate.baseline import Baseline
from archwright.gate.codebase import PARSE
from archwright.gate.policy import Change, Policy, settle
from archwright.gate.results import NOT_DECIDED, Decided, FileCounts, Report, build_report
from archwright.model import CheckResult, Finding, Location, Outcome, Verdict

TODAY = date(2026, 6, 1)
IDS = ["p", "q", "parse"]
SYMBOLS = ["a.x", "a.y", "b.x"]

findings = st.builds(
    lambda contract, evidence, symbol, outcome, path: Finding(
        contract, evidence, (symbol,), outcome, "m", Location(path, 1)
    ),
    st.sampled_from(IDS),
    st.sampled_from(["e", "f", "vacuous", "verifier-crashed", "verifier-timed-out"]),
    st.sampled_from(SYMBOLS),
    st.sampled_from([Outcome.FAIL, Outcome.UNDECIDED]),
    st.sampled_from(["a.py", "b.py"]),
)
waivers = st.builds(
    lambda contract, symbol, days, number, owner: Waiver(
        contract=Located(contract),
        symbol=Located(symbol),
        owner=owner,
        reason="r",
        until=Day(TODAY + timedelta(days=days)),
        findings=number,
    ),
    st.sampled_from(["p", "q", "parse", "unknown"]),
    st.sampled_from([*SYMBOLS, "a.*", "*", "gone"]),
    st.integers(-2, 400),
    st.integers(1, 3),
    st.sampled_from(["o", None]),
)


def decided(found: list[Finding]) -> list[Decided]:
    """Results of the contracts of ``IDS``."""
    pairs: list[Decided] = []
    for id in IDS:
        contract = PARSE if id == PARSE.id else Contract(id=id, kind="k", why="w", fix="f")
        own = tuple(f for f in found if f.contract == id)
        pairs.append((contract, CheckResult(id, contract.kind, len(own) + 1, 1, own)))
    return pairs


def report_of(pairs: list[Decided], written: list[Waiver], policy: Policy) -> Report:
    settled = settle(pairs, written, policy, complete=True)
    return build_report(
        (*pairs, *settled.decided),
        tool_version="1",
        contract_digest="",
        strict=True,
        files=FileCounts(1, 0),
        suppressed=settled.suppressed,
        limit=settled.limit,
    )


@settings(deadline=None)
@given(
    st.lists(findings, max_size=8),
    st.lists(waivers, max_size=4),
    st.none() | st.lists(findings, max_size=4),
    st.none() | st.tuples(st.frozensets(st.sampled_from(["a.py", "b.py"])), st.lists(findings, max_size=4)),
)
def test_no_finding_is_lost_and_nothing_hides_what_was_not_looked_at(
    found: list[Finding],
    written: list[Waiver],
    known: list[Finding] | None,
    changed: tuple[frozenset[str], list[Finding]] | None,
) -> None:
    pairs = decided(found)
    baseline = (
        None if known is None else Baseline("baseline.txt", {f.identity: n for n, f in enumerate(known, 4)})
    )
    change = None
    if changed is not None:
        paths, before = changed
        change = Change("c", paths, lambda: {f.identity: Verdict.FAIL for f in before})
    whole = report_of(pairs, written, Policy(TODAY, baseline))
    report = report_of(pairs, written, Policy(TODAY, baseline, change))
    everything = {f.identity for f in found}

    counting = {f.identity for f in whole.findings if f.kind != "gate"}
    silent = {f.identity for f in whole.suppressed}
    assert counting | silent == everything
    assert not counting & silent
    for finding in (*whole.suppressed, *report.suppressed):
        assert finding.evidence not in NOT_DECIDED
        assert finding.contract != PARSE.id
        assert finding.suppression is not None
    for identity in {f.identity for f in found if f.evidence in NOT_DECIDED}:
        assert identity in counting
        assert identity in {f.identity for f in report.findings}
    assert whole.total.suppressed == len(silent)
    assert whole.failed == bool(whole.findings)

    if baseline is not None:
        lost = {f.contract for f in found if f.evidence in NOT_DECIDED}
        waived = {f.identity for f in whole.suppressed if f.suppression and f.suppression.by == "waiver"}
        allowed = {
            f.identity for f in found if f.evidence not in NOT_DECIDED and f.contract != PARSE.id
        } - waived
        gone = {f.symbols[0] for f in whole.findings if f.evidence == "fixed-finding"}
        assert gone == {i for i in baseline.lines if i not in allowed and i.partition("|")[0] not in lost}

    if change is not None:
        assert report.scope is not None
        shown = {f.identity for f in report.findings}
        assert shown <= {f.identity for f in whole.findings}
        assert len(shown) + report.scope.outside == len(whole.findings)
        for finding in whole.findings:
            if finding.location.path in change.paths:
                assert finding.identity in shown


@settings(deadline=None)
@given(st.lists(findings, max_size=6), st.lists(waivers, max_size=4))
def test_every_waiver_covers_something_or_is_a_finding(found: list[Finding], written: list[Waiver]) -> None:
    pairs = decided(found)
    report = report_of(pairs, written, Policy(TODAY))
    lost = {f.contract for f in found if f.evidence in NOT_DECIDED}
    judged = [waiver for waiver in written if waiver.contract not in lost]
    wrong = {f.symbols for f in report.findings if f.contract == "waivers"}
    for waiver in judged:
        covered = [f for f in report.suppressed if waiver.covers(f.contract, f.symbols)]
        if (waiver.contract, waiver.symbol) not in wrong:
            assert len(covered) >= waiver.findings
            assert waiver.owner
            assert waiver.until is not None
            assert TODAY <= waiver.until.date <= TODAY + timedelta(days=366)
            assert waiver.symbol != "*"
