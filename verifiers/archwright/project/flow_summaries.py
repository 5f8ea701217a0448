"""What a function comes to by its normal return, for whoever calls it."""

from __future__ import annotations

from archwright.facts import ir
from archwright.project.cfg import ANSWER
from archwright.project.flow_body import Body
from archwright.project.flow_search import reach
from archwright.project.tracking import Tracking

Summary = dict[int, frozenset[int]]
"""By what the conditions are on entry: the events completed by the return and, above them, what the conditions are then."""


def summarise(body: Body, conditions: tuple[ir.Expr, ...], *, answered: bool) -> Summary:
    """What the function comes to; *answered*: whether what it returns holds is the last of the conditions on return."""
    asked = (*conditions, ir.Name(ANSWER)) if answered else conditions
    tracking = Tracking(body, asked, remembered=len(conditions))
    space, found = tracking.space, reach(tracking, {body.graph.entry: tracking.at_entry})
    returned = found.states.get(body.graph.exit, 0)
    summary: Summary = {}
    for begin in space.patterns(returned, [space.choice(bit) for bit in tracking.kept]):
        here = returned & space.like(tracking.kept, begin)
        summary[begin] = frozenset(space.patterns(here, tracking.pattern))
    return summary
