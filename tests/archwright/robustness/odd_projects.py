"""Projects of a few odd modules, judged by contracts of all kinds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.every_kind import CONTRACTS

from archwright.gate.results import TIMED_OUT, Report
from archwright.gate.run import run
from archwright.report.json import render


def judged(directory: Path, files: Mapping[str, str], seconds: float = 60.0) -> Report:
    """What contracts of all kinds say about *files*, by module of the package ``odd``; a crash is an error here."""
    for name, text in {"known": "import fastapi\n", **files}.items():
        path = directory / f"src/odd/{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (directory / "contracts").mkdir(exist_ok=True)
    (directory / "contracts/all.yaml").write_bytes(CONTRACTS.read_bytes())
    report = run(directory, jobs=1, seconds=seconds, on_crash=_raise)
    assert [f.contract for f in report.findings if f.evidence == TIMED_OUT] == []
    assert len(json.loads(render(report))["findings"]) == len(report.findings)
    known = {f.contract for f in report.findings if f.location.path == "src/odd/known.py"}
    assert "imports-only" in known, "the other files are decided all the same"
    return report


def _raise(contract: object, error: Exception) -> None:
    raise AssertionError(f"{contract} crashed") from error


def unreadable(report: Report) -> list[str]:
    return [f.location.path for f in report.findings if f.evidence == "unreadable-file"]
