"""Real files with bytes, lines and tokens taken out, doubled and exchanged: no crash; what is broken by it is one finding."""

from __future__ import annotations

import re
import sysconfig
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from benchmarks.every_kind import CONTRACTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archwright.gate.results import CRASHED, TIMED_OUT, Report
from archwright.gate.run import run

LIBRARY = Path(sysconfig.get_path("stdlib"))
CORPUS = Path(__file__).parent.parent.parent / "corpus"
MOST_BYTES = 6_000
FILES = [
    *(path for path in sorted(LIBRARY.glob("*.py")) if path.stat().st_size < MOST_BYTES),
    *(path for path in sorted(CORPUS.rglob("src/**/*.py")) if 400 < path.stat().st_size < MOST_BYTES),
]
ABOUT_PATHS = ("topology-naming",)
"""Decided from where a file is: also of one that cannot be read."""
PARTS = {
    "bytes": re.compile(rb"[\s\S]"),
    "tokens": re.compile(rb"\w+|[^\w\s]|\s+"),
    "lines": re.compile(rb"[^\n]*\n|[^\n]+"),
}


def changed(parts: list[bytes], changes: Iterable[tuple[str, int, int]]) -> bytes:
    """*parts* after changes: what is done, to which part, with which other."""
    parts = list(parts)
    for how, first, second in changes:
        if not parts:
            break
        at, other = first % len(parts), second % len(parts)
        if how == "delete":
            del parts[at : at + 1 + second % 3]
        elif how == "double":
            parts.insert(at, parts[at])
        elif how == "copy":
            parts.insert(at, parts[other])
        else:
            parts[at], parts[other] = parts[other], parts[at]
    return b"".join(parts)


NUMBERS = st.integers(0, 10**6)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["delete", "double", "copy", "exchange"]), NUMBERS, NUMBERS),
    min_size=1,
    max_size=4,
)
MUTANTS = st.builds(
    lambda path, unit, changes: changed(PARTS[unit].findall(path.read_bytes()), changes),
    st.sampled_from(FILES),
    st.sampled_from(sorted(PARTS)),
    CHANGES,
)


def judged(directory: Path, mutants: list[bytes]) -> Report:
    (directory / "contracts").mkdir(parents=True, exist_ok=True)
    (directory / "contracts/all.yaml").write_bytes(CONTRACTS.read_bytes())
    root = directory / "src/odd"
    root.mkdir(parents=True, exist_ok=True)
    for old in root.iterdir():
        old.unlink()
    (root / "known.py").write_text(
        "import fastapi\n\n\ndef late():\n    import time\n    return time.time()\n"
    )
    for number, content in enumerate(mutants):
        (root / f"mutant{number}.py").write_bytes(content)
    return run(directory, jobs=1, seconds=60)


@given(st.lists(MUTANTS, min_size=3, max_size=6))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_mutants_are_decided_or_one_finding(
    tmp_path_factory: pytest.TempPathFactory, mutants: list[bytes]
) -> None:
    report = judged(tmp_path_factory.getbasetemp() / "mutants", mutants)
    ill = [(f.contract, f.message) for f in report.findings if f.evidence in (CRASHED, TIMED_OUT)]
    assert ill == []
    unreadable = {f.location.path for f in report.findings if f.evidence == "unreadable-file"}
    counts = Counter(f.location.path for f in report.findings if f.contract not in ABOUT_PATHS)
    assert {path: counts[path] for path in unreadable if counts[path] != 1} == {}
    assert not any("cannot be analysed" in f.message for f in report.findings)
    known = {f.contract for f in report.findings if f.location.path == "src/odd/known.py"}
    assert known >= {"imports-only", "effects-forbid"}, "the other files are decided all the same"
