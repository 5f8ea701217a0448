"""Event rule ``validator``: the validator refuses whatever is wrong with an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Selector
from archwright.facts import ir
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.execution.values import Unknown, Value, constant
from archwright.project.operations.events import refuses
from archwright.project.types.values import FunctionValue
from archwright.verifiers.bodies import short_name
from archwright.verifiers.events.events import (
    Declarations,
    EventsContract,
    EventType,
    declarations_of,
    functions_meant,
)
from archwright.verifiers.tally import Tally

_MAX_STATEMENTS = 300_000
"""How many statements are executed for all questions together; the answers to those that are left then are not told."""


class ValidatorContract(EventsContract, frozen=True, kw_only=True):
    """The validator refuses what is incomplete or of the wrong type."""

    validator: Annotated[Selector, Meta(description="name the validator")]


def check_validator(contract: ValidatorContract, analysis: Analysis) -> CheckResult:
    """Gives the validator every event with one thing wrong."""
    tally = Tally(contract)
    declared = declarations_of(contract, analysis)
    until = analysis.machine.spent + _MAX_STATEMENTS
    for validator in functions_meant(contract.validator, analysis):
        at = analysis.project.at(
            validator.module, validator.node.at if validator.node is not None else (1, 1, 1, 1)
        )
        name = validator.qualified.split("#")[0]
        wrapped = _wrapped_by(validator, analysis)
        if wrapped:
            message = f"what is left of `{short_name(name)}` in the hands of `{wrapped}` cannot be told"
            tally.undecided("validator-not-told", (name, wrapped), message, at)
            continue
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
                    until,
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
                    _ask(validator, wrong, what, (name, first, field, "type"), at, analysis, until, tally)
            unknown = {**whole, contract.type_key: constant("no.SuchType")}
            _ask(
                validator,
                unknown,
                "an event of a type that is not declared",
                (name, "type"),
                at,
                analysis,
                until,
                tally,
            )
    return tally.result()


def _wrapped_by(validator: Scope, analysis: Analysis) -> str:
    """The function of this code base that decorates a validator, and may swallow what it raises; empty when none does."""
    decorators = validator.node.decorators if isinstance(validator.node, ir.FunctionDef) else ()
    for decorator in decorators:
        maker = decorator.func if isinstance(decorator, ir.Call) else decorator
        for value in analysis.inference.evaluate(maker, validator.parent or validator):
            if isinstance(value, FunctionValue):
                return short_name(value.qualified)
    return ""


def _ask(
    validator: Scope,
    event: Mapping[str, Value],
    what: str,
    symbols: tuple[str, ...],
    at: Location,
    analysis: Analysis,
    until: int,
    tally: Tally,
) -> None:
    answer = refuses(analysis.machine, validator, event) if analysis.machine.spent < until else None
    short = short_name(symbols[0])
    if answer is None:
        tally.undecided("validator-not-told", symbols, f"whether `{short}` refuses {what} cannot be told", at)
    elif answer:
        tally.passed()
    else:
        tally.failed("lenient-validator", symbols, f"`{short}` can accept {what}", at)


def _sample(
    kind: str, event_type: EventType, declared: Declarations, contract: EventsContract
) -> dict[str, Value]:
    """An event of a type with everything it needs."""
    found: dict[str, Value] = {}
    for field in (*declared.base, *event_type.required):
        given = next(iter(sorted(declared.kinds.get(field, {"str"}))))
        found[field] = (Unknown(f"`{field}`", "", f"builtins.{given}", True),)
    found[contract.type_key] = constant(kind)
    return found
