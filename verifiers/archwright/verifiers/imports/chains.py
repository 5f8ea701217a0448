"""Chains of imports: what a module reaches through others, and the shortest way there."""

from __future__ import annotations

from archwright.contracts.language import Selector, Subject
from archwright.model import Step
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge
from archwright.verifiers.ends import edge_ends, end_name
from archwright.verifiers.imports.imports import ImportsContract, counted, described, with_stdlib
from archwright.verifiers.tally import Tally


class Chains:
    """The graph of counted imports as the searches for chains need it; made once per contract, walked from many starts."""

    def __init__(self, contract: ImportsContract, to: tuple[Selector, ...], analysis: Analysis) -> None:
        self._contract = contract
        self._to = to
        self._analysis = analysis
        self._relational = any(selector.relational for selector in to)
        self._onward: dict[str, list[tuple[str, ImportEdge]]] = {}
        self._hits: dict[tuple[str, Subject | None], list[tuple[ImportEdge, list[Subject]]]] = {}

    def onward(self, module: str) -> list[tuple[str, ImportEdge]]:
        """The modules of this code base that *module* imports, each with the first edge to it."""
        found = self._onward.get(module)
        if found is None:
            nearest: dict[str, ImportEdge] = {}
            for edge in self._edges(module):
                for target in (edge.target, edge.origin):
                    if target and not edge.external:
                        nearest.setdefault(target, edge)
            found = self._onward[module] = list(nearest.items())
        return found

    def hits(self, module: str, own: Subject) -> list[tuple[ImportEdge, list[Subject]]]:
        """The edges of *module* to something forbidden, with the ends that are."""
        key = (module, own if self._relational else None)
        found = self._hits.get(key)
        if found is None:
            found = self._hits[key] = [
                (edge, ends)
                for edge in self._edges(module)
                if (ends := _matches(self._to, edge, own, self._analysis))
            ]
        return found

    def _edges(self, module: str) -> list[ImportEdge]:
        if not self._analysis.project.has(module):
            return []
        return counted(self._contract, self._analysis.imports(module))


def check_chains(chains: Chains, start: str, own: Subject, direct: set[str], tally: Tally) -> set[str]:
    """Breadth first from *start*: the shortest chain to each forbidden module that is not imported directly.

    Gives the modules that are reached.
    """
    back: dict[str, tuple[str, ImportEdge]] = {}
    queue = [start]
    seen = {start}
    reported: set[str] = set(direct)
    for module in queue:
        for edge, ends in chains.hits(module, own) if module != start else ():
            hit = next((end for end in ends if end.module != start), None)
            if hit is not None and end_name(hit) not in reported:
                reported.add(end_name(hit))
                steps = (*_chain(start, module, back), _hop(edge, end_name(hit)))
                message = f"`{start}` reaches {described(hit, edge)} through {len(steps) - 1} module(s)"
                first = steps[0].location or edge.location
                tally.failed("forbidden-chain", (start, end_name(hit)), message, first, steps)
        for nearer, edge in chains.onward(module):
            if nearer not in seen:
                seen.add(nearer)
                back[nearer] = (module, edge)
                queue.append(nearer)
    return seen


def _matches(
    selectors: tuple[Selector, ...], edge: ImportEdge, own: Subject, analysis: Analysis
) -> list[Subject]:
    return [
        end
        for end in edge_ends(edge, analysis)
        if any(s.matches(with_stdlib(end), own) or s.matches(end, own) for s in selectors)
    ]


def _chain(start: str, end: str, back: dict[str, tuple[str, ImportEdge]]) -> tuple[Step, ...]:
    steps: list[Step] = []
    current = end
    while current != start:
        previous, edge = back[current]
        steps.append(_hop(edge, current))
        current = previous
    return tuple(reversed(steps))


def _hop(edge: ImportEdge, to: str) -> Step:
    return Step(f"`{edge.source}` imports `{to}` ({edge.mode})", edge.location)
