"""Import contracts: what all of them have in common – whose edges count, and how they are reported."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from archwright.contracts.language import Contract, Selector, Subject
from archwright.model import Location, Step
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge, UnresolvedImport
from archwright.verifiers.ends import end_name, is_stdlib
from archwright.verifiers.tally import Tally

Mode = Literal[
    "runtime",
    "conditional",
    "fallback",
    "class-body",
    "local",
    "lazy",
    "type-only",
    "type-else",
    "dynamic",
    "attribute",
]

_LOADING = {
    "exec": "runs code from a text that is not constant",
    "eval": "runs code from a text that is not constant",
    "exec_module": "runs a module that it has found at run time",
    "run_path": "runs a file",
}


class ImportsContract(Contract, frozen=True, kw_only=True):
    """What all import contracts have in common."""

    rule: str
    except_modes: Annotated[
        tuple[Mode, ...], Meta(description="Ways of importing that do not count, e.g. type-only")
    ] = ()


def counted(contract: ImportsContract, edges: tuple[ImportEdge, ...]) -> list[ImportEdge]:
    """The edges that are not made in a way the contract leaves out."""
    return [edge for edge in edges if edge.mode not in contract.except_modes]


def selected(selector: Selector, analysis: Analysis) -> list[str]:
    """The modules a selector means, in the order of the project."""
    return [m for m in analysis.project.modules if selector.matches(subject_of(m, analysis))]


def subject_of(module: str, analysis: Analysis) -> Subject:
    """What a selector sees of a module: its name and its unit."""
    return Subject(module=module, unit=analysis.project.unit(module))


def with_stdlib(end: Subject) -> Subject:
    """The same end under the name of its set, so that a contract can mean all of the standard library."""
    if end.package is None:
        return end
    group = "<stdlib>" if is_stdlib(end.package) else "<third-party>"
    return Subject(package=f"{group}.{end.package}", symbol=end.symbol)


def about_symbols(selector: Selector) -> bool:
    """Whether a selector may mean a single name of a module rather than the whole of it."""
    parts = (*selector.any_of, *selector.all_of, *selector.none_of)
    named = selector.symbol or selector.function or selector.class_ or selector.subclass_of
    return bool(named) or any(map(about_symbols, parts))


def fail_import(tally: Tally, edge: ImportEdge, end: Subject, message: str) -> None:
    """Reports an edge to something forbidden, with the way there where the line does not show it."""
    where = "" if edge.mode == "runtime" else f" ({edge.mode})"
    tally.failed(
        "forbidden-import",
        (symbol_of(edge.source, edge.scope), end_name(end)),
        message + (f": `{end_name(end)}`" if end_name(end) not in message else "") + where,
        edge.location,
        _route(edge, end),
    )


def described(end: Subject, edge: ImportEdge) -> str:
    """The name of an end for a message, with its layer and domain where it has them."""
    name = end_name(end)
    if end.unit is not None:
        domain = f", domain {end.unit.domain}" if end.unit.domain else ""
        name = f"{name}` ({end.unit.layer}{domain})"
        return f"`{name}"
    return f"`{name}`"


def symbol_of(module: str, scope: str) -> str:
    """The full name of the scope an import stands in."""
    return f"{module}.{scope}" if scope else module


def report_undecided(
    tally: Tally,
    except_modes: tuple[Mode, ...],
    analysis: Analysis,
    module: str,
    to: tuple[Selector, ...] = (),
) -> None:
    """Reports what cannot be told about *module*; with *to*, only what may lead to something they mean."""
    for lost in analysis.unresolved_imports(module):
        if (
            lost.kind == "undecided"
            and lost.mode not in except_modes
            and (not to or _may_lead_to(lost, to, analysis))
        ):
            undecided_import(tally, lost)


def undecided_import(tally: Tally, lost: UnresolvedImport) -> None:
    """Reports an import whose target depends on what happens at run time."""
    if lost.known and lost.named.endswith(".?"):
        what = f"picks a module of `{lost.known}` by a name that is not constant"
    elif lost.named.endswith("(?)"):
        what = _LOADING.get(lost.named.removesuffix("(?)"), "imports a module by a name that is not constant")
    else:
        what = f"imports `{lost.named}`, which `{lost.known}` makes up at run time"
    message = f"`{lost.source}` {what}; where that leads cannot be told"
    tally.undecided(
        "undecided-import", (symbol_of(lost.source, lost.scope), lost.named), message, lost.location
    )


def at_module(analysis: Analysis, module: str) -> Location:
    """The first line of a module, for findings about the whole of it."""
    return Location(analysis.project.file(module).path, 1, 1)


def _route(edge: ImportEdge, end: Subject) -> tuple[Step, ...]:
    """How the end is reached, where that is not plain from the line itself."""
    name = end_name(end)
    if name == edge.target:
        return ()
    steps = [Step(f"`{edge.target}` is imported here", edge.location)]
    steps += [Step(f"`{module}` passes it on") for module in edge.via if module != name]
    steps.append(Step(f"`{edge.symbol}` is defined in `{name}`"))
    return tuple(steps)


def _may_lead_to(lost: UnresolvedImport, to: tuple[Selector, ...], analysis: Analysis) -> bool:
    """Whether something below the part of the import that is known is meant by one of *to*."""
    if not lost.known or any(map(about_symbols, to)):
        return True
    below = (m for m in analysis.project.modules if m == lost.known or m.startswith(f"{lost.known}."))
    return any(selector.matches(subject_of(module, analysis)) for module in below for selector in to)
