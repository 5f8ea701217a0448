"""The ratchet: findings an old code base starts with, one line each in a file that only shrinks."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from archwright.contracts.language import Contract, ContractError, ContractErrors
from archwright.gate.results import Decided, ReportedFinding, Suppression
from archwright.model import CheckResult, Finding, Location, Outcome

FILE_NAME = "baseline.txt"
"""In the directory of the contracts."""

BASELINE = Contract(
    id="baseline",
    kind="gate",
    why="What has been put right must not come back unseen.",
    fix="Run `archwright baseline` and commit the smaller file.",
    expect="any",
)
"""The built-in contract on the baseline: each of its findings is still there."""

_HEADER = """\
# Findings this code base was adopted with, one identity a line, sorted. They do not fail `archwright check`; new ones do.
# The file only shrinks: when a finding is gone, `archwright baseline` removes its line. Merge conflicts: keep both sides
# and run it again.
"""
_IDENTITY = re.compile(r"[a-z0-9-]+\|[^|]+\|.*")
_CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})( |$)")


class Baseline(msgspec.Struct, frozen=True):
    """A baseline as read."""

    path: str
    """Relative to the project."""
    lines: dict[str, int]
    """Line numbers by identity."""


def baseline_path(contract_dir: str) -> str:
    """Where the baseline of the contracts in *contract_dir* is, relative to the project."""
    return f"{contract_dir.rstrip('/')}/{FILE_NAME}"


def read_baseline(project_dir: str | os.PathLike[str], contract_dir: str) -> Baseline | None:
    """The baseline of a project; None when it has none.

    Raises ``ContractErrors`` for a file that cannot be read and for lines that are no identities.
    """
    path = baseline_path(contract_dir)
    try:
        text = (Path(project_dir) / path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ContractErrors(
            [ContractError(f"cannot be read: {reason}", path, hint="restore it from version control")]
        ) from None
    lines: dict[str, int] = {}
    errors: list[ContractError] = []
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.rstrip("\r")
        if not entry.strip() or entry.startswith("#"):
            continue
        if _CONFLICT.match(entry):
            hint = "keep the findings of both sides and run archwright baseline"
            errors.append(ContractError("a merge conflict is not resolved", path, number, 1, hint))
        elif not _IDENTITY.fullmatch(entry):
            hint = "each line is the identity of a finding: contract|evidence|symbols"
            errors.append(ContractError("is not the identity of a finding", path, number, 1, hint))
        else:
            lines.setdefault(_unescaped(entry), number)
    if errors:
        raise ContractErrors(errors)
    return Baseline(path, lines)


def render_baseline(identities: Iterable[str]) -> str:
    """The text of a baseline of *identities*."""
    return _HEADER + "".join(f"{_escaped(identity)}\n" for identity in sorted(set(identities)))


def judge_baseline(
    baseline: Baseline, findings: Collection[ReportedFinding], undecided: Collection[str]
) -> tuple[dict[str, Suppression], Decided]:
    """What *baseline* suppresses of *findings*, by identity, and which of its findings are gone.

    Of the contracts *undecided* nobody can tell what is gone.
    """
    there = {finding.identity for finding in findings}
    suppressed: dict[str, Suppression] = {}
    gone: list[Finding] = []
    for identity, number in baseline.lines.items():
        contract = identity.partition("|")[0]
        at = Location(baseline.path, number)
        if identity in there:
            suppressed[identity] = Suppression("baseline", at)
        elif contract not in undecided:
            message = f"`{identity}` is fixed, and the baseline still has it"
            gone.append(Finding(BASELINE.id, "fixed-finding", (identity,), Outcome.FAIL, message, at))
    sites = len(baseline.lines)
    result = CheckResult(BASELINE.id, BASELINE.kind, sites, sites - len(gone), tuple(gone))
    return suppressed, (BASELINE, result)


def _escaped(identity: str) -> str:
    return identity.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _unescaped(line: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), line)


_ESCAPES = {"n": "\n", "r": "\r"}
