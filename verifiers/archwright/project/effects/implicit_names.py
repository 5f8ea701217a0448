"""Names of methods that run without being called by name: properties, and the special methods of the language.

Told by summaries alone, so that code is looked into only where some class of the code base has such a method.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archwright.facts.summary import Summary
from archwright.project.project import Project

PROPERTIES = frozenset({"property", "cached_property", "hybrid_property"})


class ImplicitNames:
    """Which of them the classes of a code base have."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def is_property(self, name: str) -> bool:
        """Whether some class has a property called *name*."""
        self._project.reads.note("property", name)
        return name in self._properties

    def special(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the special methods *names* that some class has, and all names of plain ones."""
        for name in names:
            self._project.reads.note("special", name)
        return tuple(name for name in names if name in self._special or not name.startswith("__"))

    @cached_property
    def _properties(self) -> frozenset[str]:
        return frozenset(name for _, summary in self._project.summaries() for name in properties(summary))

    @cached_property
    def _special(self) -> frozenset[str]:
        return frozenset(
            name for _, summary in self._project.summaries() for name in special_methods(summary)
        )


def properties(summary: Summary) -> Iterator[str]:
    """The names of the properties a file defines."""
    for definition in summary.definitions:
        if PROPERTIES.intersection(name.rpartition(".")[2] for name in definition.decorators):
            yield definition.qualname.rpartition(".")[2]


def special_methods(summary: Summary) -> Iterator[str]:
    """The names of the special methods a file defines."""
    for definition in summary.definitions:
        owner, _, name = definition.qualname.split("#")[0].rpartition(".")
        if owner and definition.kind == "function" and name.startswith("__") and name.endswith("__"):
            yield name
