"""Loads contracts from text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from contract_samples import KINDS, TOPOLOGY

from archwright.contracts.language import ContractErrors
from archwright.contracts.loader import ContractSet, Kinds, load_contracts


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., ContractSet]:
    """Loads the contracts in files given as text, with a topology beside them unless one is given."""

    def load(files: Mapping[str, str], kinds: Kinds = KINDS) -> ContractSet:
        directory = tmp_path / "contracts"
        directory.mkdir(exist_ok=True)
        for old in directory.iterdir():
            old.unlink()
        for name, text in {"topology.yaml": TOPOLOGY, **files}.items():
            (directory / name).write_text(dedent(text), encoding="utf-8")
        return load_contracts(tmp_path, kinds=kinds)

    return load


@pytest.fixture
def errors(load: Callable[..., ContractSet], tmp_path: Path) -> Callable[..., list[str]]:
    """What loading reports, line by line; every place must exist in its file."""

    def errors(files: Mapping[str, str], kinds: Kinds = KINDS) -> list[str]:
        with pytest.raises(ContractErrors) as caught:
            load(files, kinds)
        for error in caught.value.errors:
            assert error.hint, f"no remedy: {error}"
            if error.line:
                lines = (tmp_path / error.path).read_text(
                    encoding="utf-8", errors="replace"
                ).splitlines() or [""]
                assert 1 <= error.line <= len(lines), str(error)
                assert 1 <= error.column <= len(lines[error.line - 1]) + 1, str(error)
        return str(caught.value).splitlines()

    return errors
