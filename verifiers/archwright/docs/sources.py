"""What all pages are made from, opened once: the code base, its report, and a description of every module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from posixpath import relpath
from types import MappingProxyType

from archwright.contracts.language import Layer, Topology
from archwright.docs.callers import Callers
from archwright.docs.described import ModuleDoc, describe
from archwright.docs.proofs import Score
from archwright.gate.codebase import CodeBase
from archwright.gate.results import Report, ReportedFinding


class Sources:
    """Facts, contracts, verdicts and proofs. *output* is the directory of the pages, relative to the project."""

    def __init__(
        self,
        code_base: CodeBase,
        report: Report,
        output: str,
        scores: Mapping[str, Score] = MappingProxyType({}),
    ) -> None:
        self.code_base = code_base
        self.report = report
        self.output = output
        self.scores = scores
        self.analysis = code_base.analysis

    @cached_property
    def modules(self) -> tuple[ModuleDoc, ...]:
        """Every module, by path."""
        files = self.analysis.project.files
        return tuple(describe(self.analysis, file.module) for file in files)

    @cached_property
    def callers(self) -> Callers:
        """The call graph."""
        return Callers(self.analysis)

    @cached_property
    def findings(self) -> dict[str, list[ReportedFinding]]:
        """What is wrong, by path."""
        found: dict[str, list[ReportedFinding]] = {}
        for finding in self.report.findings:
            found.setdefault(finding.location.path, []).append(finding)
        return found

    def topologies(self) -> Iterator[Topology]:
        """The topologies, in the order of the contract files."""
        return iter(self.code_base.contracts.topologies)

    def layer_of(self, module: str) -> Layer | None:
        """The layer of *module*."""
        unit = self.analysis.project.unit(module)
        return None if unit is None else self.code_base.contracts.topologies.layer(unit.layer)

    def place(self, topology: Topology, doc: ModuleDoc) -> str:
        """The folder of a module's page: its domain, or the topology where its layer has no domains."""
        return doc.domain or topology.id

    def link(self, page: str, path: str) -> str:
        """The way from a page to a file of the project."""
        directory = f"{self.output}/{page}".rpartition("/")[0]
        return relpath(path, directory)
