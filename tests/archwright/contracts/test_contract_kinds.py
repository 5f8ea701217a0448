"""A kind is a struct: its annotations are the grammar, its ``problems`` the cross-checks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Literal

import msgspec
import pytest

from archwright.contracts.language import Contract, LayerId, Problem
from archwright.contracts.loader import ContractSet
from archwright.contracts.places import NOWHERE
from archwright.contracts.schema import contract_schema
from archwright.model import Location


class Mode(Enum):
    RUNTIME = "runtime"
    TYPE_ONLY = "type-only"


class Range(msgspec.Struct, frozen=True):
    low: int
    high: int
    origin: Location = NOWHERE

    def problems(self) -> Iterator[Problem]:
        if self.low > self.high:
            yield Problem(self.origin, "the range is empty", "swap its ends")


class EveryContract(Contract, frozen=True, kw_only=True):
    mode: Mode = Mode.RUNTIME
    modes: list[Mode] = msgspec.field(default_factory=list)
    owners: Mapping[LayerId, tuple[str, ...]] = {}
    limits: dict[str, int] = msgspec.field(default_factory=dict)
    range: Range | None = None
    strictness: Literal["low", "high"] = "low"

    def problems(self) -> Iterator[Problem]:
        if self.strictness == "high" and not self.modes:
            yield Problem(self.origin, '"strictness: high" needs "modes"', "list the modes")


class UnreadableContract(Contract, frozen=True, kw_only=True):
    weight: float


class AmbiguousContract(Contract, frozen=True, kw_only=True):
    either: Range | Mode


Load = Callable[..., ContractSet]
HEAD = "contracts:\n  - id: x\n    kind: every\n    why: w\n    fix: f\n"
KINDS = {"every": EveryContract}


def test_annotations_are_the_grammar(load: Load) -> None:
    text = HEAD + (
        "    mode: type-only\n"
        "    modes: runtime\n"
        "    owners: {L5: [a, b], L6: c}\n"
        "    limits: {lines: 400}\n"
        "    range: {low: -1, high: 0}\n"
    )
    (contract,) = load({"x.yaml": text}, KINDS).contracts
    assert isinstance(contract, EveryContract)
    assert contract.mode is Mode.TYPE_ONLY
    assert contract.modes == [Mode.RUNTIME]
    assert contract.owners == {"L5": ("a", "b"), "L6": ("c",)}
    assert contract.limits == {"lines": 400}
    assert contract.range == Range(-1, 0, Location("contracts/x.yaml", 10, 12, 10, 30))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mode: typeonly", '6:11: contract "x": "mode" cannot be "typeonly"; did you mean "type-only"?'),
        (
            "modes: [runtime, typ, 3]",
            '6:22: contract "x": "modes" cannot be "typ"; did you mean "type-only"?\n'
            '6:27: contract "x": "modes" must be a string, not the number 3; write "3" in quotes',
        ),
        ("owners: {L55: a}", '6:14: contract "x": unknown layer "L55"; did you mean "L5"?'),
        ("owners: {}", '6:13: contract "x": "owners" is an empty mapping; add an entry or remove the key'),
        (
            "owners: L5",
            '6:13: contract "x": "owners" must be a mapping, not the string "L5"; write "name: value"',
        ),
        (
            "limits: {a: x}",
            '6:17: contract "x": "limits.a" must be a whole number, not the string "x"; write a',
        ),
        ("range: {low: 1}", '6:12: contract "x": "high" is missing; add "high"'),
        ("range: {low: 2, high: 1}", '6:12: contract "x": the range is empty; swap its ends'),
        ("strictness: high", '2:5: contract "x": "strictness: high" needs "modes"; list the modes'),
    ],
)
def test_errors_are_at_the_value_that_is_wrong(
    errors: Callable[..., list[str]], line: str, expected: str
) -> None:
    found = errors({"x.yaml": f"{HEAD}    {line}\n"}, KINDS)
    lines = expected.splitlines()
    assert len(found) == len(lines)
    for error, start in zip(found, lines, strict=True):
        assert error.removeprefix("contracts/x.yaml:").startswith(start)


@pytest.mark.parametrize(
    ("cls", "key"), [(UnreadableContract, "weight: 1.5"), (AmbiguousContract, "either: runtime")]
)
def test_a_kind_that_no_file_can_hold_is_a_mistake_of_its_author(
    load: Load, cls: type[Contract], key: str
) -> None:
    with pytest.raises(TypeError, match="contract files cannot hold"):
        load({"x.yaml": f"{HEAD}    {key}\n"}, {"every": cls})


def test_the_schema_covers_the_same_annotations() -> None:
    schema = msgspec.json.decode(contract_schema(KINDS))["definitions"]["contract.every"]["properties"]
    assert schema["mode"] == {"enum": ["runtime", "type-only"]}
    assert schema["limits"] == {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": "integer"},
    }
    assert schema["range"] == {"anyOf": [{"$ref": "#/definitions/Range"}, {"type": "null"}]}
    with pytest.raises(TypeError, match="contract files cannot hold"):
        contract_schema({"every": UnreadableContract})


def test_loading_contracts_imports_nothing_heavy_and_nothing_above() -> None:
    code = (
        "import sys, archwright.contracts.loader, archwright.contracts.language\n"
        "heavy = {'libcst', 'jsonschema', 'jinja2', 'click', 'asyncio', 'multiprocessing'} & set(sys.modules)\n"
        "above = [m for m in sys.modules if m.startswith('archwright.')\n"
        "         and not m.startswith(('archwright.contracts', 'archwright.model'))]\n"
        "print(sorted(heavy), above)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] []"
