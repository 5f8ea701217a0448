"""Event contracts: what is declared is what is emitted, completely, and checked before it is stored.

The keys of an event are folded at every place that emits and on every way to it: dictionaries and spreads, builders, ``|`` and
``update``, dataclasses, keyword arguments. A type nobody declares, a declaration nobody emits, a payload that does not fit its
type and an event that is stored unchecked are four different findings.

Rules: ``declared``, ``emitted``, ``validated``, ``validator``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import NOWHERE, Completed, Contract, Problem, Selector, Subject
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.calls import Site
from archwright.project.code import Scope
from archwright.project.demands import Demand
from archwright.project.execution.carrying import apart
from archwright.project.execution.policy import Hit, Watching
from archwright.project.execution.values import Literal, Ref, Unknown, Value, constant
from archwright.project.operations.events import (
    Emission,
    EmissionReader,
    names_in,
    refuses,
    table_of,
    type_names,
)
from archwright.project.operations.reaching import Reacher
from archwright.project.values import FunctionValue
from archwright.verifiers.obligations import Judge
from archwright.verifiers.requirements import compile_requirement, event_of
from archwright.verifiers.tally import Tally

_VAGUE = {
    "handed-on": "hands a call that emits on as a value; who calls it with what cannot be told",
    "unknown-receiver": "may emit through something of unknown type",
    "unreached": "has a call that emits and is never reached",
    "too-large": "emits what a function makes that is too large to be followed to its end",
}


class EventType(msgspec.Struct, frozen=True, kw_only=True):
    """What events of one type say besides the base fields."""

    required: Annotated[tuple[str, ...], Meta(description="Fields every event of the type has")] = ()
    optional: Annotated[tuple[str, ...], Meta(description="Fields it may have as well")] = ()
    origin: Location = NOWHERE


class EventTables(msgspec.Struct, frozen=True, kw_only=True):
    """Where the code itself declares its events: qualified names of constants."""

    base: Annotated[str | None, Meta(description="The base fields, as keys or items")] = None
    optional_base: Annotated[str | None, Meta(description="The base fields that may be left out")] = None
    required: Annotated[str | None, Meta(description="The fields of each type, by type")] = None
    optional: Annotated[str | None, Meta(description="The fields each type may have as well, by type")] = None
    origin: Location = NOWHERE


class EventsContract(Contract, frozen=True, kw_only=True):
    """What all event contracts have in common."""

    rule: str
    type_key: Annotated[str, Meta(description="The field that holds the type")] = "event_type"
    base: Annotated[tuple[str, ...], Meta(description="Fields every event has")] = ()
    optional_base: Annotated[tuple[str, ...], Meta(description="Fields every event may have as well")] = ()
    types: Annotated[Mapping[str, EventType], Meta(description="The event types there are")] = {}
    tables: Annotated[EventTables | None, Meta(description="Where the code declares its events")] = None
    within: Annotated[Selector | None, Meta(description="Only code of these modules is meant")] = None

    def problems(self) -> Iterator[Problem]:
        """Nothing declared anywhere."""
        if not self.types and self.tables is None and self.rule != "validated":
            message = f'contract "{self.id}" declares no events'
            yield Problem(self.origin, message, 'give "types", "tables" or both')


class DeclaredContract(EventsContract, frozen=True, kw_only=True):
    """The contract's types and those of the code are the same."""


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


class ValidatorContract(EventsContract, frozen=True, kw_only=True):
    """The validator refuses what is incomplete or of the wrong type."""

    validator: Annotated[Selector, Meta(description="name the validator")]


class _Declarations(msgspec.Struct, frozen=True):
    base: tuple[str, ...]
    optional_base: tuple[str, ...]
    types: Mapping[str, EventType]
    kinds: Mapping[str, frozenset[str]]
    """The builtin types of base fields, where the code says them."""
    untold: str
    """Which table of the code cannot be read; empty when all can."""


# --- declared ---------------------------------------------------------------------------------------------------


