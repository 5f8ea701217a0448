"""Import contracts about single edges: who may import what, by unit, package and symbol, in which way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, field

from archwright.contracts.language import (
    Contract,
    EdgeSelector,
    Selector,
    Subject,
    Unit,
    Wiring,
)
from archwright.model import CheckResult, Location, Step
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge, UnresolvedImport, symbol_uses
from archwright.verifiers.ends import edge_ends, end_name, is_stdlib
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


class ImportsContract(Contract, frozen=True, kw_only=True):
    """What all import contracts have in common."""

    rule: str
    except_modes: Annotated[
        tuple[Mode, ...], Meta(description="Ways of importing that do not count, e.g. type-only")
    ] = ()


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


class ResolveContract(ImportsContract, frozen=True, kw_only=True):
    """Every import of this code base leads to a module and a name that exist."""

    from_: Annotated[Selector, Meta(description="say whose imports are meant")] = field(name="from")


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
        for edge in _counted(contract, analysis.imports(module)):
            verdicts = [
                (end, _judge(unit, row, end.unit))
                for end in edge_ends(edge, analysis)
                if end.unit is not None
            ]
            bad = [(end, reason) for end, reason in verdicts if reason]
            if not bad:
                tally.passed(1 if verdicts else 0)
            for end, reason in bad[:1]:
                _fail(tally, edge, end, f"`{module}` ({unit.layer}) {reason}")
        _report_undecided(tally, contract, analysis, module)
    return tally.result()


def check_forbid(contract: ForbidContract, analysis: Analysis) -> CheckResult:
    """Judges every counted edge out of the selected modules; with ``transitive`` also chains."""
    tally = Tally(contract)
    chains = _Chains(contract, analysis)
    for module in _selected(contract.from_, analysis):
        own = _subject(module, analysis)
        direct: set[str] = set()
        for edge in _counted(contract, analysis.imports(module)):
            hit = _first_match(contract.to, edge, own, analysis)
            if hit is None:
                tally.passed()
            else:
                direct.add(end_name(hit))
                _fail(tally, edge, hit, f"`{module}` imports {_described(hit, edge)}")
        for edge, hit in _symbol_hits(contract, contract.to, own, analysis):
            _fail(tally, edge, hit, f"`{module}` uses `{edge.symbol}`")
        if contract.transitive:
            _check_chains(chains, module, own, direct, tally)
        _report_undecided(tally, contract, analysis, module)
    return tally.result()


def check_only(contract: OnlyContract, analysis: Analysis) -> CheckResult:
    """Judges every counted edge out of the selected modules against the list of what is allowed."""
    tally = Tally(contract)
    for module in _selected(contract.from_, analysis):
        own = _subject(module, analysis)
        for edge in _counted(contract, analysis.imports(module)):
            ends = list(edge_ends(edge, analysis))
            stray = [end for end in ends if not _allowed(contract.to, end, own, module)]
            if not stray:
                tally.passed()
            else:
                what = _described(stray[0], edge)
                _fail(tally, edge, stray[0], f"`{module}` imports {what}, which is not on its list")
        _report_undecided(tally, contract, analysis, module)
    return tally.result()


def check_gateway(contract: GatewayContract, analysis: Analysis) -> CheckResult:
    """Judges every edge of the code base that leads to something protected."""
    tally = Tally(contract)
    for module in analysis.project.modules:
        own = _subject(module, analysis)
        allowed = contract.only_from.matches(own) or any(s.matches(own) for s in contract.to)
        for edge in _counted(contract, analysis.imports(module)):
            hit = _first_match(contract.to, edge, own, analysis)
            if hit is None:
                continue
            if allowed:
                tally.passed()
            else:
                message = f"`{module}` imports {_described(hit, edge)} past its gateway"
                _fail(tally, edge, hit, message)
        for edge, hit in _symbol_hits(contract, contract.to, own, analysis):
            if allowed:
                tally.passed()
            else:
                _fail(tally, edge, hit, f"`{module}` uses `{edge.symbol}` past its gateway")
        if not allowed:
            _report_undecided(tally, contract, analysis, module, contract.to)
    return tally.result()


def check_resolve(contract: ResolveContract, analysis: Analysis) -> CheckResult:
    """Judges every import that names something of this code base."""
    tally = Tally(contract)
    for module in _selected(contract.from_, analysis):
        internal = [e for e in _counted(contract, analysis.imports(module)) if not e.external]
        tally.passed(len(internal))
        for lost in analysis.unresolved_imports(module):
            if lost.mode in contract.except_modes:
                continue
            symbols = (_symbol(lost.source, lost.scope), lost.named)
            if lost.kind == "missing":
                known = f"; the last part that exists is `{lost.known}`" if lost.known else ""
                message = f"`{module}` imports `{lost.named}`, which does not exist{known}"
                tally.failed("broken-import", symbols, message, lost.location)
            else:
                _undecided(tally, lost)
    return tally.result()


# --- judging ----------------------------------------------------------------------------------------------------


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
            s.matches(_with_stdlib(end), own) or s.matches(end, own) for s in selectors
        ):
            return end
    return None


def _symbol_hits(
    contract: ImportsContract, selectors: tuple[Selector, ...], own: Subject, analysis: Analysis
) -> Iterator[tuple[ImportEdge, Subject]]:
    """Symbols meant by *selectors* that a module reads from a module whose import as a whole they do not mean."""
    if own.module is None or not any(map(_about_symbols, selectors)):
        return
    for edge in _counted(contract, tuple(symbol_uses(analysis.project, own.module))):
        for end in edge_ends(edge, analysis):
            whole = Subject(module=end.module, unit=end.unit)
            if end.module != own.module and any(
                s.matches(end, own) and not s.matches(whole, own) for s in selectors
            ):
                yield edge, end


def _about_symbols(selector: Selector) -> bool:
    parts = (*selector.any_of, *selector.all_of, *selector.none_of)
    named = selector.symbol or selector.function or selector.class_ or selector.subclass_of
    return bool(named) or any(map(_about_symbols, parts))


def _allowed(selectors: tuple[EdgeSelector, ...], end: Subject, own: Subject, module: str) -> bool:
    if end.module is not None and (end.module == module or module.startswith(f"{end.module}.")):
        return True  # itself, and the packages it lives in
    return any(s.matches(end, own) or s.matches(_with_stdlib(end), own) for s in selectors)


def _with_stdlib(end: Subject) -> Subject:
    """The same end under the name of its set, so that a contract can mean all of the standard library."""
    if end.package is None:
        return end
    group = "<stdlib>" if is_stdlib(end.package) else "<third-party>"
    return Subject(package=f"{group}.{end.package}", symbol=end.symbol)


class _Chains:
    """The graph of counted imports as the searches for chains need it; made once per contract, walked from many starts."""

    def __init__(self, contract: ForbidContract, analysis: Analysis) -> None:
        self._contract = contract
        self._analysis = analysis
        self._relational = any(selector.relational for selector in contract.to)
        self._onward: dict[str, list[tuple[str, ImportEdge]]] = {}
        self._hits: dict[tuple[str, Subject | None], list[tuple[ImportEdge, list[Subject]]]] = {}

    def onward(self, module: str) -> list[tuple[str, ImportEdge]]:
        """The modules of this code base that *module* imports, each with the first edge to it."""
        found = self._onward.get(module)
        if found is None:
            nearest: dict[str, ImportEdge] = {}
            for edge in self._edges(module):
                for target in (edge.target, edge.origin):
                    if target and not edge.external:
                        nearest.setdefault(target, edge)
            found = self._onward[module] = list(nearest.items())
        return found

    def hits(self, module: str, own: Subject) -> list[tuple[ImportEdge, list[Subject]]]:
        """The edges of *module* to something forbidden, with the ends that are."""
        key = (module, own if self._relational else None)
        found = self._hits.get(key)
        if found is None:
            found = self._hits[key] = [
                (edge, ends)
                for edge in self._edges(module)
                if (ends := _matches(self._contract.to, edge, own, self._analysis))
            ]
        return found

    def _edges(self, module: str) -> list[ImportEdge]:
        if not self._analysis.project.has(module):
            return []
        return _counted(self._contract, self._analysis.imports(module))


def _check_chains(chains: _Chains, start: str, own: Subject, direct: set[str], tally: Tally) -> None:
    """Breadth first from *start*: the shortest chain to each forbidden module that is not imported directly."""
    back: dict[str, tuple[str, ImportEdge]] = {}
    queue = [start]
    seen = {start}
    reported: set[str] = set(direct)
    for module in queue:
        for edge, ends in chains.hits(module, own) if module != start else ():
            hit = next((end for end in ends if end.module != start), None)
            if hit is not None and end_name(hit) not in reported:
                reported.add(end_name(hit))
                steps = (*_chain(start, module, back), _hop(edge, end_name(hit)))
                message = f"`{start}` reaches {_described(hit, edge)} through {len(steps) - 1} module(s)"
                first = steps[0].location or edge.location
                tally.failed("forbidden-chain", (start, end_name(hit)), message, first, steps)
        for nearer, edge in chains.onward(module):
            if nearer not in seen:
                seen.add(nearer)
                back[nearer] = (module, edge)
                queue.append(nearer)


def _matches(
    selectors: tuple[Selector, ...], edge: ImportEdge, own: Subject, analysis: Analysis
) -> list[Subject]:
    return [
        end
        for end in edge_ends(edge, analysis)
        if any(s.matches(_with_stdlib(end), own) or s.matches(end, own) for s in selectors)
    ]


def _chain(start: str, end: str, back: dict[str, tuple[str, ImportEdge]]) -> tuple[Step, ...]:
    steps: list[Step] = []
    current = end
    while current != start:
        previous, edge = back[current]
        steps.append(_hop(edge, current))
        current = previous
    return tuple(reversed(steps))


def _hop(edge: ImportEdge, to: str) -> Step:
    return Step(f"`{edge.source}` imports `{to}` ({edge.mode})", edge.location)


# --- reporting --------------------------------------------------------------------------------------------------


def _fail(tally: Tally, edge: ImportEdge, end: Subject, message: str) -> None:
    where = "" if edge.mode == "runtime" else f" ({edge.mode})"
    tally.failed(
        "forbidden-import",
        (_symbol(edge.source, edge.scope), end_name(end)),
        message + (f": `{end_name(end)}`" if end_name(end) not in message else "") + where,
        edge.location,
        _route(edge, end),
    )


def _route(edge: ImportEdge, end: Subject) -> tuple[Step, ...]:
    """How the end is reached, where that is not plain from the line itself."""
    name = end_name(end)
    if name == edge.target:
        return ()
    steps = [Step(f"`{edge.target}` is imported here", edge.location)]
    steps += [Step(f"`{module}` passes it on") for module in edge.via if module != name]
    steps.append(Step(f"`{edge.symbol}` is defined in `{name}`"))
    return tuple(steps)


def _described(end: Subject, edge: ImportEdge) -> str:
    name = end_name(end)
    if end.unit is not None:
        domain = f", domain {end.unit.domain}" if end.unit.domain else ""
        name = f"{name}` ({end.unit.layer}{domain})"
        return f"`{name}"
    return f"`{name}`"


def _report_undecided(
    tally: Tally,
    contract: ImportsContract,
    analysis: Analysis,
    module: str,
    to: tuple[Selector, ...] = (),
) -> None:
    """Reports what cannot be told about *module*; with *to*, only what may lead to something they mean."""
    for lost in analysis.unresolved_imports(module):
        if (
            lost.kind == "undecided"
            and lost.mode not in contract.except_modes
            and (not to or _may_lead_to(lost, to, analysis))
        ):
            _undecided(tally, lost)


def _may_lead_to(lost: UnresolvedImport, to: tuple[Selector, ...], analysis: Analysis) -> bool:
    """Whether something below the part of the import that is known is meant by one of *to*."""
    if not lost.known or any(map(_about_symbols, to)):
        return True
    below = (m for m in analysis.project.modules if m == lost.known or m.startswith(f"{lost.known}."))
    return any(selector.matches(_subject(module, analysis)) for module in below for selector in to)


def _undecided(tally: Tally, lost: UnresolvedImport) -> None:
    if lost.known and lost.named.endswith(".?"):
        what = f"picks a module of `{lost.known}` by a name that is not constant"
    elif lost.named.endswith("(?)"):
        what = "imports a module by a name that is not constant"
    else:
        what = f"imports `{lost.named}`, which `{lost.known}` makes up at run time"
    message = f"`{lost.source}` {what}; where that leads cannot be told"
    tally.undecided(
        "undecided-import", (_symbol(lost.source, lost.scope), lost.named), message, lost.location
    )


def _symbol(module: str, scope: str) -> str:
    return f"{module}.{scope}" if scope else module


def _selected(selector: Selector, analysis: Analysis) -> list[str]:
    return [m for m in analysis.project.modules if selector.matches(_subject(m, analysis))]


def _subject(module: str, analysis: Analysis) -> Subject:
    return Subject(module=module, unit=analysis.project.unit(module))


def _counted(contract: ImportsContract, edges: tuple[ImportEdge, ...]) -> list[ImportEdge]:
    return [edge for edge in edges if edge.mode not in contract.except_modes]


def at_module(analysis: Analysis, module: str) -> Location:
    """The first line of a module, for findings about the whole of it."""
    return Location(analysis.project.file(module).path, 1, 1)
