"""Events as headers declare them: what a module says it emits and listens to is what it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import Located, Problem, Selector
from archwright.model import CheckResult, Location, Step
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.headers import items
from archwright.project.operations.events import EmissionReader
from archwright.project.operations.subscriptions import SubscriptionReader
from archwright.verifiers.declarations.declarations import (
    DeclarationsContract,
    header_line,
    modules_with_code,
    only_claim,
)
from archwright.verifiers.tally import Tally


class EventClaimsContract(DeclarationsContract, frozen=True, kw_only=True):
    """Types of events that a header lists as emitted, and as listened to.

    A module emits what it gives a type, also where a helper elsewhere makes the call; whoever passes on what it is given emits
    nothing of its own. Only calls count: no comment, no docstring, no text that looks like a type.
    """

    emits_key: Annotated[Located | None, Meta(description="The header key with the types it emits")] = None
    sinks: Annotated[
        Selector | None, Meta(description='The calls that emit, e.g. {call: "app.outbox.append"}')
    ] = None
    payload: Annotated[str, Meta(description="The parameter of those calls that is the event")] = "payload"
    type_key: Annotated[str, Meta(description="The field of an event that holds its type")] = "event_type"
    subscribes_key: Annotated[
        Located | None, Meta(description="The header key with the types it listens to")
    ] = None
    subscriptions: Annotated[
        Selector | None, Meta(description='The calls that subscribe, e.g. {call: "app.bus.Bus.on"}')
    ] = None
    subscribed: Annotated[
        str, Meta(description="The parameter of those calls that is a type, or a list of types")
    ] = "event_type"
    required: Annotated[bool, Meta(description="Whether a missing key is a finding")] = True

    def problems(self) -> list[Problem]:
        """A key without the calls it is compared with, and a contract that compares nothing."""
        found: list[Problem] = []
        if self.emits_key is None and self.subscribes_key is None:
            message = f'contract "{self.id}" compares nothing'
            found.append(Problem(self.origin, message, 'give "emits_key", "subscribes_key" or both'))
        if (self.emits_key is None) != (self.sinks is None):
            message = f'contract "{self.id}" gives only one of "emits_key" and "sinks"'
            found.append(
                Problem(self.origin, message, "give both: what is claimed, and the calls that do it")
            )
        if (self.subscribes_key is None) != (self.subscriptions is None):
            message = f'contract "{self.id}" gives only one of "subscribes_key" and "subscriptions"'
            found.append(
                Problem(self.origin, message, "give both: what is claimed, and the calls that do it")
            )
        return found


class _Deed(msgspec.Struct, frozen=True):
    """A module that emits or subscribes."""

    types: tuple[str, ...]
    """Empty when they cannot be told."""
    at: Location


def check_event_claims(contract: EventClaimsContract, analysis: Analysis) -> CheckResult:
    """Judges every type a module names in its header, and every one it emits or listens to."""
    tally = Tally(contract)
    emitted = _emitted(contract, analysis)
    heard = _heard(contract, analysis)
    for module in modules_with_code(contract.units, analysis):
        if contract.emits_key is not None:
            _judge(contract, module, contract.emits_key, "emits", emitted.get(module, []), analysis, tally)
        if contract.subscribes_key is not None:
            _judge(
                contract,
                module,
                contract.subscribes_key,
                "listens to",
                heard.get(module, []),
                analysis,
                tally,
            )
    return tally.result()


def _emitted(contract: EventClaimsContract, analysis: Analysis) -> Mapping[str, list[_Deed]]:
    if contract.sinks is None:
        return {}
    reader = EmissionReader(analysis.calls, analysis.machine)
    emissions, vague = reader.read(contract.sinks, contract.payload, contract.type_key)
    told = [(one.root, one.types, one.at) for one in emissions]
    return _by_module([*told, *((one.scope, (), one.at) for one in vague)])


def _heard(contract: EventClaimsContract, analysis: Analysis) -> Mapping[str, list[_Deed]]:
    if contract.subscriptions is None:
        return {}
    found = SubscriptionReader(analysis.calls, analysis.machine).read(
        contract.subscriptions, contract.subscribed
    )
    return _by_module((one.root, one.types, one.at) for one in found)


def _by_module(deeds: Iterable[tuple[Scope, tuple[str, ...], Location]]) -> Mapping[str, list[_Deed]]:
    found: dict[str, list[_Deed]] = {}
    for scope, types, at in deeds:
        found.setdefault(scope.module, []).append(_Deed(types, at))
    return found


def _judge(
    contract: EventClaimsContract,
    module: str,
    key: Located,
    does: str,
    deeds: list[_Deed],
    analysis: Analysis,
    tally: Tally,
) -> None:
    claim = only_claim(module, key, analysis, tally, required=contract.required or bool(deeds))
    if claim is None:
        return
    line = header_line(analysis, module, claim.line)
    declared = dict.fromkeys(item.text for item in items(claim.value, frozenset()))
    actual = {kind: deed.at for deed in reversed(deeds) for kind in deed.types}
    unclear = next((deed.at for deed in deeds if not deed.types), None)
    for kind in declared:
        if kind in actual:
            tally.passed()
        elif unclear is not None:
            message = f"whether `{module}` {does} `{kind}` cannot be told"
            tally.undecided("event-not-told", (module, does, kind), message, unclear)
        else:
            message = f"the header of `{module}` says it {does} `{kind}`, which it does not"
            tally.failed("claims-no-event", (module, does, kind), message, line)
    for kind, at in sorted(actual.items()):
        if kind not in declared:
            message = f"`{module}` {does} `{kind}`, which its header does not say"
            here = at.path == line.path
            steps = () if here else (Step(f"`{module}` {does} it through this call", at),)
            tally.failed("undeclared-event", (module, does, kind), message, at if here else line, steps)
    if unclear is not None and all(kind in actual for kind in declared):
        message = f"what else `{module}` {does} cannot be told"
        tally.undecided("event-not-told", (module, does, "?"), message, unclear)
    elif not declared and not actual:
        tally.passed()
