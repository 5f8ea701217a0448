"""For any function the shortest ways to effects of each kind, found out for everything below a function at once."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator

from archwright.project.effects.effects import EffectGraph, Key, Label, Witness
from archwright.project.effects.facts import CallEdge, EffectSite
from archwright.project.reads import Reads

_Nearest = dict[Label, tuple[int, Key]]
"""By what is looked for: how many calls away the nearest site is, and which function has it; of several the first by name.

A certain effect is looked for through certain calls only, a possible one through all of them.
"""


class EffectWays:
    """Shortest ways from functions to sites; *enters*: the calls that are followed, *labels*: what is looked for."""

    def __init__(
        self,
        graph: EffectGraph,
        reads: Reads,
        enters: Callable[[CallEdge], bool],
        labels: Callable[[EffectSite], Iterable[Label]],
    ) -> None:
        self._graph = graph
        self._reads = reads
        self._enters = enters
        self._labels = labels
        self._nearest: dict[Key, _Nearest] = reads.table(None)

    def of(self, key: Key) -> Iterator[Witness]:
        """All sites of the function itself, then for every other label a shortest way: what is certain first.

        What is certainly there is not said to be possible, too.
        """
        own = self._own(key)
        for label, site in own:
            if label.certain or Label(label.name, True) not in self._near(key):
                yield Witness(label, (), key, site)
        told = {label for label, _ in own}
        for label in sorted(self._near(key), key=lambda one: (not one.certain, one.name)):
            certain = Label(label.name, True)
            if (
                label not in told
                and certain not in told
                and (label.certain or certain not in self._near(key))
            ):
                yield self._way(key, label)

    def _way(self, key: Key, label: Label) -> Witness:
        edges: list[CallEdge] = []
        distance, end = self._near(key)[label]
        while distance:
            distance -= 1
            edge = next(
                edge
                for edge in self._edges(key)
                if (edge.certain or not label.certain)
                and self._near(edge.target).get(label) == (distance, end)
            )
            edges.append(edge)
            key = edge.target
        site = next(site for found, site in self._own(end) if _tells(found, label))
        return Witness(label, tuple(edges), end, site)

    def _own(self, key: Key) -> list[tuple[Label, EffectSite]]:
        return [(label, site) for site in self._graph.of(key).sites for label in self._labels(site)]

    def _edges(self, key: Key) -> list[CallEdge]:
        """The calls that are followed; a function that is called is better evidence than one that is only passed on."""
        followed = [edge for edge in self._graph.of(key).edges if self._enters(edge)]
        return sorted(followed, key=lambda e: (not e.certain, e.how == "passes on"))

    def _near(self, key: Key) -> _Nearest:
        known = self._nearest.get(key)
        if known is not None:
            return known
        self._reads.begin()
        try:
            found = self._search(key)
        finally:
            sources = self._reads.end()
        for one, nearest in found.items():
            self._reads.keep(self._nearest, one, nearest, sources)
        return found[key]

    def _search(self, root: Key) -> dict[Key, _Nearest]:
        """What is nearest to *root* and to everything below it that nobody has asked for yet."""
        callers: dict[Key, list[tuple[Key, bool]]] = {root: []}
        """Who calls what is new, and whether surely."""
        queue: list[tuple[int, Key, Key, Label]] = []
        pending = [root]
        while pending:
            key = pending.pop()
            for label, _ in self._own(key):
                queue += ((0, key, key, Label(label.name, sure)) for sure in {label.certain, False})
            for edge in self._edges(key):
                target = edge.target
                known = self._nearest.get(target)
                if known is None:
                    if target not in callers:
                        callers[target] = []
                        pending.append(target)
                    callers[target].append((key, edge.certain))
                    continue
                for label, (distance, end) in known.items():
                    if edge.certain or not label.certain:
                        queue.append((distance + 1, end, key, label))
        found: dict[Key, _Nearest] = {key: {} for key in callers}
        heapq.heapify(queue)
        while queue:
            distance, end, key, label = heapq.heappop(queue)
            if label in found[key]:
                continue
            found[key][label] = (distance, end)
            for caller, surely in callers[key]:
                if (surely or not label.certain) and label not in found[caller]:
                    heapq.heappush(queue, (distance + 1, end, caller, label))
        return found


def _tells(found: Label, wanted: Label) -> bool:
    return found.name == wanted.name and (found.certain or not wanted.certain)
