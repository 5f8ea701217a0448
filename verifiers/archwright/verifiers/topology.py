"""Topology contracts: every module is exactly one unit, is named and placed as its unit demands, and behaves like it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from msgspec import Meta, field

from archwright.contracts.language import Contract, PathPattern, Problem, Selector, Subject
from archwright.facts import ir
from archwright.facts.summary import HeaderKey, Summary
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.code import own_nodes
from archwright.project.types.values import called_names
from archwright.verifiers.ends import edge_ends
from archwright.verifiers.imports.imports import at_module
from archwright.verifiers.tally import Tally

_TOKEN = re.compile(r"[A-Za-z][\w.]*")


class TopologyContract(Contract, frozen=True, kw_only=True):
    """What all topology contracts have in common."""

    rule: str


class CoverContract(TopologyContract, frozen=True, kw_only=True):
    """Every module a topology covers belongs to exactly one layer; abolished layers stay empty."""


class HeaderContract(TopologyContract, frozen=True, kw_only=True):
    """What a file's header claims about its layer and audience is what its path says."""

    units: Annotated[Selector, Meta(description="say which modules are meant")]
    layer_key: Annotated[str | None, Meta(description="The header key that names the layer")] = None
    audience_key: Annotated[str | None, Meta(description="The header key that names the audience")] = None
    audiences: Annotated[
        Mapping[str, str], Meta(description="Audience as written in headers: audience as captured from paths")
    ] = {}
    required: Annotated[bool, Meta(description="Whether a missing key is a finding")] = False

    def problems(self) -> Iterator[Problem]:
        """A header contract that compares nothing."""
        if self.layer_key is None and self.audience_key is None:
            message = f'contract "{self.id}" compares nothing'
            yield Problem(self.origin, message, 'give "layer_key", "audience_key" or both')


class NamingContract(TopologyContract, frozen=True, kw_only=True):
    """File names: patterns they must match, patterns they must not, and uniqueness."""

    units: Annotated[Selector, Meta(description="say which modules are meant")]
    files: Annotated[tuple[PathPattern, ...], Meta(description="File names allowed, e.g. *_engine.py")] = ()
    forbidden: Annotated[tuple[PathPattern, ...], Meta(description="File names banned")] = ()
    unique: Annotated[bool, Meta(description="Whether no two of these files may have one name")] = False

    def problems(self) -> Iterator[Problem]:
        """A naming contract that demands nothing."""
        if not (self.files or self.forbidden or self.unique):
            message = f'contract "{self.id}" demands nothing'
            yield Problem(self.origin, message, 'give "files", "forbidden" or "unique: true"')


class ConductContract(TopologyContract, frozen=True, kw_only=True):
    """Modules of a unit do what the unit is for: each with code contains at least one of certain things."""

    units: Annotated[Selector, Meta(description="say which modules are meant")]
    contains: Annotated[
        tuple[Selector, ...],
        Meta(description='say what each must contain, e.g. {decorated_with: "fastapi.APIRouter.*"}'),
    ] = field(default=())
    lacks: Annotated[tuple[Selector, ...], Meta(description="What none of them may contain")] = ()

    def problems(self) -> Iterator[Problem]:
        """A conduct contract that demands nothing."""
        if not (self.contains or self.lacks):
            message = f'contract "{self.id}" demands nothing'
            yield Problem(self.origin, message, 'give "contains", "lacks" or both')


def check_cover(contract: CoverContract, analysis: Analysis) -> CheckResult:
    """Judges every covered module. A package's ``__init__`` without code needs no unit; it only makes a namespace."""
    tally = Tally(contract)
    project = analysis.project
    for module in project.modules:
        units = project.topologies.classify(module)
        abolished = [
            u for u in units if (layer := project.topologies.layer(u.layer)) and layer.expect == "none"
        ]
        where = at_module(analysis, module)
        if abolished:
            message = f"`{module}` lies in layer {abolished[0].layer}, which is abolished"
            tally.failed("abolished-layer", (module,), message, where)
        elif len(units) > 1:
            layers = ", ".join(u.layer for u in units)
            message = f"`{module}` is claimed by {len(units)} layers: {layers}"
            tally.failed("doubly-classified-module", (module,), message, where)
        elif units:
            tally.passed(_has_code(project.summary(module)))
        elif project.topologies.covered(module) and _has_code(project.summary(module)):
            message = f"`{module}` belongs to no layer"
            tally.failed("unclassified-module", (module,), message, where)
    return tally.result()


def check_header(contract: HeaderContract, analysis: Analysis) -> CheckResult:
    """Judges every claim in the comment block above the code; the path decides, the header claims."""
    tally = Tally(contract)
    project = analysis.project
    for module in _selected(contract.units, analysis):
        unit = project.unit(module)
        summary = project.summary(module)
        if unit is None or summary.error or not _has_code(summary):
            continue  # what a file claims that cannot be read is not known
        layer = project.topologies.layer(unit.layer)
        names = {unit.layer, layer.name if layer else unit.layer}
        if contract.layer_key:
            agrees = [n for n in names if n] + [unit.layer.partition("_")[0]]
            _judge_claim(tally, contract, analysis, module, contract.layer_key, set(agrees), unit.layer)
        if contract.audience_key and unit.audience:
            written = {k for k, v in contract.audiences.items() if v == unit.audience} or {unit.audience}
            _judge_claim(tally, contract, analysis, module, contract.audience_key, written, unit.audience)
    return tally.result()


