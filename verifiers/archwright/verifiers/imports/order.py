"""Import contracts about the graph as a whole: layers in order, and no cycles."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from msgspec import Meta, field

from archwright.contracts.language import LayerId, Selector, Subject
from archwright.model import CheckResult, Step
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge
from archwright.verifiers.ends import edge_ends
from archwright.verifiers.imports.imports import (
    ImportsContract,
    at_module,
    report_undecided,
    undecided_import,
)
from archwright.verifiers.tally import Tally


class LayersContract(ImportsContract, frozen=True, kw_only=True):
    """Layers from top to bottom: each may import what is below it, layers of one row do not import each other."""

    layers: Annotated[
        tuple[tuple[LayerId, ...], ...],
        Meta(description="list the layers, top first; layers that must not know each other share a row"),
    ]


class AcyclicContract(ImportsContract, frozen=True, kw_only=True):
    """No module imports itself through others when it is loaded. Imports in functions do not count; they run later."""

    from_: Annotated[Selector, Meta(description="say which modules are meant")] = field(name="from")


def check_layers(contract: LayersContract, analysis: Analysis) -> CheckResult:
    """Judges every edge between two of the listed layers."""
    tally = Tally(contract)
    project = analysis.project
    rank = {str(layer): position for position, row in enumerate(contract.layers) for layer in row}
    for module in project.modules:
        unit = project.unit(module)
        if unit is None or unit.layer not in rank:
            continue
        for edge in analysis.imports(module):
            if edge.mode in contract.except_modes or edge.external:
                continue
            others: dict[str, Subject] = {}
            for end in edge_ends(edge, analysis):
                if end.unit is not None and end.unit.layer in rank:
                    others.setdefault(end.unit.layer, end)
            wrong = [
                (layer, end)
                for layer, end in others.items()
                if layer != unit.layer and rank[layer] <= rank[unit.layer]
            ]
            if not wrong:
                tally.passed()
                continue
            layer, end = wrong[0]
            relation = "beside" if rank[layer] == rank[unit.layer] else "above"
            message = (
                f"`{module}` ({unit.layer}) imports `{end.module}` ({layer}), which stands {relation} it"
            )
            scope = f"{module}.{edge.scope}" if edge.scope else module
            tally.failed("upward-import", (scope, str(end.module)), message, edge.location)
        if rank[unit.layer] or len(contract.layers[0]) > 1:  # the top alone may import whatever it likes
            report_undecided(tally, contract.except_modes, analysis, module)
    return tally.result()


def check_acyclic(contract: AcyclicContract, analysis: Analysis) -> CheckResult:
    """Judges every module by whether loading it comes back to it; one finding per knot, with a shortest cycle."""
    tally = Tally(contract)
    project = analysis.project
    chosen = {
        m
        for m in project.modules
        if project.summary(m).has_code and contract.from_.matches(Subject(module=m, unit=project.unit(m)))
    }
    graph: dict[str, dict[str, ImportEdge]] = {}
    for module in sorted(chosen):
        targets: dict[str, ImportEdge] = {}
        for edge in analysis.imports(module):
            if edge.eager and edge.mode not in contract.except_modes and edge.target in chosen:
                targets.setdefault(edge.target, edge)
        targets.pop(module, None)
        graph[module] = targets
        for lost in analysis.unresolved_imports(module):
            if lost.kind == "undecided" and lost.eager and lost.mode not in contract.except_modes:
                undecided_import(tally, lost)
    knots = [knot for knot in _components(graph) if len(knot) > 1]
    tally.passed(len(chosen) - sum(map(len, knots)))
    for knot in knots:
        cycle = _shortest_cycle(min(knot), knot, graph)
        steps = tuple(Step(f"`{a}` imports `{b}`", graph[a][b].location) for a, b in pairwise(cycle))
        message = f"{len(knot)} modules import each other in a circle, for one: {' → '.join(cycle)}"
        location = steps[0].location or at_module(analysis, cycle[0])
        tally.failed("import-cycle", tuple(sorted(knot)), message, location, steps)
    return tally.result()


def _components(graph: dict[str, dict[str, ImportEdge]]) -> list[list[str]]:
    """Strongly connected components (Tarjan 1972), without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(graph[target])))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component: list[str] = []
                    while not component or component[-1] != node:
                        component.append(stack.pop())
                        on_stack.discard(component[-1])
                    found.append(sorted(component))
    return sorted(found)


def _shortest_cycle(start: str, knot: list[str], graph: dict[str, dict[str, ImportEdge]]) -> list[str]:
    inside = set(knot)
    back: dict[str, str] = {}
    queue = [start]
    for node in queue:
        for target in graph[node]:
            if target == start:
                path = [start, node]
                while path[-1] != start:
                    path.append(back[path[-1]])
                return path[::-1] if len(path) > 2 or node != start else [start, start]
            if target in inside and target not in back:
                back[target] = node
                queue.append(target)
    return [start]
