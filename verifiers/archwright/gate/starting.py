"""The first contracts of a code base that has none: its packages as layers, and what imports what today as the matrix."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from archwright.contracts.language import Topologies
from archwright.gate.codebase import open_code_base
from archwright.gate.results import Report
from archwright.gate.run import judge
from archwright.verifiers.catalogue import KINDS

FILE = "topology.yaml"
WIRING = "layer-wiring"
_OTHERS = frozenset(
    {
        "test",
        "tests",
        "docs",
        "doc",
        "examples",
        "example",
        "build",
        "dist",
        "contracts",
        "venv",
        "node_modules",
    }
)


class Package(msgspec.Struct, frozen=True):
    """A top-level package, and the directory imports of it start in, relative to the project."""

    root: str
    name: str
    files: int


class Start(msgspec.Struct, frozen=True):
    """What a code base can begin with."""

    text: str
    """The contract file."""
    layers: int
    report: Report
    """What the contracts in it say today."""


class _Layer(msgspec.Struct, frozen=True):
    id: str
    modules: tuple[str, ...]


def packages(directory: Path) -> list[Package]:
    """The packages below ``src``, or else below *directory*, the largest first; tests, documentation and the like left out."""
    for root in ("src", "."):
        found = [
            Package(root, child.name, files)
            for child in _children(directory / root)
            if child.is_dir() and child.name.isidentifier() and child.name not in _OTHERS
            if (files := sum(1 for _ in child.rglob("*.py")))
        ]
        if found:
            return sorted(found, key=lambda package: (-package.files, package.name))
    return []


def start(directory: Path, package: Package) -> Start:
    """Contracts that hold today, but for cycles and imports that lead nowhere: those are told in the report.

    Raises ``ContractErrors`` when the code cannot be read as one code base.
    """
    layers = _layers(directory / package.root, package.name)
    uses: dict[str, set[str]] = {layer.id: set() for layer in layers}
    while True:
        # What an import reaches through packages that hand names on is told once the package itself is allowed.
        text = _rendered(package, _top_first(layers, uses), uses)
        denied, report = _judged(directory, text)
        if not any(denied[layer] - uses[layer] for layer in uses):
            return Start(text, len(layers), report)
        uses = {layer: uses[layer] | denied[layer] for layer in uses}


def _layers(root: Path, name: str) -> list[_Layer]:
    parts = [
        _Layer(child.name, (f"{name}.{child.name}.**",))
        for child in _children(root / name)
        if child.is_dir() and child.name.isidentifier() and any(child.rglob("*.py"))
    ]
    if not parts:
        return [_Layer(name, (f"{name}.**",))]
    single = [c.stem for c in _children(root / name) if c.suffix == ".py" and c.stem != "__init__"]
    taken = {part.id for part in parts}
    own = next(word for word in (name, f"{name}_itself", f"{name}_top_level") if word not in taken)
    return [_Layer(own, (name, *(f"{name}.{stem}" for stem in single if stem.isidentifier()))), *parts]


def _children(directory: Path) -> list[Path]:
    if not directory.is_dir():
        return []
    return sorted(child for child in directory.iterdir() if not child.name.startswith((".", "__pycache__")))


def _judged(directory: Path, text: str) -> tuple[dict[str, set[str]], Report]:
    """What the contracts *text*, which are nowhere in the project meanwhile, deny: layers by the layer that imports them."""
    with tempfile.TemporaryDirectory() as kept:
        Path(kept, FILE).write_text(text, encoding="utf-8")
        contract_dir = os.path.relpath(kept, directory).replace(os.sep, "/")
        code_base = open_code_base(directory, kinds=KINDS, contract_dir=contract_dir)
        report = judge(code_base)
    topologies = code_base.analysis.project.topologies
    denied: dict[str, set[str]] = {layer.id: set() for layer in topologies.layers}
    for finding in report.findings:
        if finding.contract != WIRING or not finding.symbols:
            continue
        importer, imported = (_layer_of(finding.symbols[end], topologies) for end in (0, -1))
        if importer and imported and importer != imported:
            denied[importer].add(imported)
    return denied, report


def _layer_of(symbol: str, topologies: Topologies) -> str:
    """The layer of the module a symbol is in; empty when it has none."""
    name = symbol
    while name:
        units = topologies.classify(name)
        if len(units) == 1:
            return units[0].layer
        name = name.rpartition(".")[0]
    return ""


def _top_first(layers: Iterable[_Layer], uses: Mapping[str, set[str]]) -> list[_Layer]:
    """Layers that others stand on come last: by how many each one leads to, then by name."""

    def below(layer: str) -> int:
        seen, todo = {layer}, [layer]
        while todo:
            fresh = uses[todo.pop()] - seen
            seen |= fresh
            todo += fresh
        return len(seen)

    return sorted(layers, key=lambda layer: (-below(layer.id), layer.id))


def _rendered(package: Package, layers: Iterable[_Layer], uses: Mapping[str, set[str]]) -> str:
    layers = list(layers)
    place = {layer.id: number for number, layer in enumerate(layers)}
    listed = "".join(
        f'    - {{id: {layer.id}, name: {layer.id}, modules: {_patterns(layer)}, contract: "say here what it is for"}}\n'
        for layer in layers
    )
    rows = "".join(
        f"    {layer.id}: {_row(sorted(uses[layer.id], key=place.__getitem__))}\n" for layer in layers
    )
    return _TEXT.format(root=package.root, package=package.name, layers=listed, rows=rows)


def _row(used: list[str]) -> str:
    return f"{{should: [{', '.join(used)}]}}" if used else "{}"


def _patterns(layer: _Layer) -> str:
    if len(layer.modules) == 1:
        return f'"{layer.modules[0]}"'
    return "[" + ", ".join(f'"{pattern}"' for pattern in layer.modules) + "]"


_TEXT = """\
# The architecture as it is today. Strike from the matrix what should not be; `archwright kinds` tells what else can be demanded.
topology:
  roots: [{root}] # where imports start
  cover: "{package}.**" # every module below belongs to exactly one layer
  layers: # top to bottom
{layers}  wiring: # who may import whom; what a row does not name is denied
{rows}
contracts:
  - id: every-module-has-a-layer
    kind: topology
    rule: cover
    why: "A file outside the layers is a file no rule speaks about."
    fix: "Move it into a layer, or name it in the modules of one."

  - id: layer-wiring
    kind: imports
    rule: wiring
    except_modes: [type-only]
    why: "The matrix above is the architecture; an import it does not name is a new dependency, which somebody has to decide."
    fix: "Do without the import, or add it to the matrix and say in the review why."

  - id: no-import-cycles
    kind: imports
    rule: acyclic
    from: {{module: "{package}.**"}}
    why: "Modules that load each other depend on who is imported first."
    fix: "Move what both need into a module below them."

  - id: imports-resolve
    kind: imports
    rule: resolve
    from: {{module: "{package}.**"}}
    why: "An import of something that does not exist is an outage waiting for the line to run."
    fix: "Import the name from where it is defined, or delete the import."
"""