def check_naming(contract: NamingContract, analysis: Analysis) -> CheckResult:
    """Judges the file name of every selected module; ``__init__.py`` has no name of its own."""
    tally = Tally(contract)
    project = analysis.project
    names: dict[str, str] = {}
    for module in _selected(contract.units, analysis):
        path = project.file(module).path
        name = path.rpartition("/")[2]
        if name == "__init__.py":
            continue
        where = at_module(analysis, module)
        banned = next((p for p in contract.forbidden if p.match(name) is not None), None)
        if banned is not None:
            tally.failed("banned-name", (module,), f"`{name}` matches the banned pattern `{banned}`", where)
        elif contract.files and all(p.match(name) is None for p in contract.files):
            wanted = ", ".join(f"`{p}`" for p in contract.files)
            tally.failed("misnamed-file", (module,), f"`{name}` matches none of {wanted}", where)
        elif contract.unique and name in names:
            message = f"`{name}` exists twice: `{names[name]}` and `{path}`"
            tally.failed("name-not-unique", (module,), message, where)
        else:
            tally.passed(_has_code(project.summary(module)))
        names.setdefault(name, path)
    return tally.result()


def check_conduct(contract: ConductContract, analysis: Analysis) -> CheckResult:
    """Judges every selected module with code by the decorators, classes, calls and imports in it. Strings count for nothing."""
    tally = Tally(contract)
    for module in _selected(contract.units, analysis):
        summary = analysis.project.summary(module)
        if not summary.has_code or not summary.definitions:
            continue
        contents = list(_contents(module, analysis))
        where = at_module(analysis, module)
        missing = contract.contains and not any(
            selector.matches(subject) for subject, _ in contents for selector in contract.contains
        )
        present = [
            (subject, place)
            for subject, place in contents
            if any(selector.matches(subject) for selector in contract.lacks)
        ]
        if missing:
            message = f"`{module}` contains nothing that makes it what its place says it is"
            tally.failed("claim-without-conduct", (module,), message, where)
        elif present:
            subject, place = present[0]
            what = subject.call or subject.package or subject.symbol or subject.module or "something"
            tally.failed("conduct-out-of-place", (module, what), f"`{module}` contains `{what}`", place)
        else:
            tally.passed()
    return tally.result()


# --- helpers ----------------------------------------------------------------------------------------------------


def _selected(selector: Selector, analysis: Analysis) -> list[str]:
    project = analysis.project
    return [m for m in project.modules if selector.matches(Subject(module=m, unit=project.unit(m)))]


def _has_code(summary: Summary) -> bool:
    return summary.has_code or bool(summary.error)


def _judge_claim(
    tally: Tally,
    contract: HeaderContract,
    analysis: Analysis,
    module: str,
    key: str,
    agrees: set[str],
    actual: str,
) -> None:
    project = analysis.project
    claims = [h for h in project.summary(module).header if h.key.casefold() == key.casefold()]
    if not claims:
        if contract.required:
            message = f"`{module}` has no `{key}:` in its header; by its path it is {actual}"
            tally.failed("missing-claim", (module, key), message, at_module(analysis, module))
        return
    accepted = {name.casefold() for name in agrees}
    wrong = next((claim for claim in claims if _claimed(claim) not in accepted), None)
    if wrong is None:
        tally.passed()
        return
    message = f"`{module}` claims `{key}: {wrong.value}`, but by its path it is {actual}"
    location = Location(project.file(module).path, wrong.line, 1)
    tally.failed("header-disagrees", (module, key), message, location)


def _claimed(claim: HeaderKey) -> str:
    match = _TOKEN.match(claim.value)
    return match.group().rstrip(".").casefold() if match else ""


def _contents(module: str, analysis: Analysis) -> Iterator[tuple[Subject, Location]]:
    """What a module does, as far as contracts can name it."""
    inference, project = analysis.inference, analysis.project
    for scope in inference.index(module).executed():
        node = scope.node
        if node is not None and scope.parent is not None:
            decorators: list[str] = []
            for decorator in node.decorators:
                target = decorator.func if isinstance(decorator, ir.Call) else decorator
                decorators += called_names(inference.evaluate(target, scope.parent))
            name = scope.qualified
            bases = inference.classes.lineage(name)[1:] if scope.kind == "class" else ()
            subject = Subject(
                module=module,
                symbol=name,
                function=name if scope.kind == "function" else None,
                class_=name if scope.kind == "class" else None,
                decorators=tuple(decorators),
                bases=bases,
            )
            yield subject, project.at(module, node.at)
        for inner in own_nodes(scope.body):
            if isinstance(inner, ir.Call):
                for name in sorted(called_names(inference.callees(inner, scope))):
                    yield Subject(module=module, call=name), project.at(module, inner.at)
    for edge in analysis.imports(module):
        for end in edge_ends(edge, analysis):
            yield end, edge.location
