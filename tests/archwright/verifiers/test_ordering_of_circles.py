"""Functions that call each other in a circle: who enters it counts, and many ways through it come to an end."""

from __future__ import annotations

from pathlib import Path

import pytest

from archwright.gate.results import Report
from archwright.gate.run import run
from archwright.verifiers.ordering import obligations

_CONTRACT = """
topology:
  roots: [src]
  cover: "shop.**"
  layers:
    - {id: all, name: All, modules: "shop.**", contract: "anything"}
  wiring: {all: {}}
contracts:
  - id: checked-first
    kind: ordering
    sink: {call: "shop.store.write"}
    dominated_by:
      any:
        - {completed: {call: "shop.store.check"}}
        - {raises_unless: "it is ready", condition: "a and not b"}
    why: w
    fix: f
"""
_STORE = "def check(): ...\n\n\ndef write(): ...\n"
_CIRCLE = "from shop.store import check, write\n\n\ndef ping():\n    pong()\n    write()\n\n\ndef pong():\n    ping()\n"


def judged(directory: Path, code: str) -> Report:
    for path, text in (
        ("contracts/topology.yaml", _CONTRACT),
        ("src/shop/store.py", _STORE),
        ("src/shop/use.py", code),
    ):
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    return run(directory, jobs=1)


def test_a_circle_nobody_enters_has_to_show_it_itself(tmp_path: Path) -> None:
    assert [f.evidence for f in judged(tmp_path, _CIRCLE).findings] == ["not-dominated"]


@pytest.mark.parametrize(("entry", "found"), [("    check()\n    pong()\n", 0), ("    pong()\n", 1)])
def test_whoever_enters_a_circle_answers_for_it(tmp_path: Path, entry: str, found: int) -> None:
    assert len(judged(tmp_path, f"{_CIRCLE}\n\ndef enter():\n{entry}").findings) == found


def _dense(functions: int) -> str:
    """Every function calls every other one, under a condition each, with arguments that change places."""
    return "from shop.store import check, write\n" + "".join(
        f"\n\ndef f{i}(a, b, c):\n"
        + "".join(f"    if c == {j}:\n        f{j}(b, a, c)\n" for j in range(functions) if j != i)
        + "    write()\n"
        for i in range(functions)
    )


def test_a_dense_circle_is_decided(tmp_path: Path) -> None:
    report = judged(tmp_path, _dense(3))
    assert [f.evidence for f in report.findings] == ["not-dominated"] * 3


def test_what_leads_too_many_ways_is_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound, steps in (("_MOST_STEPS", 3_000), ("_ALL_STEPS", 6_000), ("_LEAST_STEPS", 500)):
        monkeypatch.setattr(obligations, bound, steps)
    report = judged(tmp_path, _dense(9))
    assert {f.evidence for f in report.findings} == {"undecided-order"}
    assert [f.symbols for f in report.findings] == [(f"shop.use.f{n}", "shop.store.write") for n in range(9)]
    assert "too many ways lead to `write`" in report.findings[0].message
