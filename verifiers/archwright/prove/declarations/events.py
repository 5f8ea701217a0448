"""Counterexamples of contracts on the events headers name: types made up, kept quiet about, or new."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.contracts.language import Selector
from archwright.project.headers import claims
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.spread import spread
from archwright.verifiers.declarations.declarations import modules_with_code
from archwright.verifiers.declarations.events import EventClaimsContract

_SITES = 10
_TYPE = "zzz.Happened"


def derive_event_claims(contract: EventClaimsContract, bench: Bench) -> Iterator[Counterexample]:
    """Types a header makes up, and calls that emit or subscribe to a type it does not know."""
    editable = frozenset(bench.modules)
    modules = [m for m in modules_with_code(contract.units, bench.analysis) if m in editable]
    event = f'{{"{contract.type_key}": "{_TYPE}"}}'
    ways = (
        (contract.emits_key, contract.sinks, f"{contract.payload}={event}", "emits"),
        (contract.subscribes_key, contract.subscriptions, f'{contract.subscribed}="{_TYPE}"', "listens to"),
    )
    for module in spread(modules, _SITES):
        for key, calls, argument, does in ways:
            if key is None or calls is None:
                continue
            found = claims(bench.project, module, key)
            if len(found) == 1 and not found[0].value.endswith(","):
                text = bench.text(module)
                lines = text.text.splitlines(keepends=True)
                lines[found[0].line - 1] = f"# {key}: {_TYPE}\n"
                what = f"the header of {module} says it {does} {_TYPE}"
                yield counterexample(contract, f"made up: {does}", what, {text.path: "".join(lines)})
            code = _call(calls, argument, bench)
            if code:
                what = f"{module} {does} {_TYPE}"
                yield counterexample(contract, f"kept quiet: {does}", what, bench.append(module, code))


def _call(calls: Selector, argument: str, bench: Bench) -> str:
    """A function that makes one of *calls*; empty where none can be named."""
    for pattern in calls.call:
        found = bench.project.names.resolve(pattern.text) if "*" not in pattern.text else None
        if found is not None and found.kind == "symbol":
            head, dot, rest = found.symbol.partition(".")
            return (
                f"def zzz_probe():\n    from {found.module} import {head} as zzz\n\n"
                f"    zzz{dot}{rest}({argument})"
            )
    return ""
