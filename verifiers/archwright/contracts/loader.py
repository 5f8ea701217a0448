"""Reads the contracts of a project; reports everything that is wrong in all files at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from archwright.contracts import nodes
from archwright.contracts.contract import Contract
from archwright.contracts.convert import Reader, RejectedError, fields_of
from archwright.contracts.errors import ContractError, ContractErrors, suggestion
from archwright.contracts.files import DEFAULT_DIRECTORY, read_files
from archwright.contracts.mentions import Mention, mentions
from archwright.contracts.nodes import Node, Scalar, describe
from archwright.contracts.places import LayerId
from archwright.contracts.topology import Topologies, Topology
from archwright.contracts.waivers import Waiver
from archwright.model import Location

Kind = type[Contract] | Mapping[str, type[Contract]]
"""What contracts of one kind are read as: one struct, or structs by the contract's ``rule``."""

Kinds = Mapping[str, Kind]
"""Contract kinds by name."""

SECTIONS = ("topology", "contracts", "waivers")
"""Top-level keys of a contract file, next to ``$schema``."""

_KEBAB_CASE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


class ContractSet(msgspec.Struct, frozen=True):
    """All contracts of a project."""

    topologies: Topologies
    contracts: tuple[Contract, ...]
    """In the order of files and of contracts in a file."""
    sources: Mapping[str, bytes]
    """The contract files as read, by path relative to the project; what cache keys are made of."""
    waivers: tuple[Waiver, ...] = ()
    """In the order of files and of waivers in a file."""

    def mentions(self) -> Iterator[Mention]:
        """Every layer, domain and pattern that a topology or contract mentions, with its place."""
        for topology in self.topologies:
            yield from mentions(topology)
        for contract in self.contracts:
            yield from mentions(contract)


def load_contracts(
    project_dir: str | os.PathLike[str], contract_dir: str = DEFAULT_DIRECTORY, *, kinds: Kinds
) -> ContractSet:
    """The contracts in the YAML files of *contract_dir*, a directory relative to *project_dir*.

    Raises ``ContractErrors`` with everything that is wrong in all files.
    """
    sources, errors = read_files(project_dir, contract_dir)
    loading = _Loading(kinds)
    broken = bool(errors)
    for path, data in sources.items():
        root, syntax_errors = nodes.parse(data, path)
        errors += syntax_errors
        broken = broken or bool(syntax_errors)
        if root is not None:
            loading.read_file(root)
    if not broken:  # a file that cannot be read may define what the others refer to
        loading.check_references()
        if not loading.errors and (missing := _missing(loading, contract_dir)):
            errors.append(missing)
    errors += loading.errors
    if errors:
        raise ContractErrors(errors)
    topologies = Topologies(loading.topologies)
    return ContractSet(topologies, tuple(loading.contracts), sources, tuple(loading.waivers))


def _missing(loading: _Loading, contract_dir: str) -> ContractError | None:
    if not loading.topologies:
        hint = f"write {contract_dir}/topology.yaml with the section topology: roots, cover, layers, wiring"
        return ContractError("no file has a topology", contract_dir, hint=hint)
    if not loading.contracts:
        hint = f"write the section contracts: with a list of them, e.g. in {contract_dir}/imports.yaml"
        return ContractError("no file has contracts", contract_dir, hint=hint)
    return None


