"""Callers: who a header says uses the module, against who imports it or calls into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from archwright.contracts.language import EdgeSelector, Located, Selector, Subject
from archwright.facts import ir
from archwright.model import CheckResult, Step
from archwright.project.analysis import Analysis
from archwright.project.code import calls_in
from archwright.project.headers import Claim, Item, items
from archwright.project.imports import ImportEdge
from archwright.project.types.values import ClassValue, FunctionValue
from archwright.verifiers.declarations.declarations import (
    DeclarationsContract,
    Words,
    header_line,
    module_subject,
    modules_with_code,
    only_claim,
    words_of,
)
from archwright.verifiers.tally import Tally


class CallersContract(DeclarationsContract, frozen=True, kw_only=True):
    """Declared callers exist and call; actual callers are declared.

    A caller is a module that imports the module, or calls into it although it was handed what it calls.
    """

    key: Annotated[Located, Meta(description="name the header key, e.g. Callers")]
    words: Annotated[
        Mapping[Located, EdgeSelector],
        Meta(description="What words in headers stand for, besides the ids of layers: {spine: {layer: L4}}"),
    ] = {}
    undeclared: Annotated[
        Literal["fail", "pass"], Meta(description="What a caller amounts to that the header does not name")
    ] = "fail"
    except_callers: Annotated[Selector | None, Meta(description="Callers nobody needs to declare")] = None
    at_least: Annotated[int | None, Meta(description="How many callers a module must really have")] = None
    counted_by: Annotated[
        Literal["module", "domain"], Meta(description="What at_least counts: modules, or domains of modules")
    ] = "module"


def check_callers(contract: CallersContract, analysis: Analysis) -> CheckResult:
    """Judges every declared caller and every actual one."""
    tally = Tally(contract)
    words = words_of({str(word): group for word, group in contract.words.items()}, analysis)
    for module in modules_with_code(contract.units, analysis):
        claim = only_claim(module, contract.key, analysis, tally)
        if claim is None:
            continue
        listed = items(claim.value, words.known)
        actual = analysis.importers.get(module, {})
        own = module_subject(module, analysis)
        for item in listed:
            _judge_declared(item, claim, own, actual, words, analysis, tally)
        if contract.undeclared == "fail":
            for _, edge in sorted(actual.items()):
                if edge.target == module:  # who gets it through another module depends on that one
                    _judge_actual(contract, edge, claim, listed, own, words, analysis, tally)
        if not listed and not actual:
            tally.passed()
        _judge_number(contract, claim, own, actual, analysis, tally)
    return tally.result()


def _judge_declared(
    item: Item,
    claim: Claim,
    own: Subject,
    actual: Mapping[str, ImportEdge],
    words: Words,
    analysis: Analysis,
    tally: Tally,
) -> None:
    module = own.module or ""
    at = header_line(analysis, module, claim.line)
    symbols = (module, item.text)
    meant = [m for m in analysis.project.modules if words.meant(item, module_subject(m, analysis), own)]
    if not meant:
        message = f"the header of `{module}` names the caller `{item.text}`, which does not exist"
        tally.failed("no-such-caller", symbols, message, at)
    elif any(m in actual for m in meant) or any(
        _calls_into(m, module, analysis) for m in meant if m != module
    ):
        tally.passed()
    else:
        message = f"the header of `{module}` names the caller `{item.text}`, which does not use it"
        tally.failed("orphan-claim", symbols, message, at)


def _judge_actual(
    contract: CallersContract,
    edge: ImportEdge,
    claim: Claim,
    listed: list[Item],
    own: Subject,
    words: Words,
    analysis: Analysis,
    tally: Tally,
) -> None:
    caller = edge.source
    subject = module_subject(caller, analysis)
    if contract.except_callers is not None and contract.except_callers.matches(subject):
        return
    if any(words.meant(item, subject, own) for item in listed):
        tally.passed()
        return
    module = own.module or ""
    message = f"`{caller}` uses `{module}`, whose header does not name it"
    line = header_line(analysis, module, claim.line)
    tally.failed(
        "undeclared-caller",
        (module, caller),
        message,
        line,
        (Step(f"`{caller}` imports it here", edge.location),),
    )


def _judge_number(
    contract: CallersContract,
    claim: Claim,
    own: Subject,
    actual: Mapping[str, ImportEdge],
    analysis: Analysis,
    tally: Tally,
) -> None:
    if contract.at_least is None:
        return
    module = own.module or ""
    if contract.counted_by == "domain":
        units = [analysis.project.unit(caller) for caller in actual]
        number = len({unit.domain for unit in units if unit is not None and unit.domain})
    else:
        number = len(actual)
    if number >= contract.at_least:
        tally.passed()
        return
    message = f"`{module}` is used by {number} {contract.counted_by}s, not by {contract.at_least}"
    tally.failed("too-few-callers", (module,), message, header_line(analysis, module, claim.line))


def _calls_into(source: str, target: str, analysis: Analysis) -> bool:
    """Whether *source* calls something *target* defines, which it was handed rather than imported."""
    project, inference = analysis.project, analysis.inference
    names = [d.qualname.rpartition(".")[2] for d in project.summary(target).definitions]
    summary = project.summary(source)
    if not any(summary.mentions(name) for name in names):
        return False
    for scope in inference.index(source).executed():
        for call in calls_in(scope):
            if isinstance(call.func, ir.Attr | ir.Name) and _last(call.func) in names:
                for value in inference.callees(call, scope):
                    if isinstance(value, FunctionValue | ClassValue) and value.module == target:
                        return True
    return False


def _last(expr: ir.Name | ir.Attr) -> str:
    return expr.id if isinstance(expr, ir.Name) else expr.name
