"""A waiver covers what it says, for as long as it says, in somebody's name; otherwise it is a finding itself."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from gate_samples import contract, decide, shop
from hypothesis import given
from hypothesis import strategies as st

from archwright.contracts.language import ContractErrors, Day, Located, Waiver
from archwright.gate.policy import Policy
from archwright.gate.results import Report

TODAY = date(2026, 6, 1)
STATED = {
    "contract": "no-json",
    "symbol": "shop.engines.orders.pricing",
    "owner": "team-orders",
    "reason": "the parser is replaced in summer",
    "until": "2026-09-30",
}
OTHER = {"src/shop/api/orders/more.py": "import json\n", "src/shop/api/orders/late.py": "import json\n"}


def waiver(**keys: object) -> str:
    """One waiver as YAML; a key given as None is left out."""
    stated = {key: value for key, value in {**STATED, **keys}.items() if value is not None}
    return (
        "  - {" + ", ".join(f"{k}: {v if isinstance(v, int) else repr(v)}" for k, v in stated.items()) + "}\n"
    )


def decide_with(project: Path, *waivers: str, files: dict[str, str] = {}, **options: object) -> Report:  # noqa: B006 - read only
    text = "waivers:\n" + "".join(waivers)
    shop(
        project, contract(), contract("breaks", name="crash"), files={"contracts/waivers.yaml": text, **files}
    )
    only = {"no-json"} if options.pop("only_one", False) else None
    return decide(project, policy=Policy(TODAY), only=only, **options)


def about_waivers(report: Report) -> list[tuple[str, str]]:
    return [(f.evidence, f.message) for f in report.findings if f.contract == "waivers"]


def counting(report: Report) -> set[str]:
    return {f.symbols[0] for f in report.findings if f.contract == "no-json"}


def test_a_waived_finding_does_not_count_and_is_shown(tmp_path: Path) -> None:
    report = decide_with(tmp_path, waiver())
    assert counting(report) == set()
    assert about_waivers(report) == []
    (found,) = report.suppressed
    assert found.suppression is not None
    assert (found.suppression.by, found.suppression.owner) == ("waiver", "team-orders")
    assert found.suppression.until == date(2026, 9, 30)
    assert (found.suppression.location.path, found.suppression.location.line) == ("contracts/waivers.yaml", 2)
    row = {row.kind: row for row in report.rows}
    assert (row["banned"].suppressed, row["gate"].passed, row["gate"].sites) == (1, 1, 1)


def test_without_a_policy_everything_counts(tmp_path: Path) -> None:
    decide_with(tmp_path, waiver())
    report = decide(tmp_path)
    assert counting(report) == {"shop.engines.orders.pricing"}
    assert report.suppressed == ()


@pytest.mark.parametrize(
    ("keys", "evidence", "said"),
    [
        ({"until": "2026-05-31"}, "expired-waiver", "has expired: it held until 2026-05-31"),
        ({"owner": None}, "unnamed-waiver", 'does not state "owner"'),
        ({"owner": None, "reason": None}, "unnamed-waiver", 'does not state "owner" and "reason"'),
        ({"until": None}, "unnamed-waiver", 'does not state "until"'),
        ({"symbol": "shop.engines.orders.prices"}, "unmatched-waiver", "covers no finding"),
        ({"contract": "no-jsn"}, "unmatched-waiver", 'did you mean "no-json"?'),
        ({"contract": "parse"}, "unmatched-waiver", "names no contract that can be waived"),
        ({"symbol": "*"}, "wide-waiver", "is about every symbol"),
        ({"symbol": "*.*"}, "wide-waiver", "is about every symbol"),
        ({"symbol": "* -> *"}, "wide-waiver", "is about every symbol"),
        (
            {"until": "2027-06-03"},
            "wide-waiver",
            "holds too long: until 2027-06-03; at most until 2027-06-02",
        ),
        ({"findings": 2}, "wide-waiver", "is for 2 findings and covers 1"),
    ],
)
def test_a_waiver_with_something_wrong_is_a_finding_and_suppresses_nothing(
    tmp_path: Path, keys: dict[str, object], evidence: str, said: str
) -> None:
    report = decide_with(tmp_path, waiver(**keys))
    ((found, message),) = about_waivers(report)
    assert found == evidence
    assert said in message
    assert counting(report) == {"shop.engines.orders.pricing"}
    assert report.suppressed == ()
    assert report.failed


def test_a_waiver_holds_on_its_last_day_and_for_a_year(tmp_path: Path) -> None:
    assert about_waivers(decide_with(tmp_path, waiver(until=TODAY.isoformat()))) == []
    assert about_waivers(decide_with(tmp_path, waiver(until="2027-06-02"))) == []


def test_a_waiver_of_several_findings_says_how_many(tmp_path: Path) -> None:
    wide = decide_with(tmp_path, waiver(symbol="json"), files=OTHER)
    ((evidence, message),) = about_waivers(wide)
    assert evidence == "wide-waiver"
    assert message.endswith("narrow it, or write findings: 3")
    assert len(counting(wide)) == 3
    stated = decide_with(tmp_path, waiver(symbol="json", findings=3), files=OTHER)
    assert (about_waivers(stated), counting(stated), len(stated.suppressed)) == ([], set(), 3)
    grown = decide_with(
        tmp_path,
        waiver(symbol="json", findings=3),
        files={**OTHER, "src/shop/api/orders/x.py": "import json\n"},
    )
    assert [evidence for evidence, _ in about_waivers(grown)] == ["wide-waiver"]
    assert len(counting(grown)) == 4


def test_a_second_waiver_of_the_same_finding_is_unmatched(tmp_path: Path) -> None:
    report = decide_with(tmp_path, waiver(), waiver(symbol="shop.engines.orders.pricing -> json"))
    ((evidence, message),) = about_waivers(report)
    assert evidence == "unmatched-waiver"
    assert message.endswith("covers what contracts/waivers.yaml:2 covers already")


def test_a_crash_cannot_be_waived_and_its_waivers_are_not_unmatched(tmp_path: Path) -> None:
    report = decide_with(tmp_path, waiver(contract="breaks", symbol="LookupError"))
    assert [f.evidence for f in report.findings if f.contract == "breaks"] == ["verifier-crashed"]
    assert about_waivers(report) == []
    assert report.suppressed == ()


def test_asked_about_one_contract_the_waivers_of_others_are_not_judged(tmp_path: Path) -> None:
    report = decide_with(tmp_path, waiver(), waiver(contract="breaks", symbol="nothing"), only_one=True)
    assert [c.id for c in report.contracts] == ["no-json"]
    assert len(report.suppressed) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("waivers: 3\n", '1:10: "waivers" must be a list with at least one waiver'),
        ("waivers: [{contract: a}]\n", '1:11: waiver 1: "symbol" is missing; name the symbol of the finding'),
        (
            "waivers: [{contract: a, symbol: b, untill: 2026-01-01}]\n",
            'unknown key "untill"; did you mean "until"?',
        ),
        ("waivers: [{contract: a, symbol: b, until: soon}]\n", '"until" must be a day of the calendar'),
        ("waivers: [{contract: a, symbol: b, until: 2026-02-30}]\n", "write it like 2026-12-31"),
        (
            "waivers: [{contract: a, symbol: b, until: [2026-02-20]}]\n",
            '"until" must be a day of the calendar',
        ),
        ("waivers: [{contract: a, symbol: b, findings: 0}]\n", '"findings" must be 1 or more'),
        ("waivers: [{contract: a, symbol: b, owner: ''}]\n", '"owner" is empty'),
    ],
)
def test_what_is_no_waiver_is_a_configuration_error(tmp_path: Path, text: str, said: str) -> None:
    shop(tmp_path, files={"contracts/waivers.yaml": text})
    with pytest.raises(ContractErrors) as caught:
        decide(tmp_path, policy=Policy(TODAY))
    assert said in str(caught.value)
    assert "contracts/waivers.yaml:" in str(caught.value)


symbols = st.lists(st.text("ab.*?[(", min_size=1, max_size=6), min_size=1, max_size=3).map(tuple)


def named(symbol: str) -> Waiver:
    end = Day(TODAY + timedelta(days=1))
    return Waiver(contract=Located("c"), symbol=Located(symbol), owner="o", reason="r", until=end)


@given(symbols)
def test_a_symbol_written_out_covers_itself_and_nothing_of_another_contract(found: tuple[str, ...]) -> None:
    assert named(found[0]).covers("c", found)
    assert named(" -> ".join(found)).covers("c", found)
    assert not named(found[0]).covers("d", found)


@given(st.text("ab.", min_size=1, max_size=4), symbols)
def test_a_symbol_without_stars_covers_nothing_else(written: str, found: tuple[str, ...]) -> None:
    assert named(written).covers("c", found) == (written in found)
