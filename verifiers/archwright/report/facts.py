"""What is known about one module, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.contracts.language import Unit
from archwright.facts import ir
from archwright.facts.summary import Definition, HeaderKey
from archwright.facts.walk import walk
from archwright.model import Location
from archwright.project.analysis import Analysis
from archwright.project.imports import ImportEdge, UnresolvedImport
from archwright.report.style import Style
from archwright.report.text import counted, place, printable

SCHEMA_VERSION = 1


class ModuleFacts(msgspec.Struct, frozen=True):
    """The facts of one module, joined with where its names lead."""

    module: str
    path: str
    lines: int
    unit: Unit | None
    error: str
    """Why the file cannot be read; empty when it can."""
    error_at: Location | None
    docstring: str
    header: tuple[HeaderKey, ...]
    imports: tuple[ImportEdge, ...]
    unresolved: tuple[UnresolvedImport, ...]
    definitions: tuple[Definition, ...]
    exports: tuple[str, ...] | None
    """``__all__``; None where there is none that can be told."""
    calls: int
    """How many calls its code contains."""


def module_facts(analysis: Analysis, module: str) -> ModuleFacts:
    """The facts of *module*; raises KeyError when it is no file of this code base."""
    project = analysis.project
    summary, path = project.summary(module), project.file(module).path
    return ModuleFacts(
        module=module,
        path=path,
        lines=summary.lines,
        unit=project.unit(module),
        error=summary.error,
        error_at=Location(path, *summary.error_at) if summary.error else None,
        docstring=summary.docstring,
        header=summary.header,
        imports=analysis.imports(module),
        unresolved=analysis.unresolved_imports(module),
        definitions=summary.definitions,
        exports=summary.exports,
        calls=sum(isinstance(node, ir.Call) for node in walk(project.code(module))),
    )


def render_json(facts: ModuleFacts) -> str:
    """The facts with every field under its name."""
    value = {"schema_version": SCHEMA_VERSION, **_plain(facts)}
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def render(facts: ModuleFacts, style: Style) -> str:
    """The facts as text."""
    blocks = ["\n".join(_head(facts, style))]
    for title, lines in (
        ("header", [f"{key.key}: {key.value}" for key in facts.header]),
        ("imports", [_import_line(edge, style) for edge in facts.imports]),
        ("unresolved", [f"{i.named} ({i.kind}, {i.mode})  line {i.location.line}" for i in facts.unresolved]),
        ("definitions", [_definition_line(d) for d in facts.definitions]),
        ("exports", list(facts.exports or ())),
    ):
        if lines:
            blocks.append("\n".join([style.bold(title), *(f"  {printable(line)}" for line in lines)]))
    return "\n\n".join(blocks) + "\n"


def _head(facts: ModuleFacts, style: Style) -> Iterator[str]:
    yield f"{style.bold(facts.module)} {style.dim(printable(facts.path))}"
    if facts.unit is None:
        yield "  in no layer, or in several"
    else:
        captures = "".join(f", {name} {value}" for name, value in sorted(facts.unit.captures.items()))
        yield f"  layer {facts.unit.layer}{captures}"
    if facts.error_at is not None:
        yield f"  cannot be read: {printable(facts.error)} ({place(facts.error_at)})"
    yield f"  {counted(facts.lines, 'line')}, {counted(facts.calls, 'call')}"
    first = facts.docstring.strip().partition("\n")[0]
    if first:
        yield f"  {printable(first)}"


def _import_line(edge: ImportEdge, style: Style) -> str:
    what = edge.symbol if edge.external else edge.target
    if not edge.external and edge.symbol != edge.target:
        what += f" {style.arrow} {edge.symbol}"
    scope = f" in {edge.scope}" if edge.scope else ""
    return f"{what} ({edge.mode}{scope}{', external' if edge.external else ''})  line {edge.location.line}"


def _definition_line(definition: Definition) -> str:
    prefix = "async " if definition.is_async else ""
    bases = f"({', '.join(definition.bases)})" if definition.bases else ""
    return f"{prefix}{definition.kind} {definition.qualname}{bases}  line {definition.line}"


def _plain(value: msgspec.Struct) -> dict[str, object]:
    """A struct as a mapping, also where it is stored as an array."""
    return {name: _value(getattr(value, name)) for name in value.__struct_fields__}


def _value(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        return _plain(value)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return value
