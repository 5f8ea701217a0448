"""The JSON Schema beside the contract files is the one the loader's own types give."""

from __future__ import annotations

from pathlib import Path

from archwright.contracts.schema import contract_schema
from archwright.verifiers.catalogue import KINDS

CONTRACTS = Path(__file__).parents[2] / "contracts"


def test_the_published_schema_is_current() -> None:
    published = (CONTRACTS / "contracts.schema.json").read_bytes()
    assert published == contract_schema(KINDS), "run: archwright schema > contracts/contracts.schema.json"


def test_every_contract_file_refers_to_it() -> None:
    for file in sorted(CONTRACTS.glob("*.yaml")):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=contracts.schema.json", file.name
