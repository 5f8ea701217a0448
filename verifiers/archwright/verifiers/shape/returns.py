"""Results: what functions must not hand out, by their annotation and by where the values they return come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Problem, Selector, Subject
from archwright.facts import ir
from archwright.model import CheckResult, Location, Step
from archwright.project.analysis import Analysis
from archwright.project.render import render
from archwright.project.shapes.typesets import meant, type_name
from archwright.project.types.values import UNKNOWN
from archwright.verifiers.shape.shape import Defined, DefinitionContract, functions
from archwright.verifiers.tally import Tally


class ReturnsContract(DefinitionContract, frozen=True, kw_only=True):
    """What results of functions must not be, or must be."""

    forbid: Annotated[
        Selector | None, Meta(description="The types no result may be or hold, e.g. {subclass_of: ...}")
    ] = None
    only: Annotated[Selector | None, Meta(description="The types every result must be of")] = None
    annotated: Annotated[bool, Meta(description="Whether the result must be annotated")] = False
    except_functions: Annotated[
        Selector | None, Meta(description="Functions that may, such as row mappers or insert helpers")
    ] = None

    def problems(self) -> Iterator[Problem]:
        """A contract that demands nothing."""
        if self.forbid is None and self.only is None and not self.annotated:
            message = f'contract "{self.id}" demands nothing'
            yield Problem(self.origin, message, 'give "forbid", "only" or "annotated: true"')


def check_returns(contract: ReturnsContract, analysis: Analysis) -> CheckResult:
    """Judges every function the contract means by its return annotation and by every expression it returns or yields."""
    tally = Tally(contract)
    for function in functions(contract, analysis):
        if function.scope.qualname.rpartition(".")[2] in ("__init__", "__post_init__", "__init_subclass__"):
            continue
        if contract.except_functions is not None and contract.except_functions.matches(
            _subject(function, analysis)
        ):
            continue
        _judge(contract, function, analysis, tally)
    return tally.result()


def _judge(contract: ReturnsContract, function: Defined, analysis: Analysis, tally: Tally) -> None:
    scope, name = function.scope, function.name
    returns = scope.node.returns if isinstance(scope.node, ir.FunctionDef) else None
    if contract.annotated and returns is None:
        tally.failed("result-not-annotated", (name,), f"`{name}` does not say what it returns", function.at)
        return
    if contract.only is not None and not _is_only(contract.only, returns, function, analysis, tally):
        return
    if contract.forbid is None:
        tally.passed()
        return
    types = analysis.shapes.types
    declared = types.of(returns, scope.signature)
    for value, way in types.within(declared, private=True):
        if meant(value, contract.forbid, analysis.inference):
            field = f", in its field `{'.'.join(way)}`" if way else ""
            message = f"`{name}` is declared to return a `{type_name(value)}`{field}"
            tally.failed("forbidden-return-type", (name, type_name(value)), message, function.at)
            return
    unclear: Location | None = None
    for expr, span, held in analysis.shapes.origins.returned(scope):
        at = analysis.project.at(scope.module, span)
        for value in sorted(held, key=repr):
            if meant(value, contract.forbid, analysis.inference):
                message = (
                    f"`{name}` returns a `{type_name(value)}`, or something that holds one: `{render(expr)}`"
                )
                steps = (Step(f"`{render(expr)}` is or holds a `{type_name(value)}`", at),)
                tally.failed("forbidden-result", (name, type_name(value)), message, at, steps)
                return
        if UNKNOWN in held and unclear is None:
            unclear = at
    if unclear is not None and UNKNOWN in declared:
        message = f"what `{name}` returns can be told neither from its annotation nor from its code"
        tally.undecided("result-not-told", (name,), message, unclear)
        return
    tally.passed()


def _is_only(
    wanted: Selector, returns: ir.Expr | None, function: Defined, analysis: Analysis, tally: Tally
) -> bool:
    """Whether the declared result is of the wanted types; reports when it is not."""
    name = function.name
    values = analysis.inference.types(returns, function.scope.signature)
    wrong = sorted(type_name(v) for v in values if v != UNKNOWN and not meant(v, wanted, analysis.inference))
    if wrong:
        tally.failed("wrong-return-type", (name, wrong[0]), f"`{name}` returns a `{wrong[0]}`", function.at)
        return False
    if UNKNOWN in values:
        message = f"`{name}` does not say what it returns, or says Any"
        tally.undecided("result-not-told", (name,), message, function.at)
        return False
    return True


def _subject(function: Defined, analysis: Analysis) -> Subject:
    module = function.scope.module
    return Subject(
        module=module, unit=analysis.project.unit(module), symbol=function.name, function=function.name
    )
