"""Only code counts: trees of comments, docstrings or bare strings that carry every word of this repository's own code, and every
name its contracts mention, pass nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archwright.contracts.loader import ContractSet, load_contracts
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.source.files import discover
from archwright.verifiers.catalogue import KINDS, check

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def contracts() -> ContractSet:
    return load_contracts(ROOT, kinds=KINDS)


@pytest.fixture(scope="module")
def words(contracts: ContractSet) -> str:
    """The contracts as they are written: every name, pattern and condition they mention."""
    return "\n".join(source.decode() for source in contracts.sources.values())


def commented(text: str) -> str:
    return "\n".join(f"# {line}" for line in text.splitlines()) + "\n"


def documented(text: str) -> str:
    return f'r"""\n{quotable(text)}\n"""\n'


def said(text: str) -> str:
    return f'"""A module."""\n\nr"""\n{quotable(text)}\n"""\n'


def quotable(text: str) -> str:
    return text.replace('"', "'").replace("\\", "/")


@pytest.mark.parametrize("hide", [commented, documented, said])
def test_files_without_code_pass_nothing(
    hide: Callable[[str], str], contracts: ContractSet, words: str
) -> None:
    files = discover(ROOT, contracts.topologies)
    hidden_words = hide(words)
    contents = {file.path: hide((ROOT / file.path).read_text()).encode() for file in files}
    assert any(contents.values())
    # Each tree has every word our contracts mention, once in the place where the most rules look.
    fullest = max(contents, key=lambda path: len(contents[path]))
    contents[fullest] += hidden_words.encode()
    project = build_project(
        [(f.path, f.module, f.is_package) for f in files],
        contents.__getitem__,
        contracts.topologies,
        FactStore(None, jobs=1),
    )
    assert {project.summary(m).error for m in project.modules} == {""}
    analysis = Analysis(project)
    passed = {contract.id: check(contract, analysis).passed for contract in contracts.contracts}
    assert {contract: count for contract, count in passed.items() if count} == {}
