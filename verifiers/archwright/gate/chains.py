"""The shortest chain of imports from one part of a code base to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge


def shortest_chain(
    analysis: Analysis, sources: Iterable[str], leads_to: Callable[[str], bool]
) -> tuple[ImportEdge, ...] | None:
    """The imports, in order, by which one of the modules *sources* reaches a name that *leads_to* accepts.

    Breadth first; of several shortest chains the one that comes first by names of modules and places. The names
    are those of modules of this code base and of what is imported from others. None when there is no chain.
    """
    queue = sorted(set(sources))
    seen = set(queue)
    back: dict[str, ImportEdge] = {}
    for module in queue:
        if not analysis.project.has(module):
            continue  # a namespace package imports nothing
        for edge in sorted(analysis.imports(module), key=lambda e: (e.target, e.location)):
            if leads_to(edge.target) and edge.target not in seen:
                return _back_to_source(edge, back)
            if not edge.external and edge.target not in seen:
                seen.add(edge.target)
                back[edge.target] = edge
                queue.append(edge.target)
    return None


def _back_to_source(edge: ImportEdge, back: dict[str, ImportEdge]) -> tuple[ImportEdge, ...]:
    chain = [edge]
    while (before := back.get(chain[-1].source)) is not None:
        chain.append(before)
    return tuple(reversed(chain))
