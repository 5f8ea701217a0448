"""What runs because something else does: the functions that can be come to over the call graph."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from archwright.project.effects.effects import EffectGraph, Key


class Running:
    """Closure of the call graph, kept per start."""

    def __init__(self, graph: EffectGraph) -> None:
        self._graph = graph
        self._kept: dict[frozenset[Key], frozenset[Key]] = {}

    def from_(self, roots: Iterable[Key]) -> frozenset[Key]:
        """The bodies that run, or may run, when *roots* do; the roots included."""
        start = frozenset(roots)
        known = self._kept.get(start)
        if known is None:
            seen = set(start)
            pending = deque(sorted(start))
            while pending:
                for edge in self._graph.of(pending.popleft()).edges:
                    if edge.target not in seen:
                        seen.add(edge.target)
                        pending.append(edge.target)
            known = self._kept[start] = frozenset(seen)
        return known
