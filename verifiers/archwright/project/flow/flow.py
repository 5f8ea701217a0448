"""Does everything that must have happened before a step, or after it, happen on every path?

The state of a path is a set of bits: one for each event that must have completed, one for each condition that matters. All the
states a step can be reached in are found at once, so the answer is exact about branches, loops, early returns, exceptions and
``finally``, and every answer *no* comes with a path. Calls of helpers are entered through summaries; what a function cannot show
by itself is demanded of its callers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.control_flow.builder import GraphBuilder
from archwright.project.control_flow.cfg import Graph, Node
from archwright.project.flow.demands import Demand, Event, Left, Way
from archwright.project.flow.search import Arrival, Reached, follow, leading_to, reach
from archwright.project.flow.tracking import Tracking
from archwright.project.render import render

if TYPE_CHECKING:
    from archwright.project.flow.engine import FlowEngine

Conditions = tuple[ir.Expr | None, ...]


class Flow:
    """One function under one list of events; *optimistic*: whatever may be an event is taken for one."""

    def __init__(
        self, scope: Scope, events: tuple[Event, ...], engine: FlowEngine, *, optimistic: bool = False
    ) -> None:
        self.scope = scope
        self.engine = engine
        self._body = engine.body(scope, events, optimistic=optimistic)
        self._trackings: dict[tuple[str | None, ...], Tracking] = {}
        self._reached: dict[tuple[str | None, ...], Reached] = {}
        self._ends: tuple[int, dict[int, list[Node]]] = (0, {})

    @property
    def builder(self) -> GraphBuilder:
        """The builder of the graph; it can route further exceptions."""
        return self.engine.builder(self.scope)

    @property
    def graph(self) -> Graph:
        """The function's control flow."""
        return self._body.graph

    # --- questions about what comes before ---

    def unmet(self, target: Node, demand: Demand) -> Way | None:
        """A path to *target* on which *demand* is not met; None when every path meets it."""
        found = self._reach(demand.conditions)
        return _way(found, target, found.tracking.unmet(demand))

    def stops(self, node: Node, demand: Demand) -> bool:
        """Whether *node* is where paths end on which *demand* is unmet, and only those: a guard, or a call of one."""
        found = self._reach(demand.conditions)
        states, tracking = found.states.get(node, 0), found.tracking
        unmet = states & tracking.unmet(demand)
        if not unmet or (node.kind == "raise" and unmet != states):
            return False
        return not any(
            tracking.operation(node, edge).after(unmet) for edge in node.out if edge.label != "error"
        )

    def demanded_of_callers(self, targets: Sequence[Node], demand: Demand) -> Demand:
        """What must hold at the function's entry so that *demand* is met at each of *targets*."""
        tracking = self._tracking(demand.conditions)
        unmet = tracking.consistent & tracking.unmet(demand)
        bad = 0
        for target in targets:
            bad |= leading_to(tracking, target, unmet) & tracking.consistent
        conditions, table = self._carried(tracking, bad)
        size = tracking.events + len(conditions)
        return Demand(conditions, frozenset(range(1 << size)) - table)

    # --- questions about what comes after ---

    def unmet_after(
        self, node: Node, demand: Demand, call: ir.Call | None = None, left: Left | None = None
    ) -> Way | None:
        """A path from *node* to a normal return on which *demand* is not met at the end; None when there is none.

        What counts begins when *call*, which is over at *node*, is made; with *left* it has begun in that call.
        """
        found = self._after(node, demand.conditions, call, left)
        return _way(found, self.graph.exit, found.tracking.unmet(demand))

    def left_by(self, nodes: Sequence[Node], call: ir.Call, left: Left | None = None) -> Left:
        """What this function leaves behind for its callers, where *call* is made, which is over at one of *nodes*."""
        returned = raised = 0
        tracking = self._tracking(() if left is None else left.conditions)
        for node in nodes:
            found = self._after(node, (), call, left)
            returned |= found.states.get(self.graph.exit, 0)
            raised |= found.states.get(self.graph.raised, 0)
        conditions, table = self._carried(tracking, returned)
        done = [tracking.space.choice(bit) for bit in range(tracking.events)]
        return Left(conditions, table, frozenset(tracking.space.patterns(raised, done)))

    # --- the graph ---

    def reachable(self, start: Node) -> set[Node]:
        """Nodes control can come to from *start*."""
        seen = {start}
        pending = [start]
        while pending:
            for edge in pending.pop().out:
                if edge.to not in seen:
                    seen.add(edge.to)
                    pending.append(edge.to)
        return seen

    def calls(self, call: ir.Call) -> list[Node]:
        """The steps that make *call*; ``finally`` blocks have several for one place in the source, dead code none."""
        return self.engine.places(self.scope).made_at(call)

    def ends_of(self, call: ir.Call) -> list[Node]:
        """The steps by which a coroutine that *call* makes has been waited for."""
        size = len(self.graph.nodes)
        if self._ends[0] != size:
            ends: dict[int, list[Node]] = {}
            for node in self.graph.nodes:
                for made in {
                    id(one) for one, how in self._body.completions.finished(node) if how == "awaited"
                }:
                    ends.setdefault(made, []).append(node)
            self._ends = (size, ends)
        return self._ends[1].get(id(call), [])

    def completes_behind(self, start: Node) -> bool:
        """Whether some step that control can come to from *start* may complete an event, itself or in a helper."""
        body = self._body
        return any(
            body.completions.bits(node) or any(True for _ in body.helpers(node, frozenset()))
            for node in self.reachable(start)
        )

    # --- searches ---

    def _tracking(self, conditions: Conditions) -> Tracking:
        key = tuple(None if c is None else render(c) for c in conditions)
        found = self._trackings.get(key)
        if found is None:
            found = self._trackings[key] = Tracking(self._body, conditions)
        return found

    def _reach(self, conditions: Conditions) -> Reached:
        key = tuple(None if c is None else render(c) for c in conditions)
        found = self._reached.get(key)
        if found is None:
            tracking = self._tracking(conditions)
            found = self._reached[key] = reach(tracking, {self.graph.entry: tracking.at_entry})
        return found

    def _after(self, node: Node, conditions: Conditions, call: ir.Call | None, left: Left | None) -> Reached:
        """All that can be come to once *call* is over at *node*, with nothing but what has happened since it was made."""
        both = conditions if left is None else (*conditions, *left.conditions)
        begun = self._reach(both)
        tracking = begun.tracking
        states = tracking.without_events(begun.states.get(node, 0))
        starts: list[tuple[Node, Arrival]] = []
        for edge in node.out:
            if edge.label == "error":
                some = states if left is None else _completed(tracking, states, left.raised)
            else:
                some = tracking.operation(node, edge).after(states)
                if left is not None:
                    some = _described(tracking, tracking.without_events(some), left, len(conditions))
                elif call is not None and node.expr is not call:
                    # Other calls may be over at the same step; when they were made cannot be told.
                    some = tracking.effect(node, call).after(tracking.without_events(some))
            starts.append((edge.to, Arrival(some, node, 0, edge)))
        return follow(tracking, starts)

    def _carried(self, tracking: Tracking, states: int) -> tuple[Conditions, frozenset[int]]:
        """What *states* are for a caller: the conditions it can know that matter, and the patterns over events and these."""
        space, keys = tracking.space, tracking.carried
        bits = [*range(tracking.events), *(tracking.bits[key] for key in keys)]
        table = frozenset(space.patterns(states, [space.choice(bit) for bit in bits]))
        kept, table = _without_idle(tracking.events, list(keys), table)
        return tuple(self._body.terms.atoms[key] for key in kept), table


