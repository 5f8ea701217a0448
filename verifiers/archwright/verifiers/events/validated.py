"""Event rule ``validated``: what is stored or published has been validated before."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import Completed, Selector, Subject
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.calls.calls import Site
from archwright.project.execution.carrying import apart
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Hit, Watching
from archwright.project.execution.values import Literal, Ref, Unknown, Value
from archwright.project.flow.demands import Demand
from archwright.project.operations.events import EmissionReader
from archwright.project.operations.reaching import Reacher
from archwright.verifiers.bodies import is_meant, short_name
from archwright.verifiers.events.events import EventsContract
from archwright.verifiers.ordering.obligations import Judge
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
    varying: Annotated[
        tuple[str, ...],
        Meta(description="Fields no event may be stored with as a constant, e.g. its number in a sequence"),
    ] = ()


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
        before = tally.sites
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
        ways = _followed(site, contract, analysis)
        constants = _constants(ways.stored, contract, analysis)
        if _stores_other(ways, contract, analysis):
            message = f"`{short_name(name)}` stores an event that is not the one it has validated"
            tally.failed("unvalidated-emit", (name, "another event"), message, at)
        for field, value in constants.items():
            message = f"`{short_name(name)}` stores every event with {value} for `{field}`"
            tally.failed("constant-field", (name, field), message, at)
        if tally.sites == before:
            tally.passed()
    return tally.result()


def _checked_here(site: Site, validator: Selector, analysis: Analysis) -> bool:
    """Whether on every path of its own function the check has returned before the event is stored."""
    flow = analysis.flows.flow(site.scope, (event_of(validator),))
    nodes = flow.calls(site.node)
    return bool(nodes) and all(flow.unmet(n, Demand((), frozenset({1}))) is None for n in nodes)


class _Ways(msgspec.Struct, frozen=True):
    """What is validated and what is stored, on every way to a place that stores."""

    validated: list[Value]
    stored: list[Hit]


def _followed(site: Site, contract: ValidatedContract, analysis: Analysis) -> _Ways:
    """The function that stores, executed; its callers where it does not validate itself."""
    ways = _Ways([], [])

    def observe(hit: Hit) -> None:
        if any(contract.validator.matches(Subject(call=name)) for name in hit.names):
            given = hit.args.positional[:1] or [e.value for e in hit.args.keywords.values()][:1]
            ways.validated.extend(given)
        if hit.call is site.node:
            ways.stored.append(hit)

    machine = analysis.machine
    machine.run(site.scope, Watching(observe))
    if not ways.validated:
        ways.stored.clear()
        key = frozenset({(site.scope.module, site.scope.qualname)})
        for caller in Reacher(analysis.calls, machine).callers(site.scope):
            machine.run(caller, Watching(observe), apart(key))
    return ways


def _stores_other(ways: _Ways, contract: ValidatedContract, analysis: Analysis) -> bool:
    """Whether what is stored is, surely, no version of anything that was validated on the way."""
    machine = analysis.machine
    reader = EmissionReader(analysis.calls, machine)
    known = {v.loc for value in ways.validated for v in value if isinstance(v, Ref)}
    parameters = {
        v.parameter for value in ways.validated for v in value if isinstance(v, Unknown) and v.parameter
    }
    for hit in ways.stored:
        for one in reader.payload(hit, contract.payload) or ():
            if isinstance(one, Unknown):
                if one.parameter and known and _none_from(one.parameter, ways.validated, machine, hit):
                    return True
            elif isinstance(one, Ref) and (known or parameters):
                made = machine.object(one, hit.state)
                if one.loc not in known and not made.sources & known and made.parameter not in parameters:
                    return True
    return False


def _none_from(parameter: str, validated: list[Value], machine: Machine, hit: Hit) -> bool:
    """Whether all that was validated are objects made without a parameter."""
    for one in (one for value in validated for one in value):
        if not isinstance(one, Ref):
            return False
        made = machine.object(one, hit.state)
        if made.open or made.parameter == parameter:
            return False
    return True


def _constants(
    stored: list[Hit], contract: ValidatedContract, analysis: Analysis
) -> dict[str, int | float | str | bool | None]:
    """The fields that should vary and are the same constant on some way, with that constant."""
    reader = EmissionReader(analysis.calls, analysis.machine)
    found: dict[str, int | float | str | bool | None] = {}
    for hit in stored:
        for one in reader.payload(hit, contract.payload) or ():
            entries = analysis.machine.object(one, hit.state).entries if isinstance(one, Ref) else {}
            for field in contract.varying:
                value = entries[field].value if field in entries else ()
                if len(value) == 1 and isinstance(value[0], Literal):
                    found[field] = value[0].value
    return found