class _Loading:
    """What has been read so far."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.reader = Reader()
        self.topologies: list[Topology] = []
        self.contracts: list[Contract] = []
        self.waivers: list[Waiver] = []
        self.layer_ids: dict[str, Location] = {}
        self.contract_ids: dict[str, Location] = {}
        self.topology_ids: dict[str, Location] = {}

    @property
    def errors(self) -> list[ContractError]:
        return self.reader.errors

    def read_file(self, root: Node) -> None:
        if not isinstance(root, nodes.Mapping):
            message = f"a contract file must be a mapping, not {describe(root)}"
            self.reader.report(root.location, message, f"begin with one of: {', '.join(SECTIONS)}")
            return
        for key, entry in root.entries.items():
            if key == "topology":
                self.read_topology(entry.value)
            elif key == "contracts":
                self.read_contracts(entry.value)
            elif key == "waivers":
                self.read_waivers(entry.value)
            elif key != "$schema":
                hint = suggestion(key, SECTIONS, "keys")
                self.reader.report(entry.key.location, f'unknown key "{key}"', hint)

    def read_topology(self, node: Node) -> None:
        for layer_id in _layer_ids(node):
            self.define(self.layer_ids, "layer", layer_id.text, layer_id.location)
        named = _text_at(node, "id")
        topology_id, location = (named.text, named.location) if named else ("topology", node.location)
        self.define(self.topology_ids, "topology", topology_id, location)
        try:
            with self.reader.subject(f'topology "{topology_id}"'):
                self.topologies.append(self.reader.struct(node, Topology, "topology"))
        except RejectedError:
            pass  # reported

    def read_contracts(self, node: Node) -> None:
        if not isinstance(node, nodes.Sequence) or not node.items:
            message = f'"contracts" must be a list with at least one contract, not {describe(node)}'
            self.reader.report(node.location, message, 'begin each contract with "- id: ..."')
            return
        for number, item in enumerate(node.items, 1):
            named = _text_at(item, "id")
            if named is not None:
                self.define(self.contract_ids, "contract", named.text, named.location)
            try:
                with self.reader.subject(f'contract "{named.text}"' if named else f"contract {number}"):
                    self.contracts.append(self.read_contract(item, named))
            except RejectedError:
                pass  # reported

    def read_waivers(self, node: Node) -> None:
        if not isinstance(node, nodes.Sequence) or not node.items:
            message = f'"waivers" must be a list with at least one waiver, not {describe(node)}'
            self.reader.report(node.location, message, 'begin each with "- contract: ..." or remove the key')
            return
        for number, item in enumerate(node.items, 1):
            try:
                with self.reader.subject(f"waiver {number}"):
                    self.waivers.append(self.reader.struct(item, Waiver, "waiver"))
            except RejectedError:
                pass  # reported

    def read_contract(self, node: Node, named: Scalar | None) -> Contract:
        if named is not None and not _KEBAB_CASE.fullmatch(named.text):
            kebab = re.sub(r"[^a-z0-9]+", "-", named.text.lower()).strip("-")
            hint = f'write "{kebab or "my-contract"}"'
            self.reader.report(named.location, "the id is not in kebab-case", hint)
        if not isinstance(node, nodes.Mapping):
            message = f"a contract must be a mapping, not {describe(node)}"
            raise self.reader.rejected(node.location, message, "write keys: id, kind, why, fix, ...")
        try:
            cls: Any = self.choose(node, "kind", self.kinds)
            by_rule = isinstance(cls, Mapping)
            if by_rule:
                cls = self.choose(node, "rule", cls)
        except RejectedError:  # which keys it may have is unknown, which it must have is not
            for field in fields_of(Contract):
                if field.required and field.key not in node.entries and field.key != "kind":
                    self.reader.report(node.location, f'"{field.key}" is missing', field.description)
            raise
        ignore = ("rule",) if by_rule and "rule" not in cls.__struct_fields__ else ()
        contract: Contract = self.reader.struct(node, cls, "contract", ignore=ignore)
        return contract

    def choose(self, node: nodes.Mapping, key: str, choices: Mapping[str, Any]) -> Any:
        """What the value of *key* stands for."""
        value = node.get(key)
        if value is None:
            raise self.reader.rejected(
                node.location, f'"{key}" is missing', f"write one of: {', '.join(sorted(choices))}"
            )
        text = self.reader.text(value, key)
        if text not in choices:
            raise self.reader.rejected(
                value.location, f'unknown {key} "{text}"', suggestion(text, choices, f"{key}s")
            )
        return choices[text]

    def define(self, known: dict[str, Location], noun: str, name: str, location: Location) -> None:
        first = known.setdefault(name, location)
        if first is not location:
            hint = f"it is already defined at {first.path}:{first.line}; choose another"
            self.reader.report(location, f'duplicate {noun} id "{name}"', hint)

    def check_references(self) -> None:
        """Report layers that nobody defines, and rows of the matrix for layers of another topology."""
        items: tuple[Topology | Contract, ...] = (*self.topologies, *self.contracts)
        for item in items:
            for mention in mentions(item):
                name = mention.value
                if isinstance(name, LayerId) and name not in self.layer_ids:
                    hint = suggestion(name, self.layer_ids, "layers")
                    self.reader.report(mention.origin, f'{mention.owner}: unknown layer "{name}"', hint)
        for topology in self.topologies:
            own = {layer.id for layer in topology.layers}
            for row in topology.wiring:
                if row in self.layer_ids and row not in own:
                    message = f'topology "{topology.id}": "{row}" is a layer of another topology'
                    self.reader.report(row.origin, message, "move the row there")


def _layer_ids(topology: Node) -> Iterator[Scalar]:
    layers = topology.get("layers") if isinstance(topology, nodes.Mapping) else None
    for layer in layers.items if isinstance(layers, nodes.Sequence) else (layers,):
        if layer is not None and (layer_id := _text_at(layer, "id")) is not None:
            yield layer_id


def _text_at(node: Node, key: str) -> Scalar | None:
    value = node.get(key) if isinstance(node, nodes.Mapping) else None
    return value if isinstance(value, Scalar) and value.type == "str" and value.text else None