def _way(found: Reached, target: Node, unmet: int) -> Way | None:
    bad = found.states.get(target, 0) & unmet
    return Way(found.way(target, (bad & -bad).bit_length() - 1)) if bad else None


def _completed(tracking: Tracking, states: int, patterns: frozenset[int]) -> int:
    """*states* after the events of any of *patterns*."""
    found = 0
    for pattern in patterns:
        some = states
        for bit in range(tracking.events):
            if pattern >> bit & 1:
                some = tracking.space.put(some, bit)
        found |= some
    return found


def _described(tracking: Tracking, states: int, left: Left, skipped: int) -> int:
    """Those of *states* in which a call may have left what it leaves, after the events completed by then."""
    choices = tracking.pattern[tracking.events + skipped :]
    done = (1 << tracking.events) - 1
    found = 0
    for events in {pattern & done for pattern in left.returned}:
        table = (p >> tracking.events for p in left.returned if p & done == events)
        found |= _completed(tracking, states & tracking.space.selected(choices, table), frozenset({events}))
    return found


def _without_idle(
    events: int, conditions: list[str], table: frozenset[int]
) -> tuple[list[str], frozenset[int]]:
    """The table without the conditions that make no difference in it: callers need not be asked about them."""
    kept = list(conditions)
    for position in range(len(conditions) - 1, -1, -1):
        bit = events + position
        if all(bits ^ 1 << bit in table for bits in table):
            del kept[position]
            low = (1 << bit) - 1
            table = frozenset(bits & low | bits >> 1 & ~low for bits in table)
    return kept, table
