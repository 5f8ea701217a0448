"""Everything a verifier may ask about a project, each part made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from archwright.project.calls.calls import CallFinder
from archwright.project.effects.effects import EffectGraph
from archwright.project.execution.carrying import apart
from archwright.project.execution.machine import Machine
from archwright.project.flow.engine import FlowEngine
from archwright.project.imports import ImportEdge, UnresolvedImport, import_edges
from archwright.project.operations.registry import Operations, RegistryNames
from archwright.project.operations.routes import RouteReader, is_router
from archwright.project.project import Project
from archwright.project.requests.following import Following
from archwright.project.shapes.shapes import Shapes
from archwright.project.storage.storage import Storage
from archwright.project.types.inference import Inference

T = TypeVar("T")
_GIVEN = "given"


class Analysis:
    """A project with its derived facts. One per run; verifiers only read it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._remembered: dict[int, tuple[object, Any]] = {}
        self._judged: dict[int, tuple[object, dict[Any, Any]]] = {}
        self._operations: dict[tuple[str, ...], Operations] = {}
        self._edges: dict[str, tuple[tuple[ImportEdge, ...], tuple[UnresolvedImport, ...]]] = (
            project.reads.table("imports")
        )

    def remembered(self, about: object, find: Callable[[], T]) -> T:
        """What *find* says about a value of this analysis; asked once, by the value's identity."""
        known = self._remembered.get(id(about))
        if known is None:
            known = self._remembered[id(about)] = (
                about,
                find(),
            )  # keeping the value keeps its identity taken
        found: T = known[1]
        return found

    def judged(self, contract: object, given: object) -> dict[Any, Any]:
        """What has been found out for *contract*, where *given* was known beforehand; by its identity."""
        if id(contract) not in self._judged:
            kept = self.project.reads.table(("judged", id(contract)))
            self._judged[id(contract)] = (contract, kept)  # keeping the contract keeps its identity taken
        kept = self._judged[id(contract)][1]
        if kept.get(_GIVEN) != given:
            kept.clear()
        self.project.reads.keep(kept, _GIVEN, given, frozenset())
        return kept

    def imports(self, module: str) -> tuple[ImportEdge, ...]:
        """The import edges out of *module*."""
        return self._imports_of(module)[0]

    def unresolved_imports(self, module: str) -> tuple[UnresolvedImport, ...]:
        """The imports of *module* that lead nowhere or cannot be told."""
        return self._imports_of(module)[1]

    @cached_property
    def importers(self) -> Mapping[str, Mapping[str, ImportEdge]]:
        """By module: who imports it, or something it defines, with one import each; one that names the module if there is any."""
        found: dict[str, dict[str, ImportEdge]] = {}
        for source in self.project.modules:
            for edge in self.imports(source):
                for module in (edge.target, *edge.via, edge.origin):
                    if module and module != source and self.project.has(module):
                        by_source = found.setdefault(module, {})
                        known = by_source.get(source)
                        if known is None or (edge.target == module != known.target):
                            by_source[source] = edge
        return found

    @cached_property
    def inference(self) -> Inference:
        """What expressions stand for."""
        return Inference(self.project)

    @cached_property
    def calls(self) -> CallFinder:
        """Who calls what."""
        return CallFinder(self.inference)

    @cached_property
    def effects(self) -> EffectGraph:
        """What functions do to the world, and through whom."""
        return EffectGraph(self.inference)

    @cached_property
    def flows(self) -> FlowEngine:
        """Control flow with what must have happened on it."""
        return FlowEngine(self.inference)

    @cached_property
    def storage(self) -> Storage:
        """What is stored: migrations replayed, tables declared, SQL run."""
        return Storage(self.inference)

    @cached_property
    def shapes(self) -> Shapes:
        """The shapes of definitions: types in annotations, what values hold, what classes promise."""
        return Shapes(self.inference)

    @cached_property
    def machine(self) -> Machine:
        """Follows code with paths kept apart: which keys and texts come to which call."""
        return Machine(self.inference, apart(), tracked=is_router, kept_as="paths kept apart")

    @cached_property
    def routes(self) -> RouteReader:
        """What clients can call."""
        return RouteReader(self.calls, self.machine)

    def operations(self, names: RegistryNames) -> Operations:
        """What is registered and dispatched through the registry that is called so."""
        found = self._operations.get(names.key)
        if found is None:
            found = self._operations[names.key] = Operations(names, self.calls, self.machine)
        return found

    @cached_property
    def following(self) -> Following:
        """What becomes of values on their way through the code."""
        return Following(self.inference, self.calls, self.storage)

    def _imports_of(self, module: str) -> tuple[tuple[ImportEdge, ...], tuple[UnresolvedImport, ...]]:
        found = self._edges.get(module)
        if found is None:
            found = self.project.reads.made(self._edges, module, lambda: import_edges(self.project, module))
        return found
