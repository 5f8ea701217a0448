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
        self._lineages: dict[str, tuple[str, ...]] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._descendants: dict[str, tuple[str, ...]] = {}
        self._all_methods: dict[str, frozenset[str]] = {}

    @cached_property
    def _definitions(self) -> dict[str, tuple[str, Definition]]:
        return {
            f"{module}.{definition.qualname}": (module, definition)
            for module in self._project.modules
            for definition in self._project.summary(module).definitions
            if definition.kind == "class"
        }

    @cached_property
    def _methods(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for module in self._project.modules:
            for definition in self._project.summary(module).definitions:
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

    def known(self, name: str) -> bool:
        """Whether *name* is a class of this code base."""
        return name in self._definitions

    def bases(self, name: str) -> tuple[str, ...]:
        """Qualified direct bases of a class of this code base; those of other packages by their dotted name."""
        found = self._bases.get(name)
        if found is None:
            entry = self._definitions.get(name)
            if entry is None:
                return ()
            module, definition = entry
            scope = definition.qualname.rpartition(".")[0]
            found = tuple(self._resolve(module, scope, base) for base in definition.bases)
            self._bases[name] = found
        return found

    def lineage(self, name: str) -> tuple[str, ...]:
        """*name* and all its bases, nearest first, each once; cycles and very long chains are cut."""
        found = self._lineages.get(name)
        if found is None:
            found = self._lineages[name] = self._lineage(name)
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
        known = self._descendants.get(name)
        if known is None:
            known = self._descendants[name] = self._below(name)
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
        own = frozenset().union(
            *(
                self._methods.get(base, frozenset())
                for base in self.lineage(protocol)
                if self.is_protocol(base)
            )
        )
        return tuple(sorted(m for m in own if not m.startswith("__") or m == "__call__"))

    def with_methods_of(self, protocol: str) -> tuple[str, ...]:
        """Classes that have methods of the names of *protocol* without naming it as a base, sorted."""
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
            found = frozenset().union(*(self._methods.get(base, frozenset()) for base in self.lineage(name)))
            self._all_methods[name] = found
        return found

    def defines(self, name: str, method: str) -> bool:
        """Whether the class itself defines *method*."""
        return method in self._methods.get(name, frozenset())

    def locate(self, name: str) -> tuple[str, str]:
        """The module and qualified-within-module name of a class. Raises KeyError."""
        module, definition = self._definitions[name]
        return module, definition.qualname

    def _resolve(self, module: str, scope: str, base: str) -> str:
        # A base may be a sibling in the enclosing class or function; then it is not visible at module level.
        while scope:
            sibling = f"{module}.{scope}.{base}"
            if sibling in self._definitions:
                return sibling
            scope = scope.rpartition(".")[0]
        found = self._project.names.resolve_in(module, base)
        return f"builtins.{base}" if found is None else found.qualified
