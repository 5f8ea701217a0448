"""Event rule ``emitted``: what is emitted is declared and complete, and what is declared is emitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import NOWHERE, Selector
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.execution.values import Literal, Unknown, Value
from archwright.project.operations.events import Emission, EmissionReader
from archwright.verifiers.bodies import is_meant, short_name
from archwright.verifiers.events.events import (
    Declarations,
    EventsContract,
    EventType,
    declarations_of,
    functions_meant,
    table_location,
)
from archwright.verifiers.tally import Tally

_VAGUE = {
    "handed-on": "hands a call that emits on as a value; who calls it with what cannot be told",
    "unknown-receiver": "may emit through something of unknown type",
    "unreached": "has a call that emits and is never reached",
    "too-large": "emits what a function makes that is too large to be followed to its end",
}


class EmittedContract(EventsContract, frozen=True, kw_only=True):
    """Every emitted event is of a declared type and complete, and every declared type is emitted."""

    sinks: Annotated[Selector, Meta(description='name the calls that emit, e.g. {call: "app.outbox.append"}')]
    payload: Annotated[str, Meta(description="The parameter of those calls that is the event")] = "payload"
    validator: Annotated[
        Selector | None,
        Meta(
            description="The call that refuses incomplete events; then a field that may be missing is its business"
        ),
    ] = None
    silent: Annotated[Mapping[str, str], Meta(description="Declared types nobody emits yet, and why")] = {}


def check_emitted(contract: EmittedContract, analysis: Analysis) -> CheckResult:
    """Judges every event at every place that emits, and every declaration."""
    tally = Tally(contract)
    declared = declarations_of(contract, analysis)
    if declared.untold:
        message = f"`{declared.untold}` holds no table that can be read"
        tally.undecided("table-not-told", (declared.untold,), message, contract.origin)
    validators = functions_meant(contract.validator, analysis) if contract.validator is not None else ()
    reader = EmissionReader(
        analysis.calls, analysis.machine, frozenset((s.module, s.qualname) for s in validators)
    )
    emissions, vague = reader.read(contract.sinks, contract.payload, contract.type_key)
    for place in vague:
        if is_meant(contract.within, place.scope, analysis):
            name = place.scope.qualified.split("#")[0]
            tally.undecided(
                f"emit-{place.what}", (name,), f"`{short_name(name)}` {_VAGUE[place.what]}", place.at
            )
    emitted: set[str] = set()
    complete = not vague
    seen: set[tuple[object, ...]] = set()
    for one in emissions:
        emitted.update(one.types)
        complete = complete and bool(one.types)
        key = (one.at, one.types, tuple(one.entries), tuple(e.sure for e in one.entries.values()), one.open)
        if is_meant(contract.within, one.scope, analysis) and key not in seen:
            seen.add(key)
            if not _foul(one, declared, contract, tally):
                tally.passed()
    for name, kind in declared.types.items():
        if name in emitted:
            tally.passed()
            if name in contract.silent:
                message = f"the contract says nobody emits `{name}` yet, and somebody does"
                tally.failed("needless-exception", (name,), message, contract.origin)
        elif name in contract.silent:
            tally.passed()
        else:
            report = tally.failed if complete else tally.undecided
            at = table_location(contract, analysis) if kind.origin == NOWHERE else kind.origin
            report("dead-declaration", (name,), f"`{name}` is declared, and nobody emits it", at)
    return tally.result()


def _foul(one: Emission, declared: Declarations, contract: EmittedContract, tally: Tally) -> bool:
    name = one.scope.qualified.split("#")[0]
    if not one.known or not one.types:
        message = (
            f"`{short_name(name)}` emits an event whose {'type' if one.known else 'content'} cannot be told"
        )
        tally.undecided("event-not-told", (name, short_name(one.root.qualified)), message, one.at)
        return True
    foul = False
    for kind in one.types:
        known = declared.types.get(kind)
        if known is None:
            message = f"`{short_name(name)}` emits `{kind}`, which is not declared"
            tally.failed("undeclared-emit", (name, kind), message, one.at)
            foul = True
            continue
        foul = _fields(one, kind, known, declared, contract, tally) or foul
    return foul


def _fields(
    one: Emission,
    kind: str,
    known: EventType,
    declared: Declarations,
    contract: EmittedContract,
    tally: Tally,
) -> bool:
    name = one.scope.qualified.split("#")[0]
    required = (*declared.base, *known.required)
    allowed = {*required, *declared.optional_base, *known.optional}
    foul = False
    for field in required:
        entry = one.entries.get(field)
        if entry is None and not one.open:
            message = f"`{short_name(name)}` emits `{kind}` without `{field}`"
            tally.failed("payload-mismatch", (name, kind, field), message, one.at)
            foul = True
        elif entry is None or (not entry.sure and contract.validator is None):
            reason = f": {one.open}" if one.open else ""
            message = f"whether `{short_name(name)}` emits `{kind}` with `{field}` cannot be told{reason}"
            tally.undecided("payload-not-told", (name, kind, field), message, one.at)
            foul = True
        elif entry is not None and (wrong := _wrong_type(field, entry.value, declared)):
            message = f"`{short_name(name)}` emits `{kind}` with {wrong} for `{field}`"
            tally.failed("payload-mismatch", (name, kind, field), message, one.at)
            foul = True
    for field in one.entries:
        if field not in allowed:
            message = f"`{short_name(name)}` emits `{kind}` with `{field}`, which is no field of it"
            tally.failed("payload-mismatch", (name, kind, field), message, one.at)
            foul = True
    return foul


def _wrong_type(field: str, value: Value, declared: Declarations) -> str:
    """What is given instead of the declared type, where that is sure; empty when nothing is."""
    kinds = declared.kinds.get(field)
    if not kinds:
        return ""
    for one in value:
        if isinstance(one, Literal):
            fits = one.kind in kinds or (one.kind == "NoneType" and len(value) > 1)
            if not fits:
                return f"the {one.kind} {one.value!r}"
        elif isinstance(one, Unknown) and one.type.startswith("builtins."):
            given = one.type.removeprefix("builtins.")
            if given in _PLAIN and given not in kinds:
                return f"a {given}"
    return ""


_PLAIN = frozenset({"str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set"})
