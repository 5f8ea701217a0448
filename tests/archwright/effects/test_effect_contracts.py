"""What a contract says of packages: read with a place for everything that is wrong, and heeded by all rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from archwright.contracts.language import ContractErrors
from archwright.contracts.loader import load_contracts
from archwright.gate.codebase import open_code_base
from archwright.model import Finding
from archwright.verifiers.catalogue import KINDS, check

TOPOLOGY = """
topology:
  roots: [src]
  cover: "shop.**"
  layers:
    - {id: all, name: All, modules: "shop.**", contract: "everything"}
  wiring:
    all: {}
"""
RULES = {
    "forbid": "rule: forbid\n    units: {module: shop.orders}\n    forbid: [network]",
    "only": "rule: only\n    effects: [network]\n    only_in: {module: shop.wire}\n    expect: any",
    "blocking": "rule: blocking\n    units: {module: shop.orders}",
}
CODE = {
    "orders": "import acme, oracle\n\nasync def a(): acme.do()\ndef b(): return oracle.ask(acme.do())\nasync def c(): b()\n",
    "wire": "import spoken\n\ndef d(): spoken.do()\n",
}


def _contract(rule: str, catalogue: str) -> str:
    head = "contracts:\n  - id: quiet\n    kind: effects\n    why: w\n    fix: f\n"
    return f"{head}    {RULES[rule]}\n    catalogue:\n{catalogue}"


def _write(directory: Path, rule: str, catalogue: str) -> None:
    for name, text in {"topology": TOPOLOGY, "effects": _contract(rule, catalogue)}.items():
        path = directory / "contracts" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, code in CODE.items():
        path = directory / "src" / "shop" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")


def _findings(directory: Path, rule: str, catalogue: str) -> list[Finding]:
    _write(directory, rule, catalogue)
    code_base = open_code_base(directory, kinds=KINDS, jobs=1)
    (contract,) = code_base.contracts.contracts
    return list(check(contract, code_base.analysis).findings)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ("      - {effect: nothing, call: acme.do}", "nothing"),
        ("      - {effect: none}", "call"),
        (
            '      - {effect: none, call: "acme.**"}\n      - {effect: network, call: "acme.**"}',
            'has the effect "none" already',
        ),
        ("      - {effect: none, call: os.remove}", 'known to have the effect "filesystem.write"'),
        ("      - {effect: none, call: acme.do, package: acme}", "package"),
    ],
)
@pytest.mark.parametrize("rule", RULES)
def test_what_is_wrong_has_a_place(tmp_path: Path, rule: str, entries: str, words: str) -> None:
    _write(tmp_path, rule, f"{entries}\n")
    with pytest.raises(ContractErrors) as caught:
        load_contracts(tmp_path, "contracts", kinds=KINDS)
    (error,) = caught.value.errors
    last = len(_contract(rule, entries).splitlines())
    assert (error.path, error.line) == ("contracts/effects.yaml", last)
    assert words in str(error)


@pytest.mark.parametrize("rule", RULES)
def test_one_finding_for_each_package(tmp_path: Path, rule: str) -> None:
    found = _findings(tmp_path, rule, "      - {effect: network, call: elsewhere.do}\n")
    assert [(f.evidence, f.symbols, f.location.line) for f in found] == [
        ("unjudged-package", ("acme",), 3),
        ("unjudged-package", ("oracle",), 4),
    ]
    assert "2 places in all" in found[0].message
    assert 'effect: none, call: "acme.**"' in found[0].message


@pytest.mark.parametrize("rule", RULES)
def test_what_the_contract_judges_is_decided(tmp_path: Path, rule: str) -> None:
    entries = '      - {effect: none, call: "oracle.**"}\n      - {effect: network, call: "acme.**"}\n'
    found = _findings(tmp_path, rule, entries)
    assert {f.outcome.name for f in found} == {"FAIL"}
    assert {f.symbols[-1] for f in found} == {"acme.do"}


def test_the_first_entry_that_fits_decides(tmp_path: Path) -> None:
    entries = (
        '      - {effect: none, call: [acme.do, "oracle.**"]}\n      - {effect: network, call: "acme.**"}\n'
    )
    assert _findings(tmp_path, "forbid", entries) == []
