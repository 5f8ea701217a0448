"""The whole standard library, its tests with their broken files included, and all kinds of contract over some packages of it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from benchmarks.every_kind import CONTRACTS, copy_tree, python_files

LIBRARY = Path(sysconfig.get_path("stdlib"))
OF_THE_WHOLE = (
    *("topology-cover", "topology-header", "topology-naming", "imports-", "declarations-keys"),
    *("shape-budgets", "shape-contents", "registry-static"),
)
"""Contracts that are decided of the whole library within seconds; the others are asked of some packages only. What all of them
take is in ``benchmarks/README.md``."""
ABOUT_PATHS = ("topology-naming",)
NOT_READ = {"src/test/test_grammar.py", "src/test/typinganndata/ann_module.py"}
"""Valid Python that libcst's parser does not know: odd annotations in the tests of Python's own grammar."""
PACKAGES = ("concurrent", "json", "wsgiref")
SECONDS = 280


def checked(project: Path) -> tuple[int, bytes, Any]:
    """Exit code, what went to stderr, and the report of ``archwright check`` on *project*."""
    command = [Path(sys.executable).parent / "archwright", "check", "--quiet", "--no-cache"]
    done = subprocess.run(
        [*command, "--format", f"json={project / 'report.json'}"],
        cwd=project,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    return done.returncode, done.stderr, json.loads((project / "report.json").read_bytes())


def ill(report: Any) -> list[str]:
    return [
        f["contract"]
        for f in report["findings"]
        if f["evidence"] in ("verifier-crashed", "verifier-timed-out")
    ]


def test_every_module_is_read_or_is_one_finding(tmp_path: Path) -> None:
    count = copy_tree(LIBRARY, tmp_path)
    contracts = tmp_path / "contracts" / CONTRACTS.name
    written = yaml.safe_load(contracts.read_text())
    written["contracts"] = [c for c in written["contracts"] if c["id"].startswith(OF_THE_WHOLE)]
    contracts.write_text(yaml.safe_dump(written, sort_keys=False))
    code, errors, report = checked(tmp_path)
    assert (code, errors) == (1, b"")
    assert ill(report) == []
    assert report["files"]["found"] == count > 500
    unreadable = [f["location"]["path"] for f in report["findings"] if f["evidence"] == "unreadable-file"]
    assert len(unreadable) == report["files"]["unreadable"]
    findings = Counter(f["location"]["path"] for f in report["findings"] if f["contract"] not in ABOUT_PATHS)
    for path in unreadable:
        assert findings[path] == 1, path
    for path in set(unreadable) - NOT_READ:
        with pytest.raises((SyntaxError, ValueError)):
            ast.parse((tmp_path / path).read_bytes())
    for contract in report["contracts"]:
        assert contract["sites"] > 0, contract["id"]


def test_every_kind_ends_on_some_packages(tmp_path: Path) -> None:
    sources = tmp_path / "library"
    for package in PACKAGES:
        for path in python_files(LIBRARY / package):
            target = sources / path.relative_to(LIBRARY)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    count = copy_tree(sources, tmp_path / "project")
    code, errors, report = checked(tmp_path / "project")
    assert (code, errors) == (1, b"")
    assert ill(report) == []
    assert report["files"] == {"found": count, "unreadable": 0}
    assert {contract["kind"] for contract in report["contracts"] if contract["sites"]} >= {
        "topology", "imports", "ordering", "effects", "registry", "events", "reads", "shape", "declarations"
    }  # fmt: skip
