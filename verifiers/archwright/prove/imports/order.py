"""Counterexamples of contracts on the import graph: imports upwards, and modules that load each other."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.imports.targets import Target
from archwright.prove.imports.ways import import_ways
from archwright.prove.spread import spread
from archwright.verifiers.imports.order import AcyclicContract, LayersContract

_SITES = 8


def derive_layers(contract: LayersContract, bench: Bench) -> Iterator[Counterexample]:
    """Modules of every layer import one of each layer above or beside them, in every way."""
    by_layer: dict[str, list[str]] = {}
    for module in bench.matching(None):
        unit = bench.project.unit(module)
        if unit is not None:
            by_layer.setdefault(unit.layer, []).append(module)
    ways = list(import_ways(contract, bench))
    rank = {str(layer): position for position, row in enumerate(contract.layers) for layer in row}
    turn = 0
    for lower, upper in ((a, b) for a in rank for b in rank if a != b and rank[b] <= rank[a]):
        for source in spread(by_layer.get(lower, ()), 2):
            if not by_layer.get(upper):
                continue
            target = Target(by_layer[upper][turn % len(by_layer[upper])])
            operator, way = ways[turn % len(ways)]
            turn += 1
            changes = way(source, target)
            if changes is not None:
                yield counterexample(
                    contract,
                    operator,
                    f"{source} ({lower}) imports {target.module} ({upper}): {operator}",
                    changes,
                )


def derive_acyclic(contract: AcyclicContract, bench: Bench) -> Iterator[Counterexample]:
    """What a module imports imports it back, directly or over one more module; and two new modules import each other."""
    chosen = set(bench.matching(contract.from_))
    edges = sorted(
        {
            (source, edge.target)
            for source in chosen
            for edge in bench.analysis.imports(source)
            if edge.target in chosen
            and edge.eager
            and edge.target != source
            and edge.mode not in contract.except_modes
        }
    )
    for source, target in spread(edges, _SITES):
        yield counterexample(
            contract,
            "import back",
            f"{target}, which {source} imports, imports it back",
            bench.append(target, f"import {source}"),
        )
        yield counterexample(
            contract,
            "import back, under a condition",
            f"{target}, which {source} imports, imports it back when it can",
            bench.append(target, f"try:\n    import {source} as back\nexcept ImportError:\n    back = None"),
        )
    onward: dict[str, list[str]] = {}
    for source, target in edges:
        onward.setdefault(source, []).append(target)
    longer = [(a, b, c) for a, b in edges for c in onward.get(b, ()) if c not in (a, b)]
    for first, second, third in spread(longer, _SITES):
        yield counterexample(
            contract,
            "long circle",
            f"{third} imports {first}, which imports it through {second}",
            bench.append(third, f"import {first} as round_and_round"),
        )
