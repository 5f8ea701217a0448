"""Import contracts about single imports: who may import what, by unit, package and symbol, in which way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, field

from archwright.contracts.language import EdgeSelector, Selector, Subject, Unit, Wiring
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge, symbol_uses
from archwright.verifiers.ends import edge_ends, end_name
from archwright.verifiers.imports.chains import Chains, check_chains
from archwright.verifiers.imports.imports import (
    ImportsContract,
    about_symbols,
    counted,
    described,
    fail_import,
    report_undecided,
    selected,
    subject_of,
    with_stdlib,
)
from archwright.verifiers.tally import Tally


class WiringContract(ImportsContract, frozen=True, kw_only=True):
    """The import matrix of the topologies, row by row: what no row allows is denied."""


class ForbidContract(ImportsContract, frozen=True, kw_only=True):
    """Modules that must not import certain things."""

    from_: Annotated[Selector, Meta(description="say whose imports are meant")] = field(name="from")
    to: Annotated[tuple[EdgeSelector, ...], Meta(description="say what they must not import")]
    transitive: Annotated[bool, Meta(description="Whether a chain of imports counts like an import")] = False


class OnlyContract(ImportsContract, frozen=True, kw_only=True):
    """Modules that may import certain things and nothing else."""

    from_: Annotated[Selector, Meta(description="say whose imports are meant")] = field(name="from")
    to: Annotated[
        tuple[EdgeSelector, ...],
        Meta(description='say what they may import; package "<stdlib>" is Python\'s own library'),
    ]


class GatewayContract(ImportsContract, frozen=True, kw_only=True):
    """Things that only certain modules may import."""

    to: Annotated[tuple[Selector, ...], Meta(description="say what is protected")]
    only_from: Annotated[Selector, Meta(description="say who may import it")]


def check_wiring(contract: WiringContract, analysis: Analysis) -> CheckResult:
    """Judges every edge between two units of one topology."""
    tally = Tally(contract)
    project = analysis.project
    rows = {str(id): row for topology in project.topologies for id, row in topology.wiring.items()}
    for module in project.modules:
        unit = project.unit(module)
        row = None if unit is None else rows.get(unit.layer)
        if unit is None or row is None:
            continue
        for edge in counted(contract, analysis.imports(module)):
            verdicts = [
                (end, _judge(unit, row, end.unit))
                for end in edge_ends(edge, analysis)
                if end.unit is not None
            ]
            bad = [(end, reason) for end, reason in verdicts if reason]
            if not bad:
                tally.passed(1 if verdicts else 0)
            for end, reason in bad[:1]:
                fail_import(tally, edge, end, f"`{module}` ({unit.layer}) {reason}")
        report_undecided(tally, contract.except_modes, analysis, module)
    return tally.result()


def check_forbid(contract: ForbidContract, analysis: Analysis) -> CheckResult:
    """Judges every counted edge out of the selected modules; with ``transitive`` also chains."""
    tally = Tally(contract)
    chains = Chains(contract, contract.to, analysis)
    meant = selected(contract.from_, analysis)
    reached: set[str] = set()
    for module in meant:
        own = subject_of(module, analysis)
        direct: set[str] = set()
        for edge in counted(contract, analysis.imports(module)):
            hit = _first_match(contract.to, edge, own, analysis)
            if hit is None:
                tally.passed()
            elif not _repeats(edge, direct):
                direct.add(end_name(hit))
                fail_import(tally, edge, hit, f"`{module}` imports {described(hit, edge)}")
        for edge, hit in _symbol_hits(contract, contract.to, own, analysis):
            fail_import(tally, edge, hit, f"`{module}` uses `{edge.symbol}`")
        if contract.transitive:
            reached |= check_chains(chains, module, own, direct, tally)
        report_undecided(tally, contract.except_modes, analysis, module)
    for module in sorted(filter(analysis.project.has, reached.difference(meant))):
        report_undecided(tally, contract.except_modes, analysis, module)
    return tally.result()


def check_only(contract: OnlyContract, analysis: Analysis) -> CheckResult:
    """Judges every counted edge out of the selected modules against the list of what is allowed."""
    tally = Tally(contract)
    for module in selected(contract.from_, analysis):
        own = subject_of(module, analysis)
        reported: set[str] = set()
        for edge in counted(contract, analysis.imports(module)):
            ends = list(edge_ends(edge, analysis))
            stray = [end for end in ends if not _allowed(contract.to, end, own, module)]
            if not stray:
                tally.passed()
            elif not _repeats(edge, reported):
                reported.add(end_name(stray[0]))
                what = described(stray[0], edge)
                fail_import(tally, edge, stray[0], f"`{module}` imports {what}, which is not on its list")
        report_undecided(tally, contract.except_modes, analysis, module)
    return tally.result()


def check_gateway(contract: GatewayContract, analysis: Analysis) -> CheckResult:
    """Judges every edge of the code base that leads to something protected."""
    tally = Tally(contract)
    for module in analysis.project.modules:
        own = subject_of(module, analysis)
        allowed = contract.only_from.matches(own) or any(s.matches(own) for s in contract.to)
        reported: set[str] = set()
        for edge in counted(contract, analysis.imports(module)):
            hit = _first_match(contract.to, edge, own, analysis)
            if hit is None or _repeats(edge, reported):
                continue
            if allowed:
                tally.passed()
            else:
                reported.add(end_name(hit))
                message = f"`{module}` imports {described(hit, edge)} past its gateway"
                fail_import(tally, edge, hit, message)
        for edge, hit in _symbol_hits(contract, contract.to, own, analysis):
            if allowed:
                tally.passed()
            else:
                fail_import(tally, edge, hit, f"`{module}` uses `{edge.symbol}` past its gateway")
        if not allowed:
            report_undecided(tally, contract.except_modes, analysis, module, contract.to)
    return tally.result()


def _judge(unit: Unit, row: Wiring, other: Unit | None) -> str:
    """Why the edge is denied; empty when it is allowed."""
    if other is None:
        return ""
    if other.layer in row.must_not:
        return f"must not import {other.layer}"
    if other.layer != unit.layer and other.layer not in (*row.should, *row.may):
        return f"has no wiring to {other.layer}"
    if row.domain == "same" and unit.domain and other.domain and unit.domain != other.domain:
        return f"of domain {unit.domain} imports {other.layer} of domain {other.domain}"
    return ""


def _first_match(
    selectors: tuple[Selector, ...], edge: ImportEdge, own: Subject, analysis: Analysis
) -> Subject | None:
    for end in edge_ends(edge, analysis):
        if end.module != own.module and any(
            s.matches(with_stdlib(end), own) or s.matches(end, own) for s in selectors
        ):
            return end
    return None


def _repeats(edge: ImportEdge, reported: set[str]) -> bool:
    """Whether an edge is the use of another package whose import is a finding already."""
    if edge.mode != "attribute" or not edge.external:
        return False
    parts = edge.target.split(".")
    return any(".".join(parts[:length]) in reported for length in range(1, len(parts)))


def _symbol_hits(
    contract: ImportsContract, selectors: tuple[Selector, ...], own: Subject, analysis: Analysis
) -> Iterator[tuple[ImportEdge, Subject]]:
    """Symbols meant by *selectors* that a module reads from a module whose import as a whole they do not mean."""
    if own.module is None or not any(map(about_symbols, selectors)):
        return
    for edge in counted(contract, tuple(symbol_uses(analysis.project, own.module))):
        for end in edge_ends(edge, analysis):
            whole = Subject(module=end.module, unit=end.unit)
            if end.module != own.module and any(
                s.matches(end, own) and not s.matches(whole, own) for s in selectors
            ):
                yield edge, end


def _allowed(selectors: tuple[EdgeSelector, ...], end: Subject, own: Subject, module: str) -> bool:
    if end.module is not None and (end.module == module or module.startswith(f"{end.module}.")):
        return True  # itself, and the packages it lives in
    return any(s.matches(end, own) or s.matches(with_stdlib(end), own) for s in selectors)
