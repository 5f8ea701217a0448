"""The classes of a code base: bases, subclasses and who satisfies which protocol – from summaries alone."""

from __future__ import annotations

from functools import cached_property

from archwright.facts.summary import Definition
from archwright.project.project import Project

_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_MAX_BASES = 64


class ClassHierarchy:
    """Classes by qualified name (``module.Class``)."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._reads = project.reads
        self._lineages: dict[str, tuple[str, ...]] = self._reads.table("lineages")
        self._bases: dict[str, tuple[str, ...]] = self._reads.table("bases")
        self._descendants: dict[str, tuple[str, ...]] = {}
        self._fitting: dict[str, tuple[str, ...]] = {}
        self._all_methods: dict[str, frozenset[str]] = self._reads.table("methods of classes")

    @cached_property
    def _definitions(self) -> dict[str, tuple[str, Definition]]:
        return {
            f"{module}.{definition.qualname}": (module, definition)
            for module, summary in self._project.summaries()
            for definition in summary.definitions
            if definition.kind == "class"
        }

    @cached_property
    def _methods(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for module, summary in self._project.summaries():
            for definition in summary.definitions:
                owner, _, name = definition.qualname.rpartition(".")
                if owner and definition.kind == "function":
                    found.setdefault(f"{module}.{owner}", set()).add(name)
        return {name: frozenset(methods) for name, methods in found.items()}

    @cached_property
    def _subclasses(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = {}
        for name in self._definitions:
            for base in self.bases(name):
                table.setdefault(base, []).append(name)
        return table

    @property
    def asked_below(self) -> tuple[str, ...]:
        """The classes whose descendants have been asked for."""
        return tuple(self._descendants)

    @property
    def asked_fitting(self) -> tuple[str, ...]:
        """The protocols for which classes with their methods have been asked for."""
        return tuple(self._fitting)

    def differs_from(self, other: ClassHierarchy) -> bool:
        """Whether there is a class that *other* does not have, or that has other bases or methods there."""
        return (
            self._definitions.keys() != other._definitions.keys()
            or self._methods != other._methods
            or any(self.bases(name) != other.bases(name) for name in self._definitions)
        )

    def known(self, name: str) -> bool:
        """Whether *name* is a class of this code base."""
        self._reads.note("class", name)
        return name in self._definitions

    def bases(self, name: str) -> tuple[str, ...]:
        """Qualified direct bases of a class of this code base; those of other packages by their dotted name."""
        found = self._bases.get(name)
        if found is None:
            found = self._reads.made(self._bases, name, lambda: self._read_bases(name))
        return found

    def _read_bases(self, name: str) -> tuple[str, ...]:
        self._reads.note("class", name)
        entry = self._definitions.get(name)
        if entry is None:
            return ()
        module, definition = entry
        scope = definition.qualname.rpartition(".")[0]
        return tuple(self._resolve(module, scope, base) for base in definition.bases)

    def lineage(self, name: str) -> tuple[str, ...]:
        """*name* and all its bases, nearest first, each once; cycles and very long chains are cut."""
        found = self._lineages.get(name)
        if found is None:
            found = self._reads.made(self._lineages, name, lambda: self._lineage(name))
        return found

    def _lineage(self, name: str) -> tuple[str, ...]:
        order: list[str] = []
        pending = [name]
        while pending and len(order) < _MAX_BASES:
            current = pending.pop(0)
            if current not in order:
                order.append(current)
                pending.extend(self.bases(current))
        return tuple(order)

    def descendants(self, name: str) -> tuple[str, ...]:
        """All classes of this code base that have *name* among their bases, sorted."""
        self._reads.note("below", name)
        known = self._descendants.get(name)
        if known is None:
            known = self._descendants[name] = self._reads.aside(lambda: self._below(name))
        return known

    def _below(self, name: str) -> tuple[str, ...]:
        found: set[str] = set()
        pending = list(self._subclasses.get(name, ()))
        while pending:
            current = pending.pop()
            if current not in found:
                found.add(current)
                pending.extend(self._subclasses.get(current, ()))
        return tuple(sorted(found))

    def is_protocol(self, name: str) -> bool:
        """Whether the class is itself declared as a protocol."""
        return bool(_PROTOCOLS.intersection(self.bases(name)))

    def protocol_methods(self, protocol: str) -> tuple[str, ...]:
        """The methods an implementer of *protocol* needs, sorted; special ones that every other class has are left out."""
        lineage = self.lineage(protocol)
        for base in lineage:
            self._reads.note("class", base)
        own = frozenset().union(
            *(self._methods.get(base, frozenset()) for base in lineage if self.is_protocol(base))
        )
        return tuple(sorted(m for m in own if not m.startswith("__") or m == "__call__"))

    def with_methods_of(self, protocol: str) -> tuple[str, ...]:
        """Classes that have methods of the names of *protocol* without naming it as a base, sorted."""
        self._reads.note("fits", protocol)
        known = self._fitting.get(protocol)
        if known is None:
            known = self._fitting[protocol] = self._reads.aside(lambda: self._with_methods_of(protocol))
        return known

    def _with_methods_of(self, protocol: str) -> tuple[str, ...]:
        wanted = set(self.protocol_methods(protocol))
        if not wanted:
            return ()
        nominal = {protocol, *self.descendants(protocol)}
        return tuple(
            sorted(
                name
                for name in self._definitions
                if name not in nominal and not self.is_protocol(name) and wanted <= self.methods(name)
            )
        )

    def methods(self, name: str) -> frozenset[str]:
        """Names of the methods a class has, inherited ones of this code base included."""
        found = self._all_methods.get(name)
        if found is None:
            found = self._reads.made(self._all_methods, name, lambda: self._read_methods(name))
        return found

    def _read_methods(self, name: str) -> frozenset[str]:
        lineage = self.lineage(name)
        for base in lineage:
            self._reads.note("class", base)
        return frozenset().union(*(self._methods.get(base, frozenset()) for base in lineage))

    def defines(self, name: str, method: str) -> bool:
        """Whether the class itself defines *method*."""
        self._reads.note("class", name)
        return method in self._methods.get(name, frozenset())

    def with_method(self, name: str) -> tuple[str, ...]:
        """The classes that define a method called *name* themselves, sorted."""
        self._reads.note("methods", name)
        return self._by_method.get(name, ())

    @cached_property
    def _by_method(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for cls in sorted(self._methods.keys() & self._definitions.keys()):
            for method in self._methods[cls]:
                found.setdefault(method, []).append(cls)
        return {method: tuple(classes) for method, classes in found.items()}

    def locate(self, name: str) -> tuple[str, str]:
        """The module and qualified-within-module name of a class. Raises KeyError."""
        self._reads.note("class", name)
        module, definition = self._definitions[name]
        return module, definition.qualname

    def _resolve(self, module: str, scope: str, base: str) -> str:
        # A base may be a sibling in the enclosing class or function; then it is not visible at module level.
        while scope:
            sibling = f"{module}.{scope}.{base}"
            self._reads.note("class", sibling)
            if sibling in self._definitions:
                return sibling
            scope = scope.rpartition(".")[0]
        found = self._project.names.resolve_in(module, base)
        return f"builtins.{base}" if found is None else found.qualified
