"""The ratchet: what is in the baseline does not count, what has gone from it does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from gate_samples import contract, decide, shop, write
from hypothesis import given, settings
from hypothesis import strategies as st

from archwright.contracts.language import ContractErrors
from archwright.gate.baseline import read_baseline, render_baseline
from archwright.gate.policy import Policy
from archwright.gate.results import Report

KNOWN = "no-json|banned-import|shop.engines.orders.pricing -> json"
TODAY = date(2026, 6, 1)


def decide_with(project: Path, *identities: str) -> Report:
    write(project, {"contracts/baseline.txt": render_baseline(identities).encode()})
    return decide(project, policy=Policy(TODAY, read_baseline(project, "contracts")))


def test_what_it_has_does_not_count_and_what_it_has_not_does(tmp_path: Path) -> None:
    shop(tmp_path, files={"src/shop/api/orders/more.py": "import json\n"})
    report = decide_with(tmp_path, KNOWN)
    assert [f.symbols[0] for f in report.findings] == ["shop.api.orders.more"]
    (old,) = report.suppressed
    assert old.suppression is not None
    assert (old.suppression.by, old.suppression.location.line) == ("baseline", 4)
    assert report.failed


def test_a_finding_that_is_gone_fails_at_its_line(tmp_path: Path) -> None:
    shop(tmp_path, contract(name="pickle"))
    report = decide_with(tmp_path, KNOWN)
    (gone,) = report.findings
    assert (gone.contract, gone.evidence, gone.verdict.value) == ("baseline", "fixed-finding", "FAIL")
    assert (gone.location.path, gone.location.line) == ("contracts/baseline.txt", 4)
    assert report.failed
    assert not decide_with(tmp_path).failed


def test_moving_and_rewording_code_keeps_a_finding_in_it(tmp_path: Path) -> None:
    shop(
        tmp_path,
        files={
            "src/shop/engines/orders/pricing.py": "\n\n\ndef total():\n    import json as j\n"
            "CATALOGUE = 1\nclass Pricing: ...\n"
        },
    )
    assert not decide_with(tmp_path, KNOWN).failed


def test_of_a_contract_that_is_not_decided_nothing_is_gone(tmp_path: Path) -> None:
    shop(tmp_path, contract(name="crash"))
    report = decide_with(tmp_path, KNOWN)
    assert [f.evidence for f in report.findings] == ["verifier-crashed"]


def test_what_was_not_looked_at_cannot_be_in_it(tmp_path: Path) -> None:
    shop(tmp_path, contract(name="crash"), files={"src/shop/api/orders/broken.py": "def f(:\n"})
    report = decide_with(
        tmp_path, "no-json|verifier-crashed|LookupError", "parse|unreadable-file|shop.api.orders.broken"
    )
    assert {f.evidence for f in report.findings} >= {"verifier-crashed", "unreadable-file"}
    assert report.suppressed == ()


def test_a_waived_finding_does_not_belong_in_it(tmp_path: Path) -> None:
    waiver = "waivers: [{contract: no-json, symbol: shop.engines.orders.pricing, owner: o, reason: r, until: 2026-06-02}]\n"
    shop(tmp_path, files={"contracts/waivers.yaml": waiver})
    report = decide_with(tmp_path, KNOWN)
    assert [f.evidence for f in report.findings] == ["fixed-finding"]
    assert [f.suppression.by for f in report.suppressed if f.suppression] == ["waiver"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# head\n<<<<<<< HEAD\n", "baseline.txt:2:1: a merge conflict is not resolved"),
        ("a|b|c\n=======\n", "baseline.txt:2:1: a merge conflict is not resolved"),
        ("a|b|c\n>>>>>>> theirs\n", "baseline.txt:2:1: a merge conflict is not resolved"),
        ("src/a.py:3 is bad\n", "baseline.txt:1:1: is not the identity of a finding"),
    ],
)
def test_a_line_that_is_no_finding_is_a_configuration_error(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, {"contracts/baseline.txt": text})
    with pytest.raises(ContractErrors, match="contracts/") as caught:
        read_baseline(tmp_path, "contracts")
    assert said in str(caught.value)


def test_a_project_without_one_has_none(tmp_path: Path) -> None:
    assert read_baseline(tmp_path, "contracts") is None


def test_lines_of_both_sides_of_a_merge_and_of_windows_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"contracts/baseline.txt": b"\xef\xbb\xbf# head\r\nb|e|x\r\na|e|x\r\nb|e|x\r\n\r\n"})
    baseline = read_baseline(tmp_path, "contracts")
    assert baseline is not None
    assert baseline.lines == {"b|e|x": 2, "a|e|x": 3}


identities = st.builds(
    "{}|{}|{}".format,
    st.text("ab-1", min_size=1, max_size=3),
    st.text("ab-", min_size=1, max_size=3),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)


@settings(deadline=None)
@given(st.lists(identities))
def test_every_identity_comes_back_and_the_text_is_sorted(
    tmp_path_factory: pytest.TempPathFactory, found: list[str]
) -> None:
    project = tmp_path_factory.mktemp("baseline")
    text = render_baseline(found)
    write(project, {"contracts/baseline.txt": text.encode()})
    baseline = read_baseline(project, "contracts")
    assert baseline is not None
    assert set(baseline.lines) == set(found)
    assert render_baseline(reversed(found)) == text