def check_declared(contract: DeclaredContract, analysis: Analysis) -> CheckResult:
    """Compares every field of every type, and the base."""
    tally = Tally(contract)
    code = _from_code(contract, analysis)
    at = _table_at(contract, analysis)
    if code.untold:
        tally.undecided(
            "table-not-told", (code.untold,), f"`{code.untold}` holds no table that can be read", at
        )
        return tally.result()
    pairs = [("base", contract.base, code.base)] if contract.base and code.base else []
    if contract.optional_base and code.optional_base:
        pairs.append(("optional base", contract.optional_base, code.optional_base))
    for name in sorted({*contract.types, *code.types}):
        mine, theirs = contract.types.get(name), code.types.get(name)
        if mine is None or theirs is None:
            where, other = ("the code", "the contract") if mine is None else ("the contract", "the code")
            message = f"`{name}` is declared in {where} and not in {other}"
            tally.failed("declaration-disagrees", (name,), message, at)
            continue
        pairs.append((name, mine.required, theirs.required))
        if theirs.optional or mine.optional:
            pairs.append((f"{name} (optional)", mine.optional, theirs.optional))
    for name, mine_fields, code_fields in pairs:
        for field in sorted({*mine_fields, *code_fields}):
            if field in mine_fields and field in code_fields:
                tally.passed()
            else:
                where, other = (
                    ("the contract", "the code") if field in mine_fields else ("the code", "the contract")
                )
                message = f"`{name}` has the field `{field}` in {where} and not in {other}"
                tally.failed("declaration-disagrees", (name, field), message, at)
    return tally.result()


# --- emitted ----------------------------------------------------------------------------------------------------


def check_emitted(contract: EmittedContract, analysis: Analysis) -> CheckResult:
    """Judges every event at every place that emits, and every declaration."""
    tally = Tally(contract)
    declared = _declarations(contract, analysis)
    if declared.untold:
        message = f"`{declared.untold}` holds no table that can be read"
        tally.undecided("table-not-told", (declared.untold,), message, contract.origin)
    validators = functions_meant(contract.validator, analysis) if contract.validator is not None else ()
    reader = EmissionReader(
        analysis.calls, analysis.machine, frozenset((s.module, s.qualname) for s in validators)
    )
    emissions, vague = reader.read(contract.sinks, contract.payload, contract.type_key)
    for place in vague:
        if _is_meant(contract.within, place.scope, analysis):
            name = place.scope.qualified.split("#")[0]
            tally.undecided(f"emit-{place.what}", (name,), f"`{_short(name)}` {_VAGUE[place.what]}", place.at)
    emitted: set[str] = set()
    complete = not vague
    seen: set[tuple[object, ...]] = set()
    for one in emissions:
        emitted.update(one.types)
        complete = complete and bool(one.types)
        key = (one.at, one.types, tuple(one.entries), tuple(e.sure for e in one.entries.values()), one.open)
        if _is_meant(contract.within, one.scope, analysis) and key not in seen:
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
            at = _table_at(contract, analysis) if kind.origin == NOWHERE else kind.origin
            report("dead-declaration", (name,), f"`{name}` is declared, and nobody emits it", at)
    return tally.result()


def _foul(one: Emission, declared: _Declarations, contract: EmittedContract, tally: Tally) -> bool:
    name = one.scope.qualified.split("#")[0]
    if not one.known or not one.types:
        message = f"`{_short(name)}` emits an event whose {'type' if one.known else 'content'} cannot be told"
        tally.undecided("event-not-told", (name, _short(one.root.qualified)), message, one.at)
        return True
    foul = False
    for kind in one.types:
        known = declared.types.get(kind)
        if known is None:
            message = f"`{_short(name)}` emits `{kind}`, which is not declared"
            tally.failed("undeclared-emit", (name, kind), message, one.at)
            foul = True
            continue
        foul = _fields(one, kind, known, declared, contract, tally) or foul
    return foul


