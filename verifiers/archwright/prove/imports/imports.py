"""Counterexamples of import contracts: what must not be imported, imported in every way Python has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archwright.contracts.language import Contract, Subject
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.imports.targets import Target, is_around, matches, meant
from archwright.prove.imports.ways import Way, import_ways
from archwright.prove.spread import spread
from archwright.verifiers.imports.edges import (
    ForbidContract,
    GatewayContract,
    OnlyContract,
    WiringContract,
)
from archwright.verifiers.imports.imports import ImportsContract
from archwright.verifiers.imports.resolve import ResolveContract

_SOURCES = 6
_TARGETS = 5
_FOREIGN = ("yaml", "requests", "numpy", "sqlalchemy", "click", "sqlite3", "json")
"""Packages a list of what may be imported hardly ever has all of."""


def derive_wiring(contract: WiringContract, bench: Bench) -> Iterator[Counterexample]:
    """Imports across every denied cell of the matrix, by one module of the row after the other."""
    rows = {str(id): row for topology in bench.topologies for id, row in topology.wiring.items()}
    by_layer: dict[str, list[str]] = {}
    for module in bench.matching(None):
        unit = bench.project.unit(module)
        if unit is not None:
            by_layer.setdefault(unit.layer, []).append(module)
    ways = list(import_ways(contract, bench))
    turn = 0
    for layer, row in rows.items():
        denied = [other for other in row.must_not if other != layer and other in by_layer]
        for source in spread(by_layer.get(layer, ()), _SOURCES):
            for other in denied:
                candidates = by_layer[other]
                target = Target(candidates[turn % len(candidates)])
                for step in range(3):
                    operator, change = ways[(turn + 3 * step) % len(ways)]
                    yield from _tried(contract, bench, source, target, operator, change)
                turn += 1
        if row.domain == "same":
            yield from _across_domains(contract, bench, by_layer.get(layer, []), ways)


def derive_forbid(contract: ForbidContract, bench: Bench) -> Iterator[Counterexample]:
    """Every way of importing, from modules all over the selection, of things all over what is forbidden."""
    yield from _imports(
        contract, bench, bench.matching(contract.from_), lambda own: meant(contract.to, own, bench)
    )
    if contract.transitive:
        yield from _chains(contract, bench)


def derive_only(contract: OnlyContract, bench: Bench) -> Iterator[Counterexample]:
    """Imports of what is not on the list."""

    def stray(own: Subject) -> list[Target]:
        inside = [Target(m) for m in bench.matching(None) if not is_around(m, own.module or "")]
        outside = [Target(name, internal=False) for name in _FOREIGN]
        return [t for t in (*outside, *inside) if not any(matches(s, t, own, bench) for s in contract.to)]

    yield from _imports(contract, bench, bench.matching(contract.from_), stray)


def derive_gateway(contract: GatewayContract, bench: Bench) -> Iterator[Counterexample]:
    """Imports of what is protected by modules all over the code that are not let through."""
    outsiders = [
        m
        for m in bench.matching(None)
        if not contract.only_from.matches(bench.subject(m))
        and not any(s.matches(bench.subject(m)) for s in contract.to)
    ]
    yield from _imports(contract, bench, outsiders, lambda own: meant(contract.to, own, bench))


def derive_resolve(contract: ResolveContract, bench: Bench) -> Iterator[Counterexample]:
    """Names and modules that are gone: from the import's side, and from the side of what is imported."""
    for module in spread(bench.matching(contract.from_), 24):
        package = bench.package_of(module)
        if "." not in package:
            continue
        yield counterexample(
            contract,
            "missing module",
            f"{module} imports a module that does not exist",
            bench.append(module, f"from {package} import module_that_is_gone"),
        )
        yield counterexample(
            contract,
            "missing module, in a function",
            f"a function of {module} imports a module that does not exist",
            bench.append(
                module, f"def reach():\n    import {package}.module_that_is_gone as gone\n\n    return gone"
            ),
        )
    used = sorted(
        (edge.target, edge.source)
        for source in bench.matching(contract.from_)
        for edge in bench.analysis.imports(source)
        if not edge.external and edge.mode not in contract.except_modes and edge.symbol == edge.target
    )
    for target, source in spread(used, 12):
        if bench.project.has(target) and not bench.project.file(target).is_package:
            yield counterexample(
                contract,
                "module deleted",
                f"{target}, which {source} imports, is deleted",
                {bench.project.file(target).path: None},
            )


