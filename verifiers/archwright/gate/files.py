"""What is wrong with the files themselves, whatever the contracts say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from archwright.contracts.contract import Contract
from archwright.model import Finding, Location, Outcome, Step
from archwright.source.files import SourceFile

if TYPE_CHECKING:
    from archwright.contracts.loader import ContractSet
    from archwright.facts.store import FactStore
    from archwright.project.analysis import Analysis
    from archwright.source.overlay import Workspace

PARSE = Contract(
    id="parse",
    kind="topology",
    why="A file that cannot be read, or that no import can name, escapes every other contract.",
    fix="Make it valid Python under a name of its own, or add it to the topology's exclude.",
    expect="any",
)
"""The built-in contract every file is under: it can be read, and one module name belongs to one file."""

_NUMBERED = re.compile(r"\d\w*")


def judge_files(
    workspace: Workspace,
    analysis: Analysis,
    contracts: ContractSet,
    store: FactStore,
    lost: Mapping[str, str],
) -> tuple[Finding, ...]:
    """Files that cannot be read, that no import can name, and that are one module. *lost*: why a path cannot be read."""
    findings: list[Finding] = []
    keys = {file.path: file.key for file in analysis.project.files}
    first: dict[str, SourceFile] = {}
    for file in workspace.files:
        summary = store.summary(keys[file.path])
        if file.path in lost:
            message = f"`{file.path}` cannot be read: {lost[file.path]}"
            findings.append(_finding("unreadable-file", file, message, Location(file.path, 1)))
        elif summary.error:
            message = f"`{file.path}` cannot be read: {summary.error}"
            findings.append(
                _finding("unreadable-file", file, message, Location(file.path, *summary.error_at))
            )
        other = first.setdefault(file.module, file)
        if other is not file:
            message = f"`{file.path}` is module `{file.module}`, and so is `{other.path}`"
            step = Step(f"`{other.path}` is judged as `{file.module}`", Location(other.path, 1))
            findings.append(_finding("ambiguous-module", file, message, Location(file.path, 1), step))
        if file.unnameable and not _numbered(file.module) and contracts.topologies.covered(file.module):
            message = f"`{file.path}` cannot be imported: `{file.module}` is not a dotted name"
            findings.append(_finding("unnameable-module", file, message, Location(file.path, 1)))
    return tuple(findings)


def _numbered(module: str) -> bool:
    """Whether only the file's leading number keeps the module from being named: so are migrations, which are
    loaded by number and not imported (``0001_initial``).
    """
    package, _, stem = module.rpartition(".")
    return bool(_NUMBERED.fullmatch(stem)) and all(
        map(str.isidentifier, package.split(".") if package else ())
    )


def _finding(evidence: str, file: SourceFile, message: str, location: Location, *steps: Step) -> Finding:
    symbols = (file.module, file.path) if evidence == "ambiguous-module" else (file.module,)
    return Finding(PARSE.id, evidence, symbols, Outcome.FAIL, message, location, steps)
