"""Questions that come back to themselves: the same answers in any order, and each found once for each that asks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archwright.project.shapes.circles import Circles

_Graph = list[list[int]]
_DEEP = 1_000


@st.composite
def _graphs(draw: st.DrawFn) -> tuple[_Graph, list[int]]:
    size = draw(st.integers(1, 8))
    node = st.integers(0, size - 1)
    graph = draw(st.lists(st.lists(node, max_size=4), min_size=size, max_size=size))
    return graph, draw(st.lists(node, min_size=1, max_size=12))


class _Reachable:
    """What can be come to in a graph, found by asking the neighbours."""

    def __init__(self, graph: _Graph) -> None:
        self.circles = Circles()
        self.kept: dict[int, frozenset[int]] = {}
        self.found = 0
        self._graph = graph

    def of(self, node: int, depth: int = _DEEP) -> frozenset[int]:
        if not depth:
            self.circles.bound()
            return frozenset({-1})
        nothing: frozenset[int] = frozenset()
        return self.circles.answer(self.kept, node, node, depth, lambda: self._find(node, depth), nothing)

    def _find(self, node: int, depth: int) -> frozenset[int]:
        self.found += 1
        return frozenset({node}).union(*(self.of(below, depth - 1) for below in self._graph[node]))


def _reachable(graph: _Graph, node: int) -> frozenset[int]:
    seen, pending = {node}, [node]
    while pending:
        for below in graph[pending.pop()]:
            if below not in seen:
                seen.add(below)
                pending.append(below)
    return frozenset(seen)


@given(_graphs())
def test_answers_are_complete_in_whatever_order_is_asked(case: tuple[_Graph, list[int]]) -> None:
    graph, asked = case
    answers = _Reachable(graph)
    for node in asked:
        assert answers.of(node) == _reachable(graph, node)
    for node, kept in answers.kept.items():
        assert kept == _reachable(graph, node)


def test_a_ladder_of_circles_is_not_gone_through_on_every_way() -> None:
    size = 60
    graph = [[(i + 1) % size, (i + 2) % size] for i in range(size)]
    answers = _Reachable(graph)
    assert answers.of(0) == frozenset(range(size))
    assert answers.found < 4 * size


def test_what_was_not_looked_at_deeply_enough_is_looked_at_again() -> None:
    graph = [[2, 1], [2], [3], [4], []]
    answers = _Reachable(graph)
    assert -1 in answers.of(0, 3)
    assert answers.of(2, 3) == frozenset({2, 3, 4})
