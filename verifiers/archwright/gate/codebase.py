"""A project opened for judging: its contracts, its files, their facts, and what is wrong with the files themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from archwright.contracts.errors import ContractError, ContractErrors
from archwright.contracts.files import DEFAULT_DIRECTORY
from archwright.contracts.loader import ContractSet, Kinds, load_contracts
from archwright.facts.store import FactStore
from archwright.gate.baseline import BASELINE
from archwright.gate.files import PARSE, judge_files
from archwright.gate.waivers import WAIVERS
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.source.files import discover
from archwright.source.overlay import Workspace

_BUILT_IN = {
    PARSE.id: "the built-in contract on unreadable files",
    WAIVERS.id: "the built-in contract on waivers",
    BASELINE.id: "the built-in contract on the baseline",
}

_UNREADABLE = b"\x00"
"""Stands for the content of a file that cannot be read, so that its module is known but nothing in it is."""


class CodeBase(msgspec.Struct, frozen=True):
    """What verifiers and commands work on."""

    contracts: ContractSet
    analysis: Analysis
    files: CheckResult
    """What ``PARSE`` came to."""
    unreadable: frozenset[str]
    """Modules nothing is known about."""


def open_code_base(
    project_dir: str | os.PathLike[str],
    *,
    kinds: Kinds,
    contract_dir: str = DEFAULT_DIRECTORY,
    cache_dir: Path | None = None,
    jobs: int | None = None,
) -> CodeBase:
    """Reads the contracts and the facts of all files below the topologies' roots.

    Raises ``ContractErrors`` for contracts that cannot be used: see ``load_contracts`` and ``discover``;
    besides, roots without a Python file and an id that is taken by a built-in contract.
    """
    contracts = load_contracts(project_dir, contract_dir, kinds=kinds)
    workspace = Workspace(project_dir, discover(project_dir, contracts.topologies))
    errors = [*_empty_roots(contracts, workspace), *_taken_ids(contracts)]
    if errors:
        raise ContractErrors(errors)
    lost: dict[str, str] = {}

    def read(path: str) -> bytes:
        try:
            return workspace.read(path)
        except OSError as error:
            lost[path] = error.strerror or type(error).__name__
            return _UNREADABLE

    store = FactStore(cache_dir, jobs=jobs)
    named = ((file.path, file.module, file.is_package) for file in workspace.files)
    analysis = Analysis(build_project(named, read, contracts.topologies, store))
    findings = judge_files(workspace, analysis, contracts, store, lost)
    bad = {finding.location.path for finding in findings}
    result = CheckResult(
        PARSE.id, PARSE.kind, len(workspace.files), len(workspace.files) - len(bad), findings
    )
    unreadable = frozenset(f.symbols[0] for f in findings if f.evidence == "unreadable-file")
    return CodeBase(contracts, analysis, result, unreadable)


def _empty_roots(contracts: ContractSet, workspace: Workspace) -> Iterator[ContractError]:
    for topology in contracts.topologies:
        for root in topology.roots:
            if root != "." and not any(file.path.startswith(f"{root}/") for file in workspace.files):
                hint = "name a directory with code, or exclude less"
                yield ContractError.at(root.origin, f'root "{root}" holds no Python file', hint)
            elif not workspace.files:
                hint = "run archwright where the code is, or name the directory with the code"
                yield ContractError.at(root.origin, "the project holds no Python file", hint)


def _taken_ids(contracts: ContractSet) -> Iterator[ContractError]:
    for contract in contracts.contracts:
        if contract.id in _BUILT_IN:
            message = f'contract "{contract.id}": this id belongs to {_BUILT_IN[contract.id]}'
            yield ContractError.at(contract.origin, message, "choose another")
