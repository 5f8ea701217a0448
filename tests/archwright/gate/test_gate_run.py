"""One verdict over all contracts: nothing passes that was not looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from gate_samples import CODE, contract, decide, shop, write

from archwright.contracts.language import Contract, ContractErrors
from archwright.gate.results import Report
from archwright.model import Verdict


def findings(report: Report) -> list[tuple[str, str, str, str]]:
    return [
        (f.contract, f.verdict.value, f.evidence, f"{f.location.path}:{f.location.line}:{f.location.column}")
        for f in report.findings
    ]


def test_a_violation_fails_and_the_matrix_says_how_much_was_looked_at(tmp_path: Path) -> None:
    report = decide(shop(tmp_path))
    assert findings(report) == [
        ("no-json", "FAIL", "banned-import", "src/shop/engines/orders/pricing.py:1:8")
    ]
    assert report.verdict is Verdict.FAIL
    assert report.failed
    rows = [(r.kind, r.contracts, r.sites, r.decided, r.passed, r.warned, r.failed) for r in report.rows]
    assert rows == [("banned", 1, 4, 4, 3, 0, 1), ("topology", 1, 3, 3, 3, 0, 0)]
    total = report.total
    assert (total.kind, total.contracts, total.sites, total.passed, total.failed) == ("total", 2, 7, 6, 1)
    assert (report.files.found, report.files.unreadable) == (3, 0)


def test_a_violation_of_a_warning_is_a_warn_and_fails_only_strict_runs(tmp_path: Path) -> None:
    shop(tmp_path, contract(severity="warn"))
    report = decide(tmp_path)
    assert [f.verdict for f in report.findings] == [Verdict.WARN]
    assert (report.verdict, report.failed) == (Verdict.WARN, False)
    assert decide(tmp_path, strict=True).failed


def test_what_cannot_be_decided_is_a_warn_and_not_counted_as_decided(tmp_path: Path) -> None:
    code = "import importlib\ndef f(name): importlib.import_module(name)\n"
    report = decide(shop(tmp_path, contract(name="nothing"), files={"src/shop/api/orders/late.py": code}))
    assert findings(report) == [("no-json", "WARN", "undecided-import", "src/shop/api/orders/late.py:2:14")]
    (result,) = (c for c in report.contracts if c.id == "no-json")
    assert result.sites - result.decided == 1
    assert result.passed == result.decided


def test_a_clean_run_passes(tmp_path: Path) -> None:
    report = decide(shop(tmp_path, contract(name="pickle")), strict=True)
    assert (report.verdict, report.failed, report.findings) == (Verdict.PASS, False, ())


def test_a_verifier_that_crashes_is_a_finding_and_the_others_still_decide(tmp_path: Path) -> None:
    seen: list[tuple[str, str]] = []

    def on_crash(contract: Contract, error: Exception) -> None:
        seen.append((contract.id, repr(error)))

    shop(tmp_path, contract("breaks", name="crash", severity="warn"), contract())
    report = decide(tmp_path, on_crash=on_crash)
    assert findings(report) == [
        ("breaks", "FAIL", "verifier-crashed", "contracts/rules.yaml:2:5"),
        ("no-json", "FAIL", "banned-import", "src/shop/engines/orders/pricing.py:1:8"),
    ]
    message = report.findings[0].message
    assert message == "the verifier crashed (LookupError), so `breaks` is not decided"
    assert seen == [("breaks", "LookupError('at 0x7f0000000000')")]


@pytest.mark.parametrize(
    ("expect", "selected", "problem"),
    [
        ("some", "{layer: Old}", "`no-json` decides nothing: no place in the code is under it"),
        ("any", "{layer: Old}", None),
        ("none", "{layer: Old}", None),
        (
            "none",
            "{layer: API}",
            "`no-json` expects no place in the code to be under it, and there are 2 places",
        ),
    ],
)
def test_a_contract_finds_as_many_sites_as_it_expects(
    tmp_path: Path, expect: str, selected: str, problem: str | None
) -> None:
    shop(tmp_path, contract(**{"from": selected}, expect=expect, name="pickle", severity="warn"))
    report = decide(tmp_path)
    assert [f.message for f in report.findings] == ([problem] if problem else [])
    if problem:
        assert findings(report) == [("no-json", "FAIL", "vacuous", "contracts/rules.yaml:2:5")]


def test_a_contract_without_sites_says_that_layers_overlap(tmp_path: Path) -> None:
    project = shop(tmp_path, contract(**{"from": "{layer: API}"}, name="pickle"))
    topology = project / "contracts" / "topology.yaml"
    wide = topology.read_text().replace('modules: "shop.engines.{domain}.**"', 'modules: "shop.**"')
    assert wide != topology.read_text()
    topology.write_text(wide)
    messages = [f.message for f in decide(tmp_path).findings if f.evidence == "vacuous"]
    assert messages == [
        "`no-json` decides nothing: no place in the code is under it; "
        "`shop.api.orders.routes` is in API and Engines, and what is in several layers counts for none"
    ]


def test_only_some_contracts_can_be_decided(tmp_path: Path) -> None:
    shop(tmp_path, contract("a"), contract("b"))
    report = decide(tmp_path, only={"b"})
    assert [c.id for c in report.contracts] == ["b"]


def test_findings_of_one_identity_are_one_finding_at_the_first_place(tmp_path: Path) -> None:
    code = "def f():\n    import json\n\nimport json\n"
    report = decide(shop(tmp_path, files={"src/shop/api/orders/twice.py": code}))
    (finding,) = (f for f in report.findings if f.symbols[0] == "shop.api.orders.twice")
    assert (finding.count, finding.location.line) == (2, 2)
    (result,) = (c for c in report.contracts if c.id == "no-json")
    assert result.failed == len(report.findings) == 2
    assert result.sites == 6


def test_the_digest_identifies_the_contract_files(tmp_path: Path) -> None:
    shop(tmp_path)
    first = decide(tmp_path).contract_digest
    assert decide(tmp_path).contract_digest == first
    write(tmp_path, {"src/shop/api/orders/more.py": "x = 1\n"})
    assert decide(tmp_path).contract_digest == first
    rules = tmp_path / "contracts/rules.yaml"
    rules.write_text(rules.read_text() + "# a remark\n")
    assert decide(tmp_path).contract_digest != first


class TestFiles:
    def test_files_that_cannot_be_read_are_findings_and_all_else_is_decided(self, tmp_path: Path) -> None:
        files = {
            "src/shop/api/orders/broken.py": "def f(:\n",
            "src/shop/api/orders/latin.py": b"name = '\xe9'\n",
            "src/shop/api/orders/user.py": "from shop.api.orders.gone import x\n",
        }
        shop(tmp_path, files=files)
        (tmp_path / "src/shop/api/orders/gone.py").symlink_to("nowhere.py")
        report = decide(tmp_path)
        assert findings(report) == [
            ("parse", "FAIL", "unreadable-file", "src/shop/api/orders/broken.py:1:7"),
            ("parse", "FAIL", "unreadable-file", "src/shop/api/orders/gone.py:1:1"),
            ("parse", "FAIL", "unreadable-file", "src/shop/api/orders/latin.py:1:1"),
            ("no-json", "FAIL", "banned-import", "src/shop/engines/orders/pricing.py:1:8"),
        ]
        assert (
            report.findings[1].message
            == "`src/shop/api/orders/gone.py` cannot be read: No such file or directory"
        )
        assert (report.files.found, report.files.unreadable) == (7, 3)
        (parse,) = (c for c in report.contracts if c.id == "parse")
        assert (parse.kind, parse.sites, parse.passed, parse.failed) == ("topology", 7, 4, 3)

    def test_a_module_that_two_files_claim_is_a_finding(self, tmp_path: Path) -> None:
        report = decide(shop(tmp_path, files={"src/shop/engines/orders.py": "import os\n"}))
        (finding,) = (f for f in report.findings if f.contract == "parse")
        assert finding.evidence == "ambiguous-module"
        assert finding.location.path == "src/shop/engines/orders/__init__.py"
        assert [step.location.path for step in finding.steps if step.location] == [
            "src/shop/engines/orders.py"
        ]

    @pytest.mark.parametrize(
        ("path", "found"),
        [
            ("src/shop/api/orders/my-routes.py", True),
            ("src/shop/api/orders/class.py", True),
            ("src/shop/api/my-orders/0001_initial.py", True),
            ("src/shop/api/orders/0001_initial.py", False),
            ("src/elsewhere/my-script.py", False),
        ],
    )
    def test_a_file_no_import_can_name_is_a_finding_unless_it_is_numbered_or_not_covered(
        self, tmp_path: Path, path: str, found: bool
    ) -> None:
        report = decide(shop(tmp_path, files={path: "x = 1\n"}))
        named = [f.location.path for f in report.findings if f.evidence == "unnameable-module"]
        assert named == ([path] if found else [])

    def test_the_id_of_the_built_in_contract_is_taken(self, tmp_path: Path) -> None:
        with pytest.raises(ContractErrors) as caught:
            decide(shop(tmp_path, contract("parse")))
        assert str(caught.value) == (
            'contracts/rules.yaml:2:5: contract "parse": this id belongs to the built-in contract on '
            "unreadable files; choose another"
        )

    def test_a_tree_without_python_is_a_configuration_error(self, tmp_path: Path) -> None:
        shop(tmp_path)
        for path in CODE:
            (tmp_path / path).unlink()
        with pytest.raises(ContractErrors) as caught:
            decide(tmp_path)
        assert str(caught.value) == (
            'contracts/topology.yaml:2:10: root "src" holds no Python file; name a directory with code, or exclude less'
        )


def test_the_answer_is_the_same_with_and_without_a_cache(tmp_path: Path) -> None:
    project = shop(tmp_path / "project", files={"src/shop/api/orders/broken.py": "def f(:\n"})
    plain = decide(project)
    for _ in range(2):
        assert decide(project, cache_dir=tmp_path / "cache") == plain
    assert list((tmp_path / "cache").glob("*.sqlite"))
    assert plain.findings
