"""A verifier that does not come to an end is a FAIL of its contract and of nothing else."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import gate_samples
import pytest
from gate_samples import contract, decide, shop

from archwright.contracts.language import Contract
from archwright.gate.deadline import DeadlineError, within
from archwright.model import CheckResult
from archwright.project.analysis import Analysis


def spin() -> None:
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            continue


def test_what_is_quick_returns_and_leaves_no_timer() -> None:
    before = signal.getsignal(signal.SIGALRM)
    assert within(5, lambda: 42) == 42
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_what_does_not_end_is_stopped() -> None:
    begin = time.monotonic()
    with pytest.raises(DeadlineError):
        within(0.05, spin)
    assert time.monotonic() - begin < 5
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_error_of_the_call_comes_out() -> None:
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)


def test_the_timer_of_somebody_else_goes_on() -> None:
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        within(5, lambda: time.sleep(0.05))
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.16
        time.sleep(0.3)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rung == [1]


def test_where_nothing_can_be_interrupted_being_late_is_found_out_afterwards() -> None:
    outcome: list[object] = []

    def run() -> None:
        outcome.append(within(5, lambda: "in time"))
        try:
            within(0.01, lambda: time.sleep(0.05))
        except DeadlineError as error:
            outcome.append(type(error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert outcome == ["in time", DeadlineError]


def test_the_contract_fails_and_the_others_are_decided_on_fresh_facts(tmp_path: Path) -> None:
    shop(tmp_path, contract("endless", name="endless", severity="warn"), contract())
    seen: list[Analysis] = []

    def check(contract: Contract, analysis: Analysis) -> CheckResult:
        seen.append(analysis)
        if contract.id == "endless":
            spin()
        return gate_samples.check(contract, analysis)

    report = decide(tmp_path, check=check, seconds=0.1)
    assert [(f.contract, f.evidence, f.verdict.value) for f in report.findings] == [
        ("endless", "verifier-timed-out", "FAIL"),
        ("no-json", "banned-import", "FAIL"),
    ]
    assert (
        report.findings[0].message == "the verifier did not finish within 0.1 s, so `endless` is not decided"
    )
    assert seen[0] is not seen[1]
    assert seen[0].project is seen[1].project
