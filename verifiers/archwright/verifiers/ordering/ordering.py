"""Ordering contracts: before a call runs, something has completed or a guard has run – on every path, for every caller.

A call of the sink is in order when on every path to it the requirement holds: in its own function, or, where that function is
only reached through callers, in all of them. Helpers count: what a helper surely completes is completed, a guard in a helper
guards. A guard's exception must get out: a handler that swallows it on the way fails the contract.

With ``here`` the callers do not count. That is how to order what a function does that is handed on, to a table of methods or to
a library, since who calls it then cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Contract, Problem, Requirement, Selector
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.verifiers.bodies import is_meant
from archwright.verifiers.ordering.obligations import Judge
from archwright.verifiers.ordering.outcomes import Obligation
from archwright.verifiers.ordering.swallowing import find_swallowed
from archwright.verifiers.requirements import compile_requirement, has_guard, only_completions
from archwright.verifiers.tally import Tally


class OrderingContract(Contract, frozen=True, kw_only=True):
    """What must have happened before a call runs, or must happen after it."""

    sink: Annotated[Selector, Meta(description='name the call, e.g. {call: "app.drivers.write"}')]
    within: Annotated[
        Selector | None, Meta(description="Only calls made in these modules or functions are meant")
    ] = None
    dominated_by: Annotated[
        Requirement | None, Meta(description="What must hold on every path to the call")
    ] = None
    followed_by: Annotated[
        Requirement | None,
        Meta(description="What must have completed before every normal return after the call"),
    ] = None
    handled_in: Annotated[
        Selector | None, Meta(description="Modules that may catch a guard's exception without raising again")
    ] = None
    here: Annotated[
        bool,
        Meta(description="Whether the function that makes the call has to meet it, whatever its callers do"),
    ] = False

    def problems(self) -> Iterator[Problem]:
        """Contracts that order nothing, and guards after the fact."""
        if self.dominated_by is None and self.followed_by is None:
            message = f'contract "{self.id}" orders nothing'
            yield Problem(self.origin, message, 'give "dominated_by", "followed_by" or both')
        if self.followed_by is not None and not only_completions(self.followed_by):
            message = "a guard cannot follow what it guards"
            yield Problem(self.followed_by.origin, message, 'use "completed" under "followed_by"')
        if not (self.sink.call or self.sink.any_of or self.sink.all_of):
            yield Problem(self.sink.origin, "a sink is a call", 'name it with "call"')


def check_ordering(contract: OrderingContract, analysis: Analysis) -> CheckResult:
    """Judges every call of the sink in the project."""
    tally = Tally(contract)
    sites = analysis.calls.selected(contract.sink)
    if contract.within is not None:
        sites = [s for s in sites if is_meant(contract.within, s.scope, analysis)]
    for forward, requirement in ((True, contract.dominated_by), (False, contract.followed_by)):
        if requirement is None:
            continue
        compiled = compile_requirement(requirement, analysis)
        judge = Judge(analysis, compiled, forward=forward, here=contract.here, handled_in=contract.handled_in)
        for site in sites:
            obligation = judge.judge(site)
            if obligation.met and forward and has_guard(requirement):
                obligation = find_swallowed(obligation, judge, contract.handled_in, analysis) or obligation
            _record(tally, obligation)
    return tally.result()


def _record(tally: Tally, obligation: Obligation) -> None:
    if obligation.met:
        tally.passed()
        return
    report = tally.undecided if obligation.undecided else tally.failed
    report(obligation.evidence, obligation.symbols, obligation.message, obligation.location, obligation.steps)