def _tried(
    contract: Contract, bench: Bench, source: str, target: Target, operator: str, way: Way
) -> Iterator[Counterexample]:
    changes = way(source, target)
    if changes is not None:
        yield counterexample(contract, operator, f"{source} imports {target.shown}: {operator}", changes)


def _imports(
    contract: ImportsContract, bench: Bench, sources: list[str], targets: Callable[[Subject], list[Target]]
) -> Iterator[Counterexample]:
    """Every way, each from another module to another target, as far as there are."""
    ways = list(import_ways(contract, bench))
    pairs = [
        (source, target)
        for source in spread(sources, _SOURCES)
        for target in spread([t for t in targets(bench.subject(source)) if t.module != source], _TARGETS)
    ]
    for turn, (operator, way) in enumerate(ways):
        for source, target in pairs[turn % 3 :: 3] or pairs:
            yield from _tried(contract, bench, source, target, operator, way)
    yield from _re_exports(contract, bench, pairs)


def _re_exports(
    contract: ImportsContract, bench: Bench, pairs: list[tuple[str, Target]]
) -> Iterator[Counterexample]:
    """The target goes through a new module that nobody has forbidden anything to."""
    if "runtime" in contract.except_modes:
        return
    for source, target in pairs:
        name = target.name or _some_definition(bench, target)
        bridge = _innocent_package(contract, bench, source)
        if name is None or bridge is None:
            continue
        module = bench.spare(bridge, "bridge")
        yield counterexample(
            contract,
            "re-export",
            f"{source} imports {name} of {target.module} through a new module {module}",
            bench.create(module, f"from {target.module} import {name} as passed_on\n"),
            bench.append(source, f"from {module} import passed_on"),
        )


def _some_definition(bench: Bench, target: Target) -> str | None:
    if not target.internal or not bench.project.has(target.module):
        return None
    return next(
        (d.qualname for d in bench.project.summary(target.module).definitions if "." not in d.qualname), None
    )


def _innocent_package(contract: ImportsContract, bench: Bench, source: str) -> str | None:
    """The package of *source*, or the nearest one around it where a new module would be."""
    package = bench.package_of(source)
    return package if bench.path_of(f"{package}.bridge") else None


def _across_domains(
    contract: WiringContract, bench: Bench, modules: list[str], ways: list[tuple[str, Way]]
) -> Iterator[Counterexample]:
    for turn, source in enumerate(spread(modules, _SOURCES)):
        unit = bench.project.unit(source)
        others = [
            m
            for m in modules
            if unit is not None
            and unit.domain
            and (other := bench.project.unit(m)) is not None
            and other.domain
            and other.domain != unit.domain
        ]
        if others:
            operator, way = ways[turn % len(ways)]
            target = Target(others[turn % len(others)])
            yield from _tried(contract, bench, source, target, f"other domain, {operator}", way)


def _chains(contract: ForbidContract, bench: Bench) -> Iterator[Counterexample]:
    for source in spread(bench.matching(contract.from_), _SOURCES):
        own = bench.subject(source)
        package = bench.package_of(source)
        targets = [t for t in meant(contract.to, own, bench) if t.module != source]
        if not targets or not bench.path_of(f"{package}.bridge"):
            continue
        first, second = bench.spare(package, "bridge"), bench.spare(package, "far_bridge")
        yield counterexample(
            contract,
            "chain of imports",
            f"{source} reaches {targets[0].shown} through two new modules",
            bench.append(source, f"import {first}"),
            bench.create(first, f"import {second}\n"),
            bench.create(second, f"import {targets[0].module}\n"),
        )
