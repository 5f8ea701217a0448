"""Contracts are read completely, or everything that is wrong with them is said at once, at its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from contract_samples import CONTRACTS, KINDS, TOPOLOGY, BudgetContract, ImportsContract, OrderingContract

from archwright.contracts.language import (
    AnyOf,
    Completed,
    Condition,
    ContractError,
    ContractErrors,
    EdgeSelector,
    PackagePattern,
    RaisesUnless,
    SymbolPattern,
)
from archwright.contracts.loader import ContractSet, load_contracts
from archwright.model import Location

Load = Callable[..., ContractSet]
Errors = Callable[..., list[str]]


def test_a_contract_becomes_its_kinds_struct(load: Load) -> None:
    (contract,) = load({"imports.yaml": CONTRACTS}).contracts
    assert isinstance(contract, ImportsContract)
    assert (contract.id, contract.kind, contract.severity) == ("l5-no-db", "imports", "fail")
    assert (contract.expect, contract.owner) == ("some", None)
    assert contract.origin == Location("contracts/imports.yaml", 2, 5, 9, 37)
    assert contract.from_.layer == ("L5",)
    first, second = contract.deny
    assert isinstance(first, EdgeSelector)
    assert first.package == (PackagePattern("sqlalchemy"), PackagePattern("asyncpg"))
    assert second.domain == ("other",)
    assert second.relational
    assert not contract.from_.relational


def test_the_rule_chooses_among_the_structs_of_a_kind(load: Load) -> None:
    text = """\
    contracts:
      - {id: small, kind: shape, rule: budget, modules: {module: "**"}, lines: 400, blank: true, why: w, fix: f}
      - {id: named, kind: shape, rule: naming, function: {function: "*.get_*"}, why: w, fix: f, owner: null}
    """
    budget, naming = load({"shape.yaml": text}).contracts
    assert isinstance(budget, BudgetContract)
    assert (budget.rule, budget.lines, budget.blank) == ("budget", 400, True)
    assert type(naming).__name__ == "NamingContract"
    assert naming.owner is None


def test_requirements_and_conditions(load: Load) -> None:
    text = """\
    contracts:
      - id: artifact-before-db
        kind: ordering
        sink: {call: "*.driver.write"}
        dominated_by:
          any:
            - raises_unless: artifact paths are present when artifacts are configured
              condition: "self.config.save_artifacts and not report.artifact_paths"
            - completed: {call: "*.CanaryEngine._write_artifacts"}
        why: w
        fix: f
    """
    (contract,) = load({"ordering.yaml": text}).contracts
    assert isinstance(contract, OrderingContract)
    requirement = contract.dominated_by
    assert isinstance(requirement, AnyOf)
    guard, write = requirement.items
    assert isinstance(guard, RaisesUnless)
    assert guard.description == "artifact paths are present when artifacts are configured"
    expected = "self.config.save_artifacts and not report.artifact_paths"
    assert guard.condition == Condition(expected, guard.condition.origin)
    assert guard.condition.origin.line == 8
    assert isinstance(write, Completed)
    assert write.call.call == (SymbolPattern("*.CanaryEngine._write_artifacts"),)


def test_files_are_read_in_order_and_kept_for_cache_keys(load: Load, tmp_path: Path) -> None:
    second = CONTRACTS.replace("l5-no-db", "second")
    contracts = load({"b.yml": second, "a.yaml": CONTRACTS, "notes.txt": "{", ".#a.yaml": "{"})
    assert [contract.id for contract in contracts.contracts] == ["l5-no-db", "second"]
    assert list(contracts.sources) == ["contracts/a.yaml", "contracts/b.yml", "contracts/topology.yaml"]
    assert contracts.sources["contracts/a.yaml"] == (tmp_path / "contracts/a.yaml").read_bytes()


def test_everything_mentioned_is_found_with_its_place(load: Load) -> None:
    found = {
        (m.owner, ".".join(m.keys), str(m.value), m.expect, m.origin.line)
        for m in load({"imports.yaml": CONTRACTS}).mentions()
    }
    contract = 'contract "l5-no-db"'
    assert {item for item in found if item[0] == contract} == {
        (contract, "from.layer", "L5", "some", 4),
        (contract, "deny.package", "sqlalchemy", "some", 6),
        (contract, "deny.package", "asyncpg", "some", 6),
        (contract, "deny.layer", "L5", "some", 7),
        (contract, "deny.layer", "L6", "some", 7),
        (contract, "deny.domain", "other", "some", 7),
    }
    assert ('layer "L3"', "modules", "app.adapters.**", "none", 13) in found
    assert ('layer "L6"', "excluding", "app.{domain}.drivers.legacy.**", "some", 11) in found
    assert ('topology "topology"', "exclude", "src/app/generated/**", "some", 4) in found
    assert ('topology "topology"', "roots", "src", "some", 2) in found


def contract(**keys: str) -> str:
    """A file with one contract, some keys of which are replaced, added or (when empty) removed."""
    values = {
        "id": "l5-no-db",
        "kind": "imports",
        "from": "{layer: L5}",
        "deny": "{package: sqlalchemy}",
        "why": "Engines decide.",
        "fix": "Use a driver.",
        **keys,
    }
    lines = [f"{key}: {value}" for key, value in values.items() if value]
    return "contracts:\n  - " + "\n    ".join(lines) + "\n"


AT = "contracts/imports.yaml"
L5 = 'contract "l5-no-db": '


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            contract(**{"from": "", "form": "{layer: L5}"}),
            [
                f'{AT}:2:5: {L5}"from" is missing; say whose imports are meant',
                f'{AT}:7:5: {L5}unknown key "form"; did you mean "from"?',
            ],
            id="typo in a key",
        ),
        pytest.param(
            contract(**{"from": "{layer: L55}"}),
            [f'{AT}:4:19: contract "l5-no-db": unknown layer "L55"; did you mean "L5"?'],
            id="unknown layer",
        ),
        pytest.param(
            contract(**{"from": "{layer: Engines}"}),
            [f'{AT}:4:19: contract "l5-no-db": unknown layer "Engines"; known layers: L2, L3, L5, L6'],
            id="unknown layer that is like none",
        ),
        pytest.param(
            contract(kind="import", why=""),
            [
                f'{AT}:2:5: {L5}"why" is missing; say what the rule protects, to the person who just broke it',
                f'{AT}:3:11: {L5}unknown kind "import"; did you mean "imports"?',
            ],
            id="unknown kind",
        ),
        pytest.param(
            contract(kind=""),
            [f'{AT}:2:5: {L5}"kind" is missing; write one of: imports, ordering, shape'],
            id="missing kind",
        ),
        pytest.param(
            contract(kind="shape", rule="budgets"),
            [f'{AT}:8:11: {L5}unknown rule "budgets"; did you mean "budget"?'],
            id="unknown rule",
        ),
        pytest.param(
            contract(kind="shape"),
            [f'{AT}:2:5: {L5}"rule" is missing; write one of: budget, naming'],
            id="missing rule",
        ),
        pytest.param(
            contract(why=""),
            [f'{AT}:2:5: {L5}"why" is missing; say what the rule protects, to the person who just broke it'],
            id="missing why",
        ),
        pytest.param(
            contract(why="' '", fix="~", owner="yes", severity="error", expect="3"),
            [
                f'{AT}:6:10: {L5}"why" is empty; write something or remove the key',
                f'{AT}:7:10: {L5}"fix" has no value; write one or remove the key',
                f'{AT}:8:12: {L5}"owner" must be a string, not the boolean yes; write "yes" in quotes',
                f'{AT}:9:15: {L5}"severity" cannot be "error"; known values: fail, warn',
                f'{AT}:10:13: {L5}"expect" must be a string, not the number 3; write "3" in quotes',
            ],
            id="wrong scalars",
        ),
        pytest.param(
            contract(deny="[]", **{"from": "L5"}),
            [
                f'{AT}:4:11: {L5}"from" must be a mapping, not the string "L5"; keys: layer, domain, audience, '
                "module, package, symbol, function, class, call, table, operation, decorated_with, subclass_of, "
                "any, all, not",
                f'{AT}:5:11: {L5}"deny" is an empty list; add an item or remove the key',
            ],
            id="wrong shapes",
        ),
        pytest.param(
            contract(**{"from": "{}", "deny": "{moduel: x}"}),
            [
                f'{AT}:4:11: {L5}an empty selector; say what is meant, e.g. {{module: "**"}} for everything',
                f'{AT}:5:12: {L5}unknown key "moduel"; did you mean "module"?',
            ],
            id="selectors that select nothing",
        ),
        pytest.param(
            contract(**{"from": '{not: {domain: same}, module: "app..x"}'}),
            [
                f'{AT}:4:26: {L5}"domain: same" compares two ends, and there is no other end here; '
                "name the domain, or put the relation on the far end",
                f'{AT}:4:46: {L5}pattern "app..x" has an empty segment; remove the stray "."',
            ],
            id="relation without an other end",
        ),
        pytest.param(
            contract(id="L5_No DB"),
            [f'{AT}:2:9: contract "L5_No DB": the id is not in kebab-case; write "l5-no-db"'],
            id="id not in kebab-case",
        ),
        pytest.param(
            contract(id=""),
            [
                f'{AT}:2:5: contract 1: "id" is missing; name the contract in kebab-case, unique in the project'
            ],
            id="missing id",
        ),
        pytest.param(
            contract() + contract().removeprefix("contracts:\n"),
            [f'{AT}:8:9: duplicate contract id "l5-no-db"; it is already defined at {AT}:2; choose another'],
            id="duplicate id",
        ),
        pytest.param(
            contract() + "    why: Again.\n",
            [f'{AT}:8:5: duplicate key "why"; it is already on line 6'],
            id="duplicate key",
        ),
        pytest.param(
            contract() + "\tnote: x\n",
            [
                f"{AT}:8:1: not valid YAML: while scanning a plain scalar: found a tab character that "
                "violates indentation; indent with spaces, not with tabs"
            ],
            id="tab",
        ),
        pytest.param(
            contract(deny="{package: [sqlalchemy}"),
            [
                f"{AT}:5:21: not valid YAML: while parsing a flow sequence: did not find expected ',' or ']'; "
                "check brackets, quotes and indentation"
            ],
            id="unclosed bracket",
        ),
        pytest.param(
            "contract: []\n",
            [f'{AT}:1:1: unknown key "contract"; did you mean "contracts"?'],
            id="unknown section",
        ),
        pytest.param(
            "- id: x\n",
            [
                f"{AT}:1:1: a contract file must be a mapping, not a list; begin with one of: topology, contracts, waivers"
            ],
            id="not a mapping",
        ),
        pytest.param(
            "contracts: []\n",
            [
                f'{AT}:1:12: "contracts" must be a list with at least one contract, not a list; '
                'begin each contract with "- id: ..."'
            ],
            id="no contracts",
        ),
        pytest.param(
            "contracts:\n  - just text\n",
            [
                f'{AT}:2:5: contract 1: a contract must be a mapping, not the string "just text"; '
                "write keys: id, kind, why, fix, ..."
            ],
            id="contract that is no mapping",
        ),
    ],
)
def test_messages(errors: Errors, text: str, expected: list[str]) -> None:
    assert errors({"imports.yaml": text}) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            "a and (b",
            '25: contract "o": "condition" is not a Python expression: \'(\' was never closed; '
            'write it as in code, e.g. "self.enabled and not paths"',
        ),
        ("a = b", '21: contract "o": "condition" is not a Python expression: invalid syntax'),
        ("a and", '24: contract "o": "condition" is not a Python expression: invalid syntax'),
        ("True", '18: contract "o": "condition" is constant: True; name what it depends on'),
        (
            "not (" * 500 + "a" + ")" * 500,
            '"condition" is not a Python expression: too many nested parentheses',
        ),
    ],
)
def test_conditions_are_checked_when_they_are_read(errors: Errors, value: str, message: str) -> None:
    text = f"""\
