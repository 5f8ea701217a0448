"""The files contracts are written in, as bytes."""

from __future__ import annotations

import os

from archwright.contracts.errors import ContractError
from archwright.contracts.regular_files import read_regular

DEFAULT_DIRECTORY = "contracts"


def read_files(
    project_dir: str | os.PathLike[str], contract_dir: str
) -> tuple[dict[str, bytes], list[ContractError]]:
    """The YAML files in *contract_dir* by path relative to the project, and what is wrong with reading them."""
    directory = os.path.join(project_dir, contract_dir)
    shown = contract_dir.replace(os.sep, "/").rstrip("/")
    hint = f"write {shown}/topology.yaml with a topology and {shown}/imports.yaml with a first contract"
    try:
        names = sorted(os.listdir(directory))
    except FileNotFoundError:
        return {}, [ContractError("no such directory", shown, hint=hint)]
    except OSError as error:
        return {}, [ContractError(f"cannot be read: {error.strerror}", shown, hint="name a directory")]
    sources: dict[str, bytes] = {}
    errors: list[ContractError] = []
    for name in names:
        if name.startswith(".") or not name.endswith((".yaml", ".yml")):
            continue
        path = f"{shown}/{name}"
        try:
            sources[path] = read_regular(os.path.join(directory, name))
        except OSError as error:
            errors.append(ContractError(f"cannot be read: {error.strerror}", path, hint="check the file"))
    if not sources and not errors:
        errors.append(ContractError("holds no contract file (*.yaml)", shown, hint=hint))
    return sources, errors
