"""``archwright check`` as an aggregator: the matrix, the time limit, several outputs at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import DYNAMIC, SHORTCUT
from click.testing import Result

from archwright.model import CheckResult

Run = Callable[..., Result]


def test_the_matrix_and_nothing_else(run: Run) -> None:
    result = run("check", "--matrix", files={**SHORTCUT, **DYNAMIC})
    assert result.exit_code == 1
    assert result.stdout == (
        "| Verifier | PASS | WARN | FAIL |\n"
        "|----------|------|------|------|\n"
        "| Imports | 2 | 1 | 1 |\n"
        "| Topology | 10 | 0 | 0 |\n"
        "| Aggregator | 2 | 0 | 1 |\n"
        "| **Total** | **14** | **1** | **2** |\n"
    )


def test_in_the_strict_matrix_a_contract_with_a_warning_fails(run: Run) -> None:
    result = run("check", "--matrix", "--strict", files=DYNAMIC)
    assert result.exit_code == 1
    assert "| Imports | 2 | 1 | 0 |\n" in result.stdout
    assert "| Aggregator (strict) | 2 | 0 | 1 |\n" in result.stdout


def test_the_matrix_goes_beside_other_formats_in_files(run: Run, shop: Path) -> None:
    result = run("check", "--matrix", "--format", "json=report.json", "--format", "html=report.html")
    assert result.exit_code == 0
    assert result.stdout.startswith("| Verifier |")
    assert (shop / "report.json").stat().st_size
    assert (shop / "report.html").stat().st_size
    wrong = run("check", "--matrix", "--format", "json")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "--matrix goes to stdout" in wrong.stderr


def test_a_verifier_that_does_not_end_fails_its_contract(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from archwright.verifiers.catalogue import KINDS
    from archwright.verifiers.topology import CoverContract

    def endless(_contract: object, _analysis: object) -> CheckResult:
        while True:
            time.sleep(0.01)

    monkeypatch.setitem(KINDS.rules("topology"), "cover", (CoverContract, endless))
    result = run("check", "--timeout", "0.2", "--no-cache", files=SHORTCUT)
    assert result.exit_code == 1
    assert (
        "FAIL covered: the verifier did not finish within 0.2 s, so `covered` is not decided" in result.stdout
    )
    assert "FAIL layers: `shop.api.shortcut`" in result.stdout


@pytest.mark.parametrize("seconds", ["0", "-1", "soon"])
def test_a_time_limit_is_a_time(run: Run, seconds: str) -> None:
    assert run("check", "--timeout", seconds).exit_code == 2


def test_what_timed_out_is_tried_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer of a machine that was too slow is not kept."""
    from archwright.verifiers.catalogue import KINDS
    from archwright.verifiers.topology import CoverContract

    with monkeypatch.context() as patched:
        patched.setitem(KINDS.rules("topology"), "cover", (CoverContract, lambda *_: time.sleep(5)))
        assert run("check", "--timeout", "0.1").exit_code == 1
    assert run("check").exit_code == 0


def test_the_published_schemas(run: Run) -> None:
    assert '"title": "archwright contracts"' in run("schema").stdout
    assert '"title": "archwright report"' in run("schema", "--report").stdout
