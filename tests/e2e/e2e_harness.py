"""Runs archwright and import-linter on a copy of an installed package, and reads import-linter's rules as sets of edges."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCRIPTS = Path(sys.executable).parent
TIMEOUT = 60
"""Seconds after which a command counts as not terminating."""

Edge = tuple[str, str]


def run_check(project: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """``archwright check`` in *project*, as from a shell."""
    return subprocess.run(
        [SCRIPTS / "archwright", "check", *options],
        cwd=project,
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
        env={**os.environ, "NO_COLOR": "1", **environment},
    )


def check_json(project: Path, *options: str) -> Any:
    """The JSON report of ``archwright check``."""
    done = run_check(project, "--format", "json", *options)
    assert done.returncode in (0, 1), done.stderr.decode()
    return json.loads(done.stdout)


def copy_package(package: str, project: Path) -> None:
    """The Python files of an installed package, below ``src``; neither installed nor importable from there."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    source = Path(spec.submodule_search_locations[0])
    for path in sorted(source.rglob("*.py")):
        target = project / "src" / package / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


@dataclass(frozen=True)
class Project:
    """A copy of an installed package with the contracts and the rules of import-linter kept for it here."""

    package: str
    directory: Path

    @classmethod
    def create(cls, package: str, directory: Path) -> Project:
        """Copies everything to *directory*."""
        copy_package(package, directory)
        shutil.copytree(HERE / package / "contracts", directory / "contracts")
        return cls(package, directory)

    @cached_property
    def outcome(self) -> subprocess.CompletedProcess[bytes]:
        """One run of archwright: text on stdout, JSON beside it."""
        return run_check(self.directory, "--format", f"json={self.directory / 'report.json'}")

    @cached_property
    def report(self) -> Any:
        """What archwright says."""
        assert self.outcome.returncode in (0, 1), self.outcome.stderr.decode()
        return json.loads((self.directory / "report.json").read_bytes())

    def contract(self, contract: str) -> Any:
        """What archwright says about one contract."""
        return next(c for c in self.report["contracts"] if c["id"] == contract)

    def findings(self, contract: str) -> list[Any]:
        """The findings of one contract."""
        return [f for f in self.report["findings"] if f["contract"] == contract]

    def edges(self, contract: str) -> set[Edge]:
        """The offending edges of one contract, as pairs of modules."""
        return {
            (self._module(f), f["symbols"][-1]) for f in self.findings(contract) if f["verdict"] == "FAIL"
        }

    def _module(self, finding: Any) -> str:
        assert finding["evidence"] in ("forbidden-import", "forbidden-chain", "upward-import"), finding
        path = Path(finding["location"]["path"]).relative_to("src").with_suffix("")
        parts = path.parts[:-1] if path.name == "__init__" else path.parts
        return ".".join(parts)

    def rules(self) -> list[LinterRule]:
        """The rules of all ``*.importlinter`` files for the package."""
        return [
            LinterRule(self, config, section.rpartition(":")[2])
            for config in sorted((HERE / self.package).glob("*.importlinter"))
            for section in _read(config).sections()
            if section.startswith("importlinter:contract:")
        ]


def _read(config: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(config, encoding="utf-8")
    return parser


@dataclass(frozen=True)
class LinterRule:
    """One contract of import-linter."""

    project: Project
    config: Path
    id: str

    def kept(self) -> bool:
        """What import-linter itself says."""
        done = subprocess.run(
            [
                SCRIPTS / "lint-imports",
                "--config",
                self.config,
                "--contract",
                self.id,
                "--no-cache",
                "--no-logo",
            ],
            cwd=self.project.directory / "src",
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
            env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
        )
        found = re.search(rf"^{re.escape(self.id)} (KEPT|BROKEN)", done.stdout, re.MULTILINE)
        assert found, done.stdout + done.stderr
        assert done.returncode == (0 if found[1] == "KEPT" else 1)
        return found[1] == "KEPT"

    def edges(self) -> set[Edge]:
        """The offending edges in grimp's graph; for a transitive rule the pairs of modules a chain connects."""
        section = _read(self.config)[f"importlinter:contract:{self.id}"]
        return _ORACLES[section["type"]](section, self._graph())

    def _graph(self) -> Any:
        exclude = _read(self.config)["importlinter"].getboolean(
            "exclude_type_checking_imports", fallback=False
        )
        done = subprocess.run(
            [sys.executable, HERE / "grimp_edges.py", self.project.package, str(int(exclude))],
            cwd=self.project.directory / "src",
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=True,
        )
        return json.loads(done.stdout)


def _direct(graph: Any) -> set[Edge]:
    return {(importer, imported) for importer, targets in graph["direct"].items() for imported in targets}


def _within(module: str, packages: list[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _layer_edges(section: Any, graph: Any) -> set[Edge]:
    """Upwards, and sideways where the members of a layer are independent (``|``)."""
    layers = section["layers"].split("\n")[1:]
    places = {
        part.strip(): (position, part.strip() if "|" in line else "")
        for position, line in enumerate(layers)
        for part in re.split(r"[:|]", line)
    }

    def place(module: str) -> tuple[int, str] | None:
        return next((found for package, found in places.items() if _within(module, [package])), None)

    def wrong(a: str, b: str) -> bool:
        own, other = place(a), place(b)
        if own is None or other is None:
            return False
        return other[0] < own[0] or (other[0] == own[0] and other[1] != own[1])

    return {(a, b) for a, b in _direct(graph) if wrong(a, b)}


def _forbidden_edges(section: Any, graph: Any) -> set[Edge]:
    sources, forbidden = section["source_modules"].split(), section["forbidden_modules"].split()
    pairs = _direct(graph)
    if not section.getboolean("allow_indirect_imports", fallback=False):
        pairs = {(a, b) for a, targets in graph["reached"].items() for b in targets}
    return {(a, b) for a, b in pairs if _within(a, sources) and _within(b, forbidden)}


def _protected_edges(section: Any, graph: Any) -> set[Edge]:
    protected, allowed = section["protected_modules"].split(), section["allowed_importers"].split()
    return {
        (a, b)
        for a, b in _direct(graph)
        if _within(b, protected) and not _within(a, protected) and not _within(a, allowed)
    }


_ORACLES = {
    "layers": _layer_edges,
    "forbidden": _forbidden_edges,
    "protected": _protected_edges,
}
