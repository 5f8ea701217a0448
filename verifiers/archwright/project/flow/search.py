"""Which states each step of a function can be reached in, and how: all states of a step at once, until nothing new comes up."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.control_flow.cfg import Edge, Graph, Node
from archwright.project.flow.completion import Completions
from archwright.project.render import render

if TYPE_CHECKING:
    from archwright.project.flow.tracking import Tracking


@dataclass(frozen=True, slots=True)
class Arrival:
    """Some states that a step was first reached in, and where from; there is no edge to where a search begins."""

    states: int
    source: Node | None = None
    before: int = 0
    """The states the source was left in; none where the search begins with leaving it."""
    edge: Edge | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The last thing there is to tell of a way, and what is told before it."""

    text: str
    at: ir.Span
    before: Told | None


@dataclass(slots=True)
class Reached:
    """What a search came to."""

    tracking: Tracking
    states: dict[Node, int] = field(default_factory=dict)
    arrivals: dict[Node, list[Arrival]] = field(default_factory=dict)
    _told: dict[tuple[Node, int], Told | None] = field(default_factory=dict)
    """What there is to tell of the ways asked for so far, and of those they go on from."""

    def way(self, node: Node, state: int) -> tuple[tuple[str, ir.Span], ...]:
        """What decided that *node* was come to in *state*: tests, exceptions and the like, in order, with their places."""
        told = self._way_to(node, state)
        steps: list[tuple[str, ir.Span]] = []
        while told is not None:
            steps.append((told.text, told.at))
            told = told.before
        steps.reverse()
        return tuple(steps)

    def _way_to(self, node: Node, state: int) -> Told | None:
        completions = self.tracking.body.completions
        hops: list[tuple[tuple[Node, int], Arrival]] = []
        here, told = (node, state), None
        while True:
            if here in self._told:
                told = self._told[here]
                break
            node, state = here
            arrival = next(a for a in self.arrivals[node] if a.states >> state & 1)
            hops.append((here, arrival))
            if arrival.source is None or not arrival.before:
                break
            here = (arrival.source, self._earlier(arrival, state))
        for place, arrival in reversed(hops):
            if arrival.source is not None and arrival.edge is not None:
                for text, at in _told(arrival.source, arrival.edge, completions):
                    told = Told(text, at, told)
            self._told[place] = told
        return told

    def _earlier(self, arrival: Arrival, state: int) -> int:
        """A state in which the source was left to arrive in *state*; the same one where that can be."""
        if arrival.source is None or arrival.edge is None:
            return state
        operation = self.tracking.operation(arrival.source, arrival.edge)
        possible = operation.before(1 << state) & arrival.before
        if possible >> state & 1:
            return state
        return (possible & -possible).bit_length() - 1


def reach(tracking: Tracking, starts: Mapping[Node, int]) -> Reached:
    """All that can be come to from *starts*."""
    return follow(tracking, [(node, Arrival(states)) for node, states in starts.items()])


def follow(tracking: Tracking, starts: list[tuple[Node, Arrival]]) -> Reached:
    """All that can be come to from where *starts* arrive."""
    found = Reached(tracking)
    spend, weight = tracking.body.engine.spend, tracking.space.weight
    order = tracking.body.order
    pending: dict[Node, int] = {}
    queue: list[tuple[int, int, Node]] = []
    counter = itertools.count()

    def arrive(node: Node, arrival: Arrival) -> None:
        known = found.states.get(node, 0)
        fresh = arrival.states & ~known
        if not fresh:
            return
        found.states[node] = known | fresh
        found.arrivals.setdefault(node, []).append(arrival)
        if node in pending:
            pending[node] |= fresh
        else:
            pending[node] = fresh
            heapq.heappush(queue, (order.get(node, len(order)), next(counter), node))

    for node, arrival in starts:
        arrive(node, arrival)
    while queue:
        node = heapq.heappop(queue)[2]
        before = pending.pop(node)
        spend(weight * (1 + len(node.out)))
        plain: int | None = None
        for edge in node.out:
            if edge.label == "error":
                after = before
            elif node.kind == "test":
                after = tracking.operation(node, edge).after(before)
            else:
                if plain is None:
                    plain = tracking.operation(node, edge).after(before)
                after = plain
            arrive(edge.to, Arrival(after, node, before, edge))
    return found


def leading_to(tracking: Tracking, target: Node, states: int) -> int:
    """The states at entry from which *target* can be come to in one of *states*."""
    graph, order = tracking.body.graph, tracking.body.order
    spend, weight = tracking.body.engine.spend, tracking.space.weight
    sources = _sources(graph)
    found = {target: states}
    pending = {target: states}
    counter = itertools.count()
    queue = [(-order.get(target, 0), next(counter), target)]
    while queue:
        node = heapq.heappop(queue)[2]
        after = pending.pop(node)
        spend(weight * (1 + len(sources.get(node, ()))))
        for source, edge in sources.get(node, ()):
            known = found.get(source, 0)
            fresh = tracking.operation(source, edge).before(after) & ~known
            if not fresh:
                continue
            found[source] = known | fresh
            if source in pending:
                pending[source] |= fresh
            else:
                pending[source] = fresh
                heapq.heappush(queue, (-order.get(source, 0), next(counter), source))
    return found.get(graph.entry, 0)


def in_order(graph: Graph) -> dict[Node, int]:
    """A number for every step that can be come to: smaller than those of the steps behind it, as far as loops let it be."""
    left: list[Node] = []
    seen = {graph.entry}
    stack = [(graph.entry, iter(graph.entry.out))]
    while stack:
        node, edges = stack[-1]
        following = next((e.to for e in edges if e.to not in seen), None)
        if following is None:
            left.append(node)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(following.out)))
    return {node: number for number, node in enumerate(reversed(left))}


def _sources(graph: Graph) -> dict[Node, list[tuple[Node, Edge]]]:
    found: dict[Node, list[tuple[Node, Edge]]] = {}
    for node in graph.nodes:
        for edge in node.out:
            found.setdefault(edge.to, []).append((node, edge))
    return found


def _told(node: Node, edge: Edge, completions: Completions) -> list[tuple[str, ir.Span]]:
    """What there is to tell of leaving *node* by *edge*."""
    if node.kind == "test":
        holds = "true" if edge.label == "true" else "false"
        return [(f"`{render(node.expr)}` is {holds}", node.at)]
    if edge.label == "error" and node.kind in ("call", "await", "raise", "enter"):
        what = "raise" if node.kind == "raise" else render(node.expr)
        return [(f"`{what}` raises", node.at)]
    if node.kind == "handler":
        return [("the exception is caught here", node.at)]
    if node.kind == "leave" and node.expr is None and edge.to.kind == "join":
        return [("the `with` swallows the exception", node.at)]
    if node.kind == "call" and not node.awaited and completions.is_unawaited(node):
        return [(f"`{render(node.expr)}` is not awaited here", node.at)]
    return []
