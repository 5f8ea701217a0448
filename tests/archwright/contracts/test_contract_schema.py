"""The JSON Schema accepts what the loader accepts, and rejects typos and wrong shapes as the loader does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from contract_samples import CONTRACTS, KINDS, TOPOLOGY

from archwright.contracts.loader import ContractSet
from archwright.contracts.schema import contract_schema

SCHEMA: dict[str, Any] = json.loads(contract_schema(KINDS))

TYPES: dict[str, Callable[[object], bool]] = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}

KEYWORDS: dict[str, Callable[[Any, Any, dict[str, Any]], bool]] = {
    "$ref": lambda ref, v, _: valid(SCHEMA["definitions"][ref.removeprefix("#/definitions/")], v),
    "type": lambda name, v, _: TYPES[name](v),
    "const": lambda const, v, _: v == const,
    "enum": lambda options, v, _: v in options,
    "pattern": lambda pattern, v, _: not isinstance(v, str) or re.search(pattern, v) is not None,
    "anyOf": lambda schemas, v, _: any(valid(s, v) for s in schemas),
    "allOf": lambda schemas, v, _: all(valid(s, v) for s in schemas),
    "if": lambda condition, v, schema: not valid(condition, v) or valid(schema["then"], v),
    "minItems": lambda n, v, _: not isinstance(v, list) or len(v) >= n,
    "items": lambda schema, v, _: not isinstance(v, list) or all(valid(schema, i) for i in v),
    "minProperties": lambda n, v, _: not isinstance(v, dict) or len(v) >= n,
    "required": lambda keys, v, _: not isinstance(v, dict) or all(key in v for key in keys),
    "properties": lambda schemas, v, _: (
        not isinstance(v, dict) or all(valid(schemas[key], v[key]) for key in v if key in schemas)
    ),
    "additionalProperties": lambda other, v, schema: (
        not isinstance(v, dict)
        or all(
            other is not False and valid(other, v[key])
            for key in v
            if key not in schema.get("properties", {})
        )
    ),
}
ANNOTATIONS = {"$schema", "title", "description", "definitions", "then"}


def valid(schema: dict[str, Any], value: object) -> bool:
    """Whether *value* satisfies *schema*: the part of draft-07 that the schema uses."""
    if "$ref" in schema:
        assert set(schema) == {"$ref"}, "draft-07 ignores what stands beside a $ref"
    assert set(schema) <= {*KEYWORDS, *ANNOTATIONS}
    return all(check(schema[key], value, schema) for key, check in KEYWORDS.items() if key in schema)


def accepts(text: str) -> bool:
    return valid(SCHEMA, yaml.safe_load(text))


VALID = [
    TOPOLOGY,
    CONTRACTS,
    "$schema: x.json\n" + CONTRACTS,
    """
contracts:
  - {id: x, kind: shape, rule: budget, modules: {module: "**"}, lines: 3, blank: true, why: w, fix: f, owner: null}
  - {id: y, kind: shape, rule: naming, function: {any: [{function: "*.f"}, {not: {layer: [L5]}}]}, why: w, fix: f}
  - id: z
    kind: ordering
    sink: {call: "*.f"}
    dominated_by: {all: [{completed: {call: g}}, {any: {raises_unless: x, condition: y}}]}
    why: w
    fix: f
""",
]


@pytest.mark.parametrize("text", VALID)
def test_what_the_loader_reads_is_valid(load: Callable[..., ContractSet], text: str) -> None:
    load(
        {
            "contracts.yaml": CONTRACTS,
            "topology.yaml": TOPOLOGY,
            **({"x.yaml": text} if text is VALID[3] else {}),
        }
    )
    assert accepts(text)


INVALID = [
    ("from: {", "form: {"),
    ("kind: imports", "kind: import"),
    ("kind: imports", "kind: shape"),
    ("kind: imports", "kind: shape\n    rule: budgets"),
    ("kind: imports", "kind: imports\n    severity: error"),
    ("kind: imports", "kind: imports\n    expect: 3"),
    ("    kind: imports\n", ""),
    ("    why: Engines decide; they do not query.\n", ""),
    ("why: Engines decide; they do not query.", "why: ' '"),
    ("why: Engines decide; they do not query.", "why: 3"),
    ("{layer: L5}", "{layer: []}"),
    ("{layer: L5}", "{layers: L5}"),
    ("{layer: L5}", "L5"),
    ("id: l5-no-db", "id: L5"),
    ("contracts:", "contract:"),
]


@pytest.mark.parametrize(("old", "new"), INVALID)
def test_what_the_loader_rejects_is_invalid(errors: Callable[..., list[str]], old: str, new: str) -> None:
    assert old in CONTRACTS
    text = CONTRACTS.replace(old, new)
    assert errors({"contracts.yaml": text})
    assert not accepts(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("roots: src", "root: src"),
        ("domain: same", "domain: other"),
        ("    L6: {}", "    L6:"),
        ("expect: none", "expect: nothing"),
        (', contract: "Decides."', ""),
    ],
)
def test_a_wrong_topology_is_invalid(errors: Callable[..., list[str]], old: str, new: str) -> None:
    assert old in TOPOLOGY
    text = TOPOLOGY.replace(old, new)
    assert errors({"topology.yaml": text, "contracts.yaml": CONTRACTS})
    assert not accepts(text)


def test_every_reference_has_a_definition_and_every_definition_is_used() -> None:
    references = re.findall(r'"#/definitions/([^"]+)"', json.dumps(SCHEMA))
    assert set(references) == set(SCHEMA["definitions"])


def test_the_bytes_depend_on_the_kinds_alone() -> None:
    backwards = dict(reversed(KINDS.items()))
    assert contract_schema(backwards) == contract_schema(KINDS)
    assert contract_schema({"imports": KINDS["imports"]}) != contract_schema(KINDS)


def test_keys_are_documented() -> None:
    contract = SCHEMA["definitions"]["contract.imports"]
    assert contract["description"] == "Which imports are forbidden."
    assert contract["properties"]["why"]["description"].startswith("say what the rule protects")
    assert contract["properties"]["kind"] == {"const": "imports"}
