"""What a function comes to by its normal return, for whoever calls it."""

from __future__ import annotations

from archwright.facts import ir
from archwright.project.control_flow.cfg import ANSWER, Part
from archwright.project.flow.body import Body
from archwright.project.flow.search import Arrival, follow
from archwright.project.flow.tracking import Tracking

Summary = dict[int, frozenset[int]]
"""By what the conditions are on entry: the events completed by the return and, above them, what the conditions are then."""


def summarise(
    body: Body, conditions: tuple[ir.Expr, ...], *, answered: bool, part: Part = "whole"
) -> Summary:
    """What the function comes to; *answered*: whether what it returns holds is the last of the conditions on return.

    *part*: of a generator that makes a context manager, what it does up to its ``yield``, or from there.
    """
    asked = (*conditions, ir.Name(ANSWER)) if answered else conditions
    tracking = Tracking(body, asked, remembered=len(conditions))
    space, graph = tracking.space, body.graph
    yields = [node for node in graph.nodes if node.kind == "yield"]
    begins = (
        graph.entry.out if part != "left" else [e for node in yields for e in node.out if e.label != "error"]
    )
    found = follow(tracking, [(edge.to, Arrival(tracking.at_entry)) for edge in begins])
    returned = 0
    for node in yields if part == "entered" else [graph.exit]:
        returned |= found.states.get(node, 0)
    summary: Summary = {}
    for begin in space.patterns(returned, [space.choice(bit) for bit in tracking.kept]):
        here = returned & space.like(tracking.kept, begin)
        summary[begin] = frozenset(space.patterns(here, tracking.pattern))
    return summary
