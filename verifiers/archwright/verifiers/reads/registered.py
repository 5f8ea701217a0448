"""What is registered, and so can be dispatched to, where there is too much to follow to tell all of it."""

from __future__ import annotations

from archwright.contracts.language import Selector
from archwright.project.analysis import Analysis
from archwright.verifiers.bodies import qualified
from archwright.verifiers.reads.parts import Parts
from archwright.verifiers.tally import Tally


def tell_unregistered(registered_by: Selector | None, parts: Parts, analysis: Analysis, tally: Tally) -> None:
    """Adds one undecided finding where functions in which something is registered were not followed to their ends.

    Only where anything was judged: a contract that finds nothing to judge has to say so.
    """
    if registered_by is None or not tally.sites:
        return
    left = parts.of(("", ""), lambda: analysis.following.machine(registered_by).unregistered)
    if not left:
        return
    scope = analysis.inference.index(left[0][0]).scopes.get(left[0][1])
    at = scope.node.at if scope is not None and scope.node is not None else (1, 1, 1, 1)
    name = qualified(left[0])
    others = f" and in {len(left) - 1} other functions" if len(left) > 1 else ""
    message = (
        f"what is registered in `{name}`{others} cannot be told: there is too much to follow, and reads that are dispatched to it"
        " may do more than is seen"
    )
    tally.undecided("too-much-registered", (name,), message, analysis.project.at(left[0][0], at))
