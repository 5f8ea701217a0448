"""Registry contracts: operations that are called by name, and everything that has to fit for such a call to arrive.

Names are folded – constants, f-strings, enumerations, loops over tables – and followed to whoever passes them in. The keys of the
parameters are followed from the place that dispatches through the handler's table of methods to the function that takes them:
what is missing, unknown, or looked at by nobody is a finding at the place that dispatches.

Rules: ``registered``, ``dispatched``, ``domains``, ``arguments``, ``routes``, ``wired``, ``static``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import NOWHERE, Contract, Problem, Selector
from archwright.model import Location, Step
from archwright.project.analysis import Analysis
from archwright.project.operations.registry import Operations, RegistryNames, Vague
from archwright.verifiers.bodies import is_meant, short_name
from archwright.verifiers.tally import Tally

_VAGUE = {
    "handed-on": "hands {what} on as a value; who calls it with what cannot be told",
    "unknown-receiver": "may {what} on something of unknown type",
    "unreached": "has a call to {what} that is never reached",
    "too-large": "is called to {what} by a function that is too large to be followed to its end",
}


class RegistryUse(msgspec.Struct, frozen=True, kw_only=True):
    """How the code base calls its registry. The operation is the first argument of both calls; the second one is the handler
    that is registered, and the context that is dispatched.
    """

    register: Annotated[
        Selector, Meta(description='name the call that registers, e.g. {call: "app.Registry.register"}')
    ]
    execute: Annotated[
        Selector, Meta(description='name the call that dispatches, e.g. {call: "app.Registry.execute"}')
    ]
    freeze: Annotated[Selector | None, Meta(description="The call after which nothing may be registered")] = (
        None
    )
    handler_method: Annotated[str, Meta(description="The method of a handler that serves a call")] = "execute"
    params: Annotated[str, Meta(description="The attribute of the context that holds the parameters")] = (
        "params"
    )
    success: Annotated[str, Meta(description="The attribute of a result that is false when it failed")] = (
        "success"
    )
    origin: Location = NOWHERE

    def problems(self) -> Iterator[Problem]:
        """Selectors that name no call."""
        for selector in (self.register, self.execute, self.freeze):
            if selector is not None and not selector.call:
                yield Problem(selector.origin, "the registry is used by calls", 'name one with "call"')


class RegistryContract(Contract, frozen=True, kw_only=True):
    """What all registry contracts have in common."""

    rule: str
    registry: Annotated[RegistryUse, Meta(description="say how the registry is called")]
    within: Annotated[Selector | None, Meta(description="Only code of these modules is meant")] = None


def operations_of(contract: RegistryContract, analysis: Analysis) -> Operations:
    """What is registered and dispatched through the contract's registry."""
    use = contract.registry
    return analysis.operations(RegistryNames(use.register, use.execute, use.params, use.handler_method))


def chain_steps(chain: tuple[tuple[str, Location], ...]) -> tuple[Step, ...]:
    """The calls on the way to a finding."""
    return tuple(Step(f"`{short_name(name)}` calls on", at) for name, at in chain)


def report_vague(
    found: list[Vague], contract: RegistryContract, analysis: Analysis, tally: Tally, verb: str
) -> None:
    """Reports places that may register or dispatch, as far as they are meant, as undecided."""
    for one in found:
        if is_meant(contract.within, one.scope, analysis):
            name = one.scope.qualified.split("#")[0]
            text = _VAGUE[one.what].format(what=f"the {verb} call" if one.what == "handed-on" else verb)
            tally.undecided(f"{verb}-{one.what}", (name,), f"`{short_name(name)}` {text}", one.at)
