"""A clock that many reads come to is one thing to repair: one finding, which names the reads."""

from __future__ import annotations

from archwright.contracts.language import Topologies
from archwright.contracts.patterns import SymbolPattern
from archwright.contracts.selectors import Selector
from archwright.facts.store import FactStore
from archwright.model import CheckResult, Outcome
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.verifiers.reads.clock import ClockContract, check_clock

_READERS = ("read_a", "read_b", "read_c", "read_d", "read_e")


def _checked(code: str) -> CheckResult:
    project = build_project(
        [("m.py", "m", False)], lambda _: code.encode(), Topologies(()), FactStore(None, jobs=1)
    )
    reads = Selector(function=(SymbolPattern("m.read_*"),))
    contract = ClockContract(id="still", kind="reads", rule="clock", why="w", fix="f", reads=reads)
    return check_clock(contract, Analysis(project))


def _code(readers: tuple[str, ...]) -> str:
    bodies = "".join(f"def {name}():\n    return _session()\n" for name in readers)
    quiet = "def read_nothing():\n    return 1\ndef read_own():\n    return time.time()\n"
    return f"import os, time\ndef _session():\n    return os.environ['A']\n{bodies}{quiet}"


def test_all_reads_that_come_to_one_cause_are_in_one_finding() -> None:
    result = _checked(_code(_READERS))
    assert (result.sites, result.passed) == (7, 1)
    shared, own = result.findings
    assert {f.outcome for f in result.findings} == {Outcome.FAIL}
    assert shared.symbols == ("m._session", "os.environ")
    assert shared.location.line == 3
    assert shared.message == (
        "`m._session` asks `os.environ` (env): the answers of `m.read_a`, `m.read_b`, `m.read_c` and 2 more"
        " are others the next time"
    )
    told = " ".join(step.text for step in shared.steps)
    assert all(f"`m.{name}`" in told for name in _READERS)
    assert own.symbols == ("m.read_own", "time.time")
    assert (
        own.message
        == "`m.read_own` asks `time.time` (clock): the answer of `m.read_own` is another one the next time"
    )


def test_another_reader_is_no_other_finding() -> None:
    few, many = _checked(_code(_READERS[:1])), _checked(_code(_READERS))
    assert [f.identity for f in few.findings] == [f.identity for f in many.findings]
    assert many.sites == few.sites + 4