contracts:
  - id: o
    kind: ordering
    sink: {{call: "*.f"}}
    dominated_by:
      raises_unless: x
      condition: "{value}"
    why: w
    fix: f
"""
    (found,) = errors({"ordering.yaml": text})
    assert found.startswith("contracts/ordering.yaml:7:")
    assert message in found


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("{complete: {call: x}}", ['5:20: contract "o": unknown key "complete"; did you mean "completed"?']),
        (
            "{}",
            [
                '5:19: contract "o": "dominated_by" is empty; begin with one of: any, all, completed, raises_unless'
            ],
        ),
        ("{any: []}", ['5:25: contract "o": "any" is an empty list; add an item or remove the key']),
        (
            "{raises_unless: x}",
            ['5:19: contract "o": "condition" is missing; give the condition under which the guard raises'],
        ),
        (
            "{completed: {call: x}, condition: y}",
            ['5:42: contract "o": unknown key "condition"; known keys: completed'],
        ),
    ],
)
def test_requirements_are_checked(errors: Errors, requirement: str, expected: list[str]) -> None:
    text = f"""\
contracts:
  - id: o
    kind: ordering
    sink: {{call: "*.f"}}
    dominated_by: {requirement}
    why: w
    fix: f
"""
    found = errors({"ordering.yaml": text})
    assert [error.removeprefix("contracts/ordering.yaml:") for error in found] == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("lines: many", '"lines" must be a whole number, not the string "many"; write a whole number'),
        ("lines: 1_000", '"lines" must be a whole number, not the number 1_000; write a whole number'),
        ("lines: '3'", '"lines" must be a whole number, not the string "3"; write a whole number'),
        ("lines: 3, blank: yes", '"blank" must be true or false, not the boolean yes; write true or false'),
        ("lines: 3, blank: [true]", '"blank" must be true or false, not a list; write true or false'),
    ],
)
def test_numbers_and_booleans_are_strict(errors: Errors, keys: str, expected: str) -> None:
    text = f'contracts: [{{id: x, kind: shape, rule: budget, modules: {{module: "**"}}, {keys}, why: w, fix: f}}]'
    (found,) = errors({"shape.yaml": text})
    assert expected in found


def test_errors_of_all_files_come_at_once(errors: Errors) -> None:
    assert errors({"b.yaml": contract(why=""), "a.yaml": contract(id="a", fix="", severity="fial")}) == [
        'contracts/a.yaml:2:5: contract "a": "fix" is missing; '
        "say what to do instead, to the person who just broke it",
        'contracts/a.yaml:7:15: contract "a": "severity" cannot be "fial"; did you mean "fail"?',
        f'contracts/b.yaml:2:5: {L5}"why" is missing; say what the rule protects, to the person who just broke it',
    ]


def test_a_broken_file_does_not_hide_the_errors_of_others_nor_invent_some(errors: Errors) -> None:
    found = errors({"topology.yaml": "topology: [\n", "a.yaml": contract(why="")})
    assert [error.split(":")[0] for error in found] == ["contracts/a.yaml", "contracts/topology.yaml"]


def replaced(old: str, new: str) -> str:
    assert old in TOPOLOGY
    return TOPOLOGY.replace(old, new)


@pytest.mark.parametrize(
    ("topology", "expected"),
    [
        (replaced("    L6: {}\n", ""), '8:11: topology "topology": layer "L6" has no row in "wiring"'),
        (replaced("must_not: [L2, L3]", "must_not: [L2, L6]"), 'layer "L6" is named twice in one row'),
        (
            replaced("should: [L6]", "should: [L7]"),
            '16:19: topology "topology": unknown layer "L7"; did you mean',
        ),
        (replaced("    L6: {}", "    L6: {}\n    L66: {}"), '18:5: topology "topology": unknown layer "L66"'),
        (
            replaced("    L6: {}", "    L66: {}"),
            '17:5: topology "topology": unknown layer "L66"; did you mean "L6"?',
        ),
        (
            replaced("id: L5,", "id: L2,"),
            '7:12: duplicate layer id "L2"; it is already defined at contracts/topology',
        ),
        (
            replaced("roots: src", "roots: ../src"),
            '2:10: topology "topology": root "../src" is not inside the project',
        ),
        (replaced("roots: src", "root: src"), 'unknown key "root"; did you mean "roots"?'),
        (replaced("domain: same}", "domain: other}"), '"domain" cannot be "other"; known values: any, same'),
        (
            replaced("{audience}.{domain}", "{audience}.{domain"),
            '6:56: topology "topology": "{domain" is not a capture',
        ),
        (replaced("    L6: {}", "    L6:"), '"wiring.L6" must be a mapping, not empty'),
        (
            replaced(', contract: "Decides."', ""),
            '"contract" is missing; say in one sentence what code in this layer',
        ),
    ],
)
def test_a_topology_is_checked(errors: Errors, topology: str, expected: str) -> None:
    found = errors({"topology.yaml": topology, "imports.yaml": contract(**{"from": "{layer: L2}"})})
    assert any(expected in error for error in found), found


def test_several_topologies_share_their_layer_ids(load: Load, errors: Errors) -> None:
    tool = """\
    topology:
      id: tool
      roots: [verifiers]
      cover: tool.**
      layers: [{id: cli, name: CLI, modules: tool.cli.**, contract: Thin.}]
      wiring: {cli: {must_not: L6}}
    """
    contracts = load({"tool.yaml": tool, "imports.yaml": CONTRACTS})
    assert [topology.id for topology in contracts.topologies] == ["tool", "topology"]
    assert [layer.id for layer in contracts.topologies.layers] == ["cli", "L2", "L5", "L6", "L3"]
    assert errors({"tool.yaml": tool.replace("id: tool", "id: topology"), "imports.yaml": CONTRACTS}) == [
        'contracts/topology.yaml:2:3: duplicate topology id "topology"; '
        "it is already defined at contracts/tool.yaml:2; choose another"
    ]
    foreign = tool.replace("{cli: {must_not: L6}}", "{cli: {must_not: L6}, L6: {}}")
    assert errors({"tool.yaml": foreign, "imports.yaml": CONTRACTS}) == [
        'contracts/tool.yaml:6:33: topology "tool": "L6" is a layer of another topology; move the row there'
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (None, "contracts: no such directory; write contracts/topology.yaml with a topology and"),
        ({}, "contracts: holds no contract file (*.yaml); write contracts/topology.yaml"),
        ({"a.yaml": "# nothing yet\n"}, "contracts: no file has a topology; write contracts/topology.yaml"),
        ({"a.yaml": TOPOLOGY}, "contracts: no file has contracts; write the section contracts:"),
        ({"a.yaml": contract(**{"from": "{module: x}"})}, "contracts: no file has a topology;"),
    ],
)
def test_a_project_without_contracts_is_told_what_to_write(
    tmp_path: Path, files: dict[str, str] | None, message: str
) -> None:
    if files is not None:
        (tmp_path / "contracts").mkdir()
        for name, text in files.items():
            (tmp_path / "contracts" / name).write_text(text)
    with pytest.raises(ContractErrors) as caught:
        load_contracts(tmp_path, kinds=KINDS)
    (error,) = caught.value.errors
    assert str(error).startswith(message)


def test_a_directory_named_like_a_contract_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "contracts" / "x.yaml").mkdir(parents=True)
    with pytest.raises(ContractErrors, match=r"contracts/x\.yaml: cannot be read: Is a directory"):
        load_contracts(tmp_path, kinds=KINDS)


def test_errors_are_sorted_and_not_repeated() -> None:
    errors = ContractErrors(
        [
            ContractError("b", "x.yaml", 10, 1),
            ContractError("a", "x.yaml", 9, 1),
            ContractError("b", "x.yaml", 10, 1),
        ]
    )
    assert str(errors) == "x.yaml:9:1: a\nx.yaml:10:1: b"
