"""``DOMAIN_ANALYSIS_<domain>.md``: one domain across its layers – files, exports, dependencies, issues, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from archwright.contracts.language import Contract, Pattern
from archwright.contracts.mentions import mentions
from archwright.docs.described import ClassDoc, ModuleDoc
from archwright.docs.page import Page
from archwright.docs.sources import Sources
from archwright.docs.templates import Templates
from archwright.docs.tree import tree
from archwright.gate.results import ReportedFinding

_HEADERS = frozenset({"topology", "declarations"})
"""Kinds of contract that judge where a file is and what its header claims."""


class Share(msgspec.Struct, frozen=True):
    """What a layer has of a domain."""

    layer: str
    name: str
    files: int
    lines: int


def domain_pages(sources: Sources, templates: Templates) -> Iterator[Page]:
    """A page for every domain that some layer's pattern captures."""
    for domain in sorted({doc.domain for doc in sources.modules if doc.domain}):
        docs = [doc for doc in sources.modules if doc.domain == domain]
        path = f"DOMAIN_ANALYSIS_{domain}.md"
        issues = [f for doc in docs for f in sources.findings.get(doc.path, ())]
        text = templates.render(
            "domain.md.j2",
            domain=domain,
            directories=_directories(docs),
            tree=tree([(doc.path, doc.lines) for doc in docs]),
            groups=_groups(sources, docs, path),
            shares=_shares(sources, docs),
            total=Share("", "", len(docs), sum(doc.lines for doc in docs)),
            cross=_cross(sources, docs, domain),
            headers=[f for f in issues if f.kind in _HEADERS],
            violations=[f for f in issues if f.kind not in _HEADERS],
            orphans=orphans(sources, docs),
            contracts=_contracts(sources, domain),
            exports=[(doc, exported(doc)) for doc in docs if exported(doc)],
            fixes=_fixes(sources, issues),
        )
        yield Page(path, text)


def exported(doc: ModuleDoc) -> tuple[str, ...]:
    """Names a module offers: ``__all__`` where there is one, else its public classes and functions."""
    if doc.exports is not None:
        return doc.exports
    functions = [f"{f.name}()" for f in doc.functions if not f.name.startswith("_")]
    return (*(c.name for c in doc.classes if not c.name.startswith("_")), *functions)


def orphans(sources: Sources, docs: Sequence[ModuleDoc]) -> list[ModuleDoc]:
    """Modules with code that no other module imports or calls."""
    imported = {
        edge.origin or edge.target
        for module in sources.analysis.project.modules
        for edge in sources.analysis.imports(module)
        if edge.source != (edge.origin or edge.target)
    }
    reached = imported | {
        edge.target for m in sources.analysis.project.modules for edge in sources.analysis.imports(m)
    }
    return [
        doc
        for doc in docs
        if (doc.classes or doc.functions)
        and doc.module not in reached
        and not sources.callers.of_module(doc.module)
    ]


def _directories(docs: Sequence[ModuleDoc]) -> list[str]:
    """The innermost directories that hold a layer's files, without those below them."""
    found: set[str] = set()
    for directory in sorted({doc.path.rpartition("/")[0] for doc in docs}):
        if not any(directory.startswith(f"{other}/") for other in found):
            found.add(directory)
    return sorted(found)


def _groups(sources: Sources, docs: Sequence[ModuleDoc], page: str) -> list[dict[str, object]]:
    """Per layer, top to bottom: its files with what the analysis says about each."""
    groups: list[dict[str, object]] = []
    for layer in sources.code_base.contracts.topologies.layers:
        files = [doc for doc in docs if doc.layer == layer.id]
        if files:
            described = [
                {
                    "doc": doc,
                    "link": sources.link(page, doc.path),
                    "enums": [_enum(c) for c in doc.classes if c.kind == "enum"],
                    "records": [c.name for c in doc.classes if c.kind == "record"],
                    "classes": [c for c in doc.classes if c.kind not in ("enum", "record")],
                    "exports": exported(doc),
                }
                for doc in files
            ]
            groups.append({"layer": layer, "files": described})
    return groups


def _enum(definition: ClassDoc) -> str:
    return f"{definition.name}({', '.join(definition.members)})"


def _shares(sources: Sources, docs: Sequence[ModuleDoc]) -> list[Share]:
    shares: list[Share] = []
    for layer in sources.code_base.contracts.topologies.layers:
        lines = [doc.lines for doc in docs if doc.layer == layer.id]
        if lines:
            shares.append(Share(str(layer.id), layer.name, len(lines), sum(lines)))
    return shares


def _cross(sources: Sources, docs: Sequence[ModuleDoc], domain: str) -> list[tuple[ModuleDoc, list[str]]]:
    """Per file the modules of this code base outside the domain that it imports."""
    found: list[tuple[ModuleDoc, list[str]]] = []
    project = sources.analysis.project
    for doc in docs:
        outside = set()
        for edge in sources.analysis.imports(doc.module):
            unit = None if edge.external or not project.has(edge.target) else project.unit(edge.target)
            if not edge.external and (unit is None or unit.domain != domain):
                outside.add(edge.target)
        if outside:
            found.append((doc, sorted(outside)))
    return found


def _contracts(sources: Sources, domain: str) -> list[Contract]:
    """The contracts that name the domain."""
    return [
        c for c in sources.code_base.contracts.contracts if any(_names(m.value, domain) for m in mentions(c))
    ]


def _names(value: object, domain: str) -> bool:
    return domain in str(value).split(".") if isinstance(value, Pattern) else str(value) == domain


def _fixes(sources: Sources, issues: Sequence[ReportedFinding]) -> list[tuple[str, int, str]]:
    """What the contracts that report something here ask for: id, findings, remedy."""
    counts: dict[str, int] = {}
    for finding in issues:
        counts[finding.contract] = counts.get(finding.contract, 0) + 1
    fixes = {c.id: c.fix for c in sources.report.contracts}
    return [(contract, count, fixes[contract]) for contract, count in sorted(counts.items())]
