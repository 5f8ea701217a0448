"""The far ends of an import edge: everything the importing module gets hold of by it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from archwright.contracts.language import Subject
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge


def edge_ends(edge: ImportEdge, analysis: Analysis) -> tuple[Subject, ...]:
    """The module the import names, the modules a re-export leads through, and where the symbol is defined."""
    return analysis.remembered(edge, lambda: tuple(_edge_ends(edge, analysis)))


def _edge_ends(edge: ImportEdge, analysis: Analysis) -> Iterator[Subject]:
    project = analysis.project
    if edge.external:
        yield external_subject(edge.target)
        return
    symbol = edge.symbol if edge.symbol != edge.origin else None
    seen: set[str] = set()
    for module in (edge.target, *edge.via, edge.origin):
        if not module or module in seen:
            continue
        seen.add(module)
        if not project.names.is_module(module):
            yield external_subject(module)
            continue
        at_origin = module == edge.origin
        yield Subject(
            module=module,
            unit=project.unit(module),
            symbol=symbol if at_origin else None,
            class_=symbol if at_origin and symbol and analysis.inference.classes.known(symbol) else None,
            bases=_bases(symbol, analysis) if at_origin else (),
        )
    if not edge.origin:
        # Re-exported from another package.
        yield external_subject(edge.symbol)


def external_subject(name: str) -> Subject:
    """Something of another package; ``<stdlib>`` stands for all of Python's own modules."""
    return Subject(package=name, symbol=name)


def is_stdlib(package: str) -> bool:
    """Whether a dotted name belongs to Python's standard library."""
    return package.partition(".")[0] in sys.stdlib_module_names


def end_name(subject: Subject) -> str:
    """How a finding calls an end."""
    return subject.module or subject.package or "?"


def _bases(symbol: str | None, analysis: Analysis) -> tuple[str, ...]:
    if symbol is None or not analysis.inference.classes.known(symbol):
        return ()
    return analysis.inference.classes.lineage(symbol)
