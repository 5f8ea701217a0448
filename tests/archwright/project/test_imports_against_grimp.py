"""Import edges of installed packages, compared with those of grimp, which import-linter stands on."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import grimp
import pytest

from archwright.contracts.language import Topologies
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge
from archwright.project.project import build_project

SITE = Path(sysconfig.get_paths()["purelib"])
PACKAGES = ["click", "starlette"]


@pytest.fixture(scope="module", params=PACKAGES)
def both(request: pytest.FixtureRequest) -> tuple[set[tuple[str, str]], dict[tuple[str, str], ImportEdge]]:
    """Importer and imported by grimp, and our edges by the same pairs."""
    package = request.param
    graph = grimp.build_graph(package, cache_dir=None)
    theirs = {(a, b) for a in graph.modules for b in graph.find_modules_directly_imported_by(a)}
    files = []
    for path in sorted((SITE / package).rglob("*.py")):
        parts = list(path.relative_to(SITE).with_suffix("").parts)
        is_package = parts[-1] == "__init__"
        files.append((str(path), ".".join(parts[:-1] if is_package else parts), is_package))
    project = build_project(files, lambda p: Path(p).read_bytes(), Topologies(()), FactStore(None))
    analysis = Analysis(project)
    ours = {
        (module, edge.target): edge
        for module in project.modules
        for edge in reversed(analysis.imports(module))
        if not edge.external and edge.target != module
    }
    assert len(theirs) > 30
    return theirs, ours


def test_every_edge_grimp_sees_we_see(
    both: tuple[set[tuple[str, str]], dict[tuple[str, str], ImportEdge]],
) -> None:
    theirs, ours = both
    assert not theirs - set(ours)


def test_what_only_we_see_is_explained(
    both: tuple[set[tuple[str, str]], dict[tuple[str, str], ImportEdge]],
) -> None:
    """grimp has no edges for attributes of packages, dynamic imports, and imports of a package for its own names."""
    theirs, ours = both
    for pair, edge in ours.items():
        if pair not in theirs:
            assert edge.mode in ("attribute", "dynamic") or _own_package(edge), edge


def _own_package(edge: ImportEdge) -> bool:
    return edge.source.startswith(f"{edge.target}.")
