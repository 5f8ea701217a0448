"""Code that differs in a few files from code that has been analysed: what was found out then is carried over where it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archwright.facts.store import FactStore
from archwright.facts.summary import Definition, Summary
from archwright.project.analysis import Analysis
from archwright.project.effects.implicit_names import properties, special_methods
from archwright.project.names import Names
from archwright.project.project import Project, ProjectFile
from archwright.project.reads import CarriedOver, Reads, Recorder, Source


def changed_analysis(
    recorded: Analysis, recorder: Recorder, files: Iterable[ProjectFile], store: FactStore
) -> Analysis:
    """The analysis of *files*, most of which *recorded*, whose answers *recorder* kept, has analysed already.

    Its answers are those of an analysis that begins with nothing.
    """
    before = recorded.project
    plain = Project(files, before.topologies, store)
    changes = _Changes(before, plain)
    if not changes.comparable:
        return Analysis(plain)
    reads = CarriedOver(recorder, frozenset(changes.sources()))
    analysis = Analysis(Project(plain.files, plain.topologies, store, reads))
    reads.also(frozenset(_about_classes(recorded, analysis, changes)))
    return analysis


class _Changes:
    """What of two projects differs, module by module."""

    def __init__(self, before: Project, after: Project) -> None:
        self._before, self._after = before, after
        self.gone = sorted(set(before.modules) - set(after.modules))
        self.new = sorted(set(after.modules) - set(before.modules))
        both = [m for m in before.modules if after.has(m)]
        self.edited = [m for m in both if before.file(m) != after.file(m)]
        self._names_before, self._names_after = before.names, after.names_kept_by(Reads())

    @property
    def comparable(self) -> bool:
        """Whether only facts of some modules differ, and not what every name is resolved by."""
        moved = any(
            self._before.file(m).is_package != self._after.file(m).is_package
            or self._before.file(m).path != self._after.file(m).path
            for m in self.edited
        )
        return not moved and self._names_before.roots == self._names_after.roots

    def summaries(self) -> Iterator[tuple[str, Summary | None, Summary | None]]:
        """Every module that differs, with its summary before and after; None where there is none."""
        for module in (*self.gone, *self.edited, *self.new):
            before = self._before.summary(module) if self._before.has(module) else None
            after = self._after.summary(module) if self._after.has(module) else None
            yield module, before, after

    def sources(self) -> Iterator[Source]:
        """Everything that reads differently, but for what is asked of all classes together."""
        if self.gone or self.new:
            yield ("modules",)
            yield from self._existence()
        for module, before, after in self.summaries():
            yield "code", module
            yield "summary", module
            if _face(before) != _face(after):
                yield "face", module
            for word in _words(before) ^ _words(after):
                yield "word", word
            old, new = _classes(module, before), _classes(module, after)
            if old != new:
                yield ("classes",)
            for name in old.keys() | new.keys():
                if old.get(name) != new.get(name):
                    yield "class", name
            for name in _properties(before) ^ _properties(after):
                yield "property", name
            for _, method in _methods(module, before) ^ _methods(module, after):
                yield "methods", method
            for name in _special_methods(before) ^ _special_methods(after):
                yield "special", name
        yield from self._bindings()

    def _bindings(self) -> Iterator[Source]:
        # What a module binds to another name depends on which modules there are below it, too.
        around = {name for m in (*self.gone, *self.new) for name in _around(m)}
        for module in sorted(around.union(self.gone, self.edited, self.new)):
            old, new = self._names_before.bindings(module), self._names_after.bindings(module)
            for name in old.keys() | new.keys():
                if old.get(name) != new.get(name):
                    yield "binding", module, name

    def _existence(self) -> Iterator[Source]:
        for module in (*self.gone, *self.new):
            yield "exists", module
            for name in _around(module):
                if _standing(self._names_before, name) != _standing(self._names_after, name):
                    yield "exists", name


def _about_classes(recorded: Analysis, analysis: Analysis, changes: _Changes) -> Iterator[Source]:
    """The classes that have other descendants, or other classes that fit them, than before."""
    before, after = recorded.inference.classes, analysis.inference.classes
    if not after.differs_from(before):
        return
    for name in before.asked_below:
        if before.descendants(name) != after.descendants(name):
            yield "below", name
    for name in before.asked_fitting:
        if before.with_methods_of(name) != after.with_methods_of(name):
            yield "fits", name


def _around(module: str) -> Iterator[str]:
    """The packages *module* is in."""
    while module := module.rpartition(".")[0]:
        yield module


def _standing(names: Names, name: str) -> tuple[bool, bool]:
    return names.is_module(name), names.has_children(name)


def _face(summary: Summary | None) -> object:
    """What resolving names asks of a module besides its bindings."""
    if summary is None:
        return None
    stars = tuple((f.module, f.level) for f in summary.imports if f.name == "*" and not f.scope)
    return stars, summary.exports, summary.has_getattr, bool(summary.error)


def _words(summary: Summary | None) -> frozenset[str]:
    return frozenset(summary.identifiers.split()) if summary is not None else frozenset()


def _properties(summary: Summary | None) -> frozenset[str]:
    return frozenset(properties(summary)) if summary is not None else frozenset()


def _methods(module: str, summary: Summary | None) -> frozenset[tuple[str, str]]:
    """The methods of a module: class and name."""
    return frozenset(
        (owner, name)
        for definition in (summary.definitions if summary is not None else ())
        for owner, _, name in (definition.qualname.rpartition("."),)
        if owner and definition.kind == "function"
    )


def _special_methods(summary: Summary | None) -> frozenset[str]:
    return frozenset(special_methods(summary)) if summary is not None else frozenset()


def _classes(module: str, summary: Summary | None) -> dict[str, object]:
    """Bases, decorators and methods of the classes of a module."""
    definitions: tuple[Definition, ...] = summary.definitions if summary is not None else ()
    methods: dict[str, set[str]] = {}
    for definition in definitions:
        owner, _, name = definition.qualname.rpartition(".")
        if owner and definition.kind == "function":
            methods.setdefault(owner, set()).add(name)
    return {
        f"{module}.{d.qualname}": (d.bases, d.decorators, frozenset(methods.get(d.qualname, ())))
        for d in definitions
        if d.kind == "class"
    }
