"""A contract about very many functions comes to an end: what there is no room for is undecided, and always the same."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from archwright.contracts.language import Topologies
from archwright.contracts.patterns import SymbolPattern
from archwright.contracts.selectors import Selector
from archwright.facts.store import FactStore
from archwright.model import CheckResult, Outcome
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.project.requests import registering
from archwright.verifiers.reads import parts
from archwright.verifiers.reads.clock import ClockContract, check_clock

_CODE = "import time\ndef plain(x):\n    a = x\n    return a\n" + "".join(
    f"def read_{i}(x):\n    plain(x)\n    return {'time.time()' if i % 2 else 'plain(x)'}\n" for i in range(8)
)


def _analysis(store: FactStore) -> Analysis:
    return Analysis(build_project([("m.py", "m", False)], lambda _: _CODE.encode(), Topologies(()), store))


def _contract() -> ClockContract:
    reads = Selector(function=(SymbolPattern("m.read_*"),))
    return ClockContract(id="clock", kind="reads", rule="clock", why="w", fix="f", reads=reads)


def _told(result: CheckResult) -> list[tuple[Outcome, str, tuple[str, ...]]]:
    return [(finding.outcome, finding.evidence, finding.symbols) for finding in result.findings]


def test_what_there_is_no_room_for_is_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FactStore(tmp_path)
    analysis, contract = _analysis(store), _contract()
    whole = check_clock(contract, analysis)
    assert (whole.sites, whole.passed) == (8, 4)
    assert {outcome for outcome, _, _ in _told(whole)} == {Outcome.FAIL}
    monkeypatch.setattr(parts, "_MAX_STATEMENTS", 20)
    bounded = check_clock(contract, _analysis(store))
    undecided = [f for f in bounded.findings if f.outcome is Outcome.UNDECIDED]
    assert bounded.sites == 8
    assert {f.evidence for f in undecided} == {"too-much"}
    assert 0 < len(undecided) < 8
    # What was found out before, when there was room for it, changes nothing.
    assert _told(check_clock(contract, analysis)) == _told(bounded)
    assert check_clock(contract, analysis).passed == bounded.passed


_REGISTERING = """
handlers = {}
def register(name, handler): handlers[name] = handler
def first(): register("a", read_a)
def second(): register("b", read_b)
def read_a(): return 1
def read_b(): return 2
"""


def test_what_is_registered_beyond_the_bound_is_one_undecided_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FactStore(tmp_path)
    registered = Selector(call=(SymbolPattern("m.register"),))

    def found(
        selector: Selector | None, code: str = _REGISTERING
    ) -> list[tuple[Outcome, str, tuple[str, ...]]]:
        contract = msgspec.structs.replace(_contract(), registered_by=selector)
        project = build_project([("m.py", "m", False)], lambda _: code.encode(), Topologies(()), store)
        return _told(check_clock(contract, Analysis(project)))

    assert found(registered) == []
    monkeypatch.setattr(registering, "_MOST_STATEMENTS", 1)
    undecided = (Outcome.UNDECIDED, "too-much-registered", ("m.second",))
    assert found(registered) == [undecided]
    assert found(None) == []
    assert found(registered, _REGISTERING.replace("def read_", "def other_")) == []
