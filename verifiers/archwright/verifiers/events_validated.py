"""Event rule ``validated``: what is stored or published has been validated before."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Completed, Selector, Subject
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.calls import Site
from archwright.project.demands import Demand
from archwright.project.execution.carrying import apart
from archwright.project.execution.policy import Hit, Watching
from archwright.project.execution.values import Ref, Unknown, Value
from archwright.project.operations.events import EmissionReader
from archwright.project.operations.reaching import Reacher
from archwright.verifiers.bodies import short_name
from archwright.verifiers.events import EventsContract, is_meant
from archwright.verifiers.obligations import Judge
from archwright.verifiers.requirements import compile_requirement, event_of
from archwright.verifiers.tally import Tally


class ValidatedContract(EventsContract, frozen=True, kw_only=True):
    """Every event that is stored or published has been validated, on every path, and nobody caught the refusal."""

    sinks: Annotated[
        Selector, Meta(description='name the calls that store or publish, e.g. {call: "app.models.Outbox"}')
    ]
    payload: Annotated[str, Meta(description="The parameter of those calls that is the event")] = "payload"
    validator: Annotated[Selector, Meta(description="name the call that must have returned")]
    here: Annotated[
        bool,
        Meta(description="Whether the function that stores has to check itself, whatever its callers do"),
    ] = False


def check_validated(contract: ValidatedContract, analysis: Analysis) -> CheckResult:
    """Judges every call that stores or publishes."""
    tally = Tally(contract)
    requirement = Completed(call=contract.validator)
    judge = Judge(analysis, compile_requirement(requirement, analysis), forward=True)
    for site in analysis.calls.selected(contract.sinks):
        if not site.is_call or not is_meant(contract.within, site.scope, analysis):
            continue
        if contract.here and not _checked_here(site, contract.validator, analysis):
            name = site.scope.qualified.split("#")[0]
            message = f"`{short_name(name)}` stores an event that it has not validated itself"
            at = analysis.project.at(site.scope.module, site.node.at)
            tally.failed("unvalidated-emit", (name, "here"), message, at)
            continue
        obligation = judge.judge(site)
        name, at = site.scope.qualified.split("#")[0], analysis.project.at(site.scope.module, site.node.at)
        if not obligation.met:
            symbols = (name, obligation.symbols[-1])
            if obligation.undecided:
                message = (
                    f"whether the event that `{short_name(name)}` stores has been validated cannot be told"
                )
                tally.undecided("undecided-validation", symbols, message, at, obligation.steps)
            else:
                message = f"`{short_name(name)}` stores an event that, on some way, nobody has validated"
                tally.failed("unvalidated-emit", symbols, message, at, obligation.steps)
            continue
        other = _validates_other(site, contract, analysis)
        if other is None:
            tally.passed()
        else:
            message = f"`{short_name(name)}` stores an event that is not the one it has validated"
            tally.failed("unvalidated-emit", (name, "another event"), message, at)
    return tally.result()


def _checked_here(site: Site, validator: Selector, analysis: Analysis) -> bool:
    """Whether on every path of its own function the check has returned before the event is stored."""
    flow = analysis.flows.flow(site.scope, (event_of(validator),))
    nodes = flow.calls(site.node)
    return bool(nodes) and all(flow.unmet(n, Demand((), frozenset({1}))) is None for n in nodes)


def _validates_other(site: Site, contract: ValidatedContract, analysis: Analysis) -> Hit | None:
    """The call that stores an event which is, surely, no version of any that was validated on the way."""
    machine = analysis.machine
    reader = EmissionReader(analysis.calls, machine)
    validated: list[Value] = []
    stored: list[Hit] = []
    reach = Reacher(analysis.calls, machine)

    def observe(hit: Hit) -> None:
        if any(contract.validator.matches(Subject(call=name)) for name in hit.names):
            given = hit.args.positional[:1] or [e.value for e in hit.args.keywords.values()][:1]
            validated.extend(given)
        if hit.call is site.node:
            stored.append(hit)

    machine.run(site.scope, Watching(observe))
    if not validated:
        stored.clear()
        key = frozenset({(site.scope.module, site.scope.qualname)})
        for caller in reach.callers(site.scope):
            machine.run(caller, Watching(observe), apart(key))
    for hit in stored:
        payload = reader.payload(hit, contract.payload) or ()
        known = {v.loc for value in validated for v in value if isinstance(v, Ref)}
        parameters = {
            v.parameter for value in validated for v in value if isinstance(v, Unknown) and v.parameter
        }
        for one in payload:
            if not isinstance(one, Ref) or not (known or parameters):
                continue
            made = machine.object(one, hit.state)
            if one.loc not in known and not made.sources & known and made.parameter not in parameters:
                return hit
    return None
