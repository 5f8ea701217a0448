"""The same import rules for two tools, made from a package's own import graph so that they hold and decide something.

Three shapes, those of which real configurations consist: *forbidden* (one package may not import some others directly),
*unreachable* (not through others either) and *layers*. The graph is grimp's, import-linter's own; nothing here is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import grimp
import msgspec
import yaml

MAX_FORBIDDEN = 12
MAX_UNREACHABLE = 4


class Forbidden(msgspec.Struct, frozen=True):
    """Modules that must not import others."""

    source: str
    targets: tuple[str, ...]
    transitive: bool

    @property
    def id(self) -> str:
        shape = "unreachable" if self.transitive else "forbidden"
        return f"{shape}-{self.source.rpartition('.')[2].strip('_').replace('_', '-').lower()}"


class Rules(msgspec.Struct, frozen=True):
    """What both tools are to check about one package."""

    package: str
    forbidden: tuple[Forbidden, ...]
    layers: tuple[tuple[str, ...], ...]
    """Top first; the members of one layer may import each other."""

    def without(self, broken: Iterable[tuple[str, str]]) -> Rules:
        """These rules without the targets that are imported all the same: *broken* pairs rule ids and modules."""
        imported: dict[str, set[str]] = {}
        for rule_id, module in broken:
            imported.setdefault(rule_id, set()).add(module)
        kept: list[Forbidden] = []
        for rule in self.forbidden:
            found = imported.get(rule.id, set())
            targets = tuple(t for t in rule.targets if not any(_in(t, module) for module in found))
            if targets:
                kept.append(msgspec.structs.replace(rule, targets=targets))
        return Rules(self.package, tuple(kept), () if "layers" in imported else self.layers)

    @property
    def count(self) -> int:
        """How many contracts each tool gets."""
        return len(self.forbidden) + (len(self.layers) > 1)


def make_rules(root: Path, package: str) -> Rules:
    """Rules that hold for *package*, a directory below *root*, which must be importable.

    Raises ValueError when the package has too little structure to have a rule about.
    """
    graph = grimp.build_graph(package, cache_dir=None)
    units = sorted(graph.find_children(package))
    inside = {unit: {unit, *graph.find_descendants(unit)} for unit in units}
    imported = {
        unit: {
            target for module in inside[unit] for target in graph.find_modules_directly_imported_by(module)
        }
        for unit in units
    }
    by_size = sorted((u for u in units if imported[u]), key=lambda u: (-len(inside[u]), u))

    def absent(unit: str, related: Callable[[str, str], bool]) -> tuple[str, ...]:
        return tuple(other for other in units if other != unit and not related(unit, other))

    def direct(unit: str, other: str) -> bool:
        return not imported[unit].isdisjoint(inside[other])

    reach = _reachability(package, inside, imported, graph)
    forbidden = [
        Forbidden(unit, targets, transitive=False)
        for unit in by_size[:MAX_FORBIDDEN]
        if (targets := absent(unit, direct))
    ]
    unreachable = [
        Forbidden(unit, targets, transitive=True)
        for unit in by_size
        if (targets := absent(unit, lambda a, b: b in reach[a]))
    ]
    rules = Rules(package, (*forbidden, *unreachable[:MAX_UNREACHABLE]), tuple(_layers(units, reach)))
    if not rules.count:
        raise ValueError(f"{package} has no two parts that do not import each other: no rule to check")
    return rules


def write_contracts(rules: Rules, project: Path) -> None:
    """``contracts/`` for archwright, for a project whose package lies in ``src``."""
    groups = rules.layers if len(rules.layers) > 1 else ()
    named = [(f"G{number}", group) for number, group in enumerate(groups)]
    inside = {unit for _, group in named for unit in group}
    layers = [
        {
            "id": name,
            "name": name,
            "modules": [f"{unit}.**" for unit in group],
            "contract": "imports what is below",
        }
        for name, group in named
    ]
    rest = {
        "id": "REST",
        "name": "Rest",
        "modules": [f"{rules.package}.**"],
        "contract": "everything else",
        "expect": "any",
    }
    if inside:
        rest["excluding"] = [f"{unit}.**" for unit in sorted(inside)]
    layers.append(rest)
    topology = {
        "roots": ["src"],
        "cover": [f"{rules.package}.**"],
        "layers": layers,
        "wiring": {str(layer["id"]): {} for layer in layers},
    }
    reasons = {"why": "Measured.", "fix": "Nothing to fix."}
    contracts: list[dict[str, object]] = [
        {
            "id": rule.id,
            "kind": "imports",
            "rule": "forbid",
            "from": {"module": [f"{rule.source}.**"]},
            "to": [{"module": [f"{target}.**" for target in rule.targets]}],
            "transitive": rule.transitive,
            **reasons,
        }
        for rule in rules.forbidden
    ]
    if named:
        rows = [[name] for name, _ in named]
        contracts.append({"id": "layers", "kind": "imports", "rule": "layers", "layers": rows, **reasons})
    directory = project / "contracts"
    directory.mkdir(exist_ok=True)
    text = yaml.safe_dump({"topology": topology, "contracts": contracts}, sort_keys=False)
    (directory / "bench.yaml").write_text(text, encoding="utf-8")


def write_importlinter(rules: Rules, project: Path) -> None:
    """``.importlinter`` with the same rules."""
    lines = ["[importlinter]", f"root_package = {rules.package}"]
    for rule in rules.forbidden:
        lines += [
            "",
            f"[importlinter:contract:{rule.id}]",
            f"name = {rule.id}",
            "type = forbidden",
            "source_modules =",
            f"    {rule.source}",
            "forbidden_modules =",
            *(f"    {target}" for target in rule.targets),
            f"allow_indirect_imports = {not rule.transitive}",
        ]
    if len(rules.layers) > 1:
        lines += ["", "[importlinter:contract:layers]", "name = layers", "type = layers", "layers ="]
        lines += [f"    {' : '.join(group)}" for group in rules.layers]
    (project / ".importlinter").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _in(package: str, module: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _reachability(
    package: str, inside: dict[str, set[str]], imported: dict[str, set[str]], graph: grimp.ImportGraph
) -> dict[str, set[str]]:
    """For each unit the units it reaches by chains of imports between modules, the package's own module included."""
    home = {module: unit for unit, modules in inside.items() for module in modules}
    reach: dict[str, set[str]] = {}
    for unit in inside:
        seen = set(inside[unit])
        pending = list(imported[unit] - seen)
        found: set[str] = set()
        while pending:
            module = pending.pop()
            if module in seen:
                continue
            seen.add(module)
            if module != package and module in home:
                found.add(home[module])
            pending += graph.find_modules_directly_imported_by(module) - seen
        reach[unit] = found - {unit}
    return reach


def _layers(units: list[str], reach: dict[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """Groups of units from top to bottom: a unit stands above all it reaches, beside what also reaches it."""
    closure = _closed(reach)
    groups: dict[frozenset[str], tuple[str, ...]] = {}
    for unit in units:
        mutual = frozenset({unit} | {other for other in closure[unit] if unit in closure[other]})
        groups[mutual] = tuple(sorted(mutual))
    ordered = sorted(groups.values(), key=lambda group: (-len(closure[group[0]] | set(group)), group))
    yield from ordered


def _closed(reach: dict[str, set[str]]) -> dict[str, set[str]]:
    """Transitive closure (Warshall 1962): unit to unit, although no single chain of modules may go all the way."""
    closure = {unit: set(found) for unit, found in reach.items()}
    for middle in closure:
        for unit in closure:
            if middle in closure[unit]:
                closure[unit] |= closure[middle]
    return closure