def _fields(
    one: Emission,
    kind: str,
    known: EventType,
    declared: _Declarations,
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
            message = f"`{_short(name)}` emits `{kind}` without `{field}`"
            tally.failed("payload-mismatch", (name, kind, field), message, one.at)
            foul = True
        elif entry is None or (not entry.sure and contract.validator is None):
            reason = f": {one.open}" if one.open else ""
            message = f"whether `{_short(name)}` emits `{kind}` with `{field}` cannot be told{reason}"
            tally.undecided("payload-not-told", (name, kind, field), message, one.at)
            foul = True
        elif entry is not None and (wrong := _wrong_type(field, entry.value, declared)):
            message = f"`{_short(name)}` emits `{kind}` with {wrong} for `{field}`"
            tally.failed("payload-mismatch", (name, kind, field), message, one.at)
            foul = True
    for field in one.entries:
        if field not in allowed:
            message = f"`{_short(name)}` emits `{kind}` with `{field}`, which is no field of it"
            tally.failed("payload-mismatch", (name, kind, field), message, one.at)
            foul = True
    return foul


def _wrong_type(field: str, value: Value, declared: _Declarations) -> str:
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


# --- validated --------------------------------------------------------------------------------------------------


def check_validated(contract: ValidatedContract, analysis: Analysis) -> CheckResult:
    """Judges every call that stores or publishes."""
    tally = Tally(contract)
    requirement = Completed(call=contract.validator)
    judge = Judge(analysis, compile_requirement(requirement, analysis), forward=True)
    for site in analysis.calls.selected(contract.sinks):
        if not site.is_call or not _is_meant(contract.within, site.scope, analysis):
            continue
        if contract.here and not _checked_here(site, contract.validator, analysis):
            name = site.scope.qualified.split("#")[0]
            message = f"`{_short(name)}` stores an event that it has not validated itself"
            at = analysis.project.at(site.scope.module, site.node.at)
            tally.failed("unvalidated-emit", (name, "here"), message, at)
            continue
        obligation = judge.judge(site)
        name, at = site.scope.qualified.split("#")[0], analysis.project.at(site.scope.module, site.node.at)
        if not obligation.met:
            symbols = (name, obligation.symbols[-1])
            if obligation.undecided:
                message = f"whether the event that `{_short(name)}` stores has been validated cannot be told"
                tally.undecided("undecided-validation", symbols, message, at, obligation.steps)
            else:
                message = f"`{_short(name)}` stores an event that, on some way, nobody has validated"
                tally.failed("unvalidated-emit", symbols, message, at, obligation.steps)
            continue
        other = _validates_other(site, contract, analysis)
        if other is None:
            tally.passed()
        else:
            message = f"`{_short(name)}` stores an event that is not the one it has validated"
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


# --- validator --------------------------------------------------------------------------------------------------


def check_validator(contract: ValidatorContract, analysis: Analysis) -> CheckResult:
    """Gives the validator every event with one thing wrong."""
    tally = Tally(contract)
    declared = _declarations(contract, analysis)
    for validator in functions_meant(contract.validator, analysis):
        at = analysis.project.at(
            validator.module, validator.node.at if validator.node is not None else (1, 1, 1, 1)
        )
        name = validator.qualified.split("#")[0]
        for kind, event_type in sorted(declared.types.items()):
            whole = _sample(kind, event_type, declared, contract)
            for field in (*declared.base, *event_type.required):
                if field == contract.type_key:
                    continue
                without = {k: v for k, v in whole.items() if k != field}
                _ask(
                    validator,
                    without,
                    f"`{kind}` without `{field}`",
                    (name, kind, field),
                    at,
                    analysis,
                    tally,
                )
        first = next(iter(sorted(declared.types)), None)
        if first is not None:
            whole = _sample(first, declared.types[first], declared, contract)
            for field, kinds in sorted(declared.kinds.items()):
                if field != contract.type_key:
                    bad = constant(7 if "str" in kinds else "7")
                    wrong = {**whole, field: bad}
                    what = f"`{first}` with the {bad[0].kind} {bad[0].value!r} for `{field}`"  # type: ignore[union-attr]  # a constant
                    _ask(validator, wrong, what, (name, first, field, "type"), at, analysis, tally)
            unknown = {**whole, contract.type_key: constant("no.SuchType")}
            _ask(
                validator,
                unknown,
                "an event of a type that is not declared",
                (name, "type"),
                at,
                analysis,
                tally,
            )
    return tally.result()


def _ask(
    validator: Scope,
    event: Mapping[str, Value],
    what: str,
    symbols: tuple[str, ...],
    at: Location,
    analysis: Analysis,
    tally: Tally,
) -> None:
    answer = refuses(analysis.machine, validator, event)
    short = _short(symbols[0])
    if answer is None:
        tally.undecided("validator-not-told", symbols, f"whether `{short}` refuses {what} cannot be told", at)
    elif answer:
        tally.passed()
    else:
        tally.failed("lenient-validator", symbols, f"`{short}` can accept {what}", at)


def _sample(
    kind: str, event_type: EventType, declared: _Declarations, contract: EventsContract
) -> dict[str, Value]:
    """An event of a type with everything it needs."""
    found: dict[str, Value] = {}
    for field in (*declared.base, *event_type.required):
        given = next(iter(sorted(declared.kinds.get(field, {"str"}))))
        found[field] = (Unknown(f"`{field}`", "", f"builtins.{given}", True),)
    found[contract.type_key] = constant(kind)
    return found


def declared_types(contract: EventsContract, analysis: Analysis) -> Mapping[str, EventType]:
    """The types there are: the contract's own, or the code's where it gives none."""
    return _declarations(contract, analysis).types


def functions_meant(selector: Selector, analysis: Analysis) -> Iterator[Scope]:
    """The functions that a selector of calls means."""
    for module in analysis.project.modules:
        for definition in analysis.project.summary(module).definitions:
            name = f"{module}.{definition.qualname}"
            if definition.kind == "function" and selector.matches(Subject(call=name)):
                scope = analysis.inference.scope(FunctionValue(module, definition.qualname))
                if scope is not None:
                    yield scope


# --- declarations -----------------------------------------------------------------------------------------------


def _declarations(contract: EventsContract, analysis: Analysis) -> _Declarations:
    """What is declared: the contract's own types, or the code's where it gives none."""
    code = _from_code(contract, analysis)
    return _Declarations(
        contract.base or code.base,
        contract.optional_base or code.optional_base,
        contract.types or code.types,
        code.kinds,
        code.untold,
    )


def _from_code(contract: EventsContract, analysis: Analysis) -> _Declarations:
    tables = contract.tables
    if tables is None:
        return _Declarations((), (), {}, {}, "")
    machine = analysis.machine
    found: dict[str, dict[str, Value]] = {}
    for key in ("base", "optional_base", "required", "optional"):
        symbol = getattr(tables, key)
        if symbol is not None:
            table = table_of(machine, symbol)
            if table is None:
                return _Declarations((), (), {}, {}, symbol)
            found[key] = table
    types: dict[str, EventType] = {}
    for name, fields in found.get("required", {}).items():
        required = names_in(machine, fields)
        more = names_in(machine, found["optional"][name]) if name in found.get("optional", {}) else []
        if required is None or more is None:
            return _Declarations((), (), {}, {}, f"{tables.required}[{name!r}]")
        types[name] = EventType(required=tuple(required), optional=tuple(more))
    base = found.get("base", {})
    kinds = {name: frozenset(type_names(value)) for name, value in base.items() if type_names(value)}
    return _Declarations(tuple(base), tuple(found.get("optional_base", {})), types, kinds, "")


def _table_at(contract: EventsContract, analysis: Analysis) -> Location:
    """Where the code declares its types; the contract where it does not."""
    symbol = contract.tables.required if contract.tables is not None else None
    found = analysis.project.names.resolve(symbol) if symbol is not None else None
    if found is None or found.kind != "symbol" or not analysis.project.has(found.module):
        return contract.origin
    for binding in analysis.project.summary(found.module).bindings:
        if binding.name == found.symbol:
            return Location(analysis.project.file(found.module).path, binding.line)
    return contract.origin


# --- small things -----------------------------------------------------------------------------------------------


def _is_meant(selector: Selector | None, scope: Scope, analysis: Analysis) -> bool:
    if selector is None:
        return True
    unit = analysis.project.unit(scope.module)
    return selector.matches(Subject(module=scope.module, unit=unit, function=scope.qualified.split("#")[0]))


def _short(qualified: str) -> str:
    head, _, last = qualified.split("#")[0].rpartition(".")
    owner = head.rpartition(".")[2]
    return f"{owner}.{last}" if owner[:1].isupper() else last
