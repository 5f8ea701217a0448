"""What is known about one module, joined with where its names lead: the answer of ``archwright facts``."""

from __future__ import annotations

import msgspec

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.model import Location
from archwright.project.analysis import Analysis


class UnitEntry(msgspec.Struct, frozen=True):
    """The place of the module in its topology."""

    layer: str
    captures: dict[str, str]
    """What the layer's pattern captured: ``domain``, ``audience``, ..."""


class HeaderLine(msgspec.Struct, frozen=True):
    """``# Key: value`` in the comment block above the code."""

    key: str
    value: str
    line: int


class ImportEntry(msgspec.Struct, frozen=True):
    """One way in which the module reaches another."""

    target: str
    """The module the import names."""
    symbol: str
    """What is imported, by its qualified name where it is defined."""
    via: tuple[str, ...]
    """Modules that only pass it on."""
    mode: str
    scope: str
    """The function or class it stands in; empty at module level."""
    external: bool
    """Whether the target belongs to another code base."""
    location: Location


class LostImport(msgspec.Struct, frozen=True):
    """An import that leads nowhere, or whose target cannot be told."""

    named: str
    problem: str
    """*missing* or *undecided*."""
    mode: str
    scope: str
    location: Location


class DefinitionEntry(msgspec.Struct, frozen=True):
    """A function or class."""

    qualname: str
    kind: str
    is_async: bool
    bases: tuple[str, ...]
    decorators: tuple[str, ...]
    line: int


class ModuleFacts(msgspec.Struct, frozen=True):
    """The facts of one module."""

    module: str
    path: str
    lines: int
    unit: UnitEntry | None
    """None when it is in no layer, or in several."""
    error: str
    """Why the file cannot be read; empty when it can."""
    error_at: Location | None
    docstring: str
    header: tuple[HeaderLine, ...]
    imports: tuple[ImportEntry, ...]
    unresolved: tuple[LostImport, ...]
    definitions: tuple[DefinitionEntry, ...]
    exports: tuple[str, ...] | None
    """``__all__``; None where there is none that can be told."""
    calls: int
    """How many calls its code contains."""


def module_facts(analysis: Analysis, module: str) -> ModuleFacts:
    """The facts of *module*; raises ``KeyError`` when it is no file of this code base."""
    project = analysis.project
    summary, path, unit = project.summary(module), project.file(module).path, project.unit(module)
    return ModuleFacts(
        module=module,
        path=path,
        lines=summary.lines,
        unit=None if unit is None else UnitEntry(str(unit.layer), dict(unit.captures)),
        error=summary.error,
        error_at=Location(path, *summary.error_at) if summary.error else None,
        docstring=summary.docstring,
        header=tuple(HeaderLine(key.key, key.value, key.line) for key in summary.header),
        imports=tuple(
            ImportEntry(e.target, e.symbol, e.via, e.mode, e.scope, e.external, e.location)
            for e in analysis.imports(module)
            if not (e.external and e.mode == "attribute")  # what it reads of a package that is listed
        ),
        unresolved=tuple(
            LostImport(i.named, i.kind, i.mode, i.scope, i.location)
            for i in analysis.unresolved_imports(module)
        ),
        definitions=tuple(
            DefinitionEntry(d.qualname, d.kind, d.is_async, d.bases, d.decorators, d.line)
            for d in summary.definitions
        ),
        exports=summary.exports,
        calls=sum(isinstance(node, ir.Call) for node in walk(project.code(module))),
    )
