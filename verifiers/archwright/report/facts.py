"""What is known about one module, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.gate.module_facts import DefinitionEntry, ImportEntry, LostImport, ModuleFacts
from archwright.report.style import Style
from archwright.report.text import counted, place, printable

SCHEMA_VERSION = 1
"""Grows when a reader of the older form could misunderstand the newer one."""


def render_json(facts: ModuleFacts) -> str:
    """The facts with every field under its name."""
    value = {"schema_version": SCHEMA_VERSION, **msgspec.structs.asdict(facts)}
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def render(facts: ModuleFacts, style: Style) -> str:
    """The facts as text."""
    blocks = ["\n".join(_head(facts, style))]
    for title, lines in (
        ("header", [f"{key.key}: {key.value}" for key in facts.header]),
        ("imports", [_import_line(entry, style) for entry in facts.imports]),
        ("unresolved", [_lost_line(entry) for entry in facts.unresolved]),
        ("definitions", [_definition_line(entry) for entry in facts.definitions]),
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


def _import_line(entry: ImportEntry, style: Style) -> str:
    what = entry.symbol if entry.external else entry.target
    if not entry.external and entry.symbol != entry.target:
        what += f" {style.arrow} {entry.symbol}"
    scope = f" in {entry.scope}" if entry.scope else ""
    external = ", external" if entry.external else ""
    return f"{what} ({entry.mode}{scope}{external}) line {entry.location.line}"


def _lost_line(entry: LostImport) -> str:
    scope = f" in {entry.scope}" if entry.scope else ""
    return f"{entry.named} ({entry.problem}, {entry.mode}{scope}) line {entry.location.line}"


def _definition_line(entry: DefinitionEntry) -> str:
    prefix = "async " if entry.is_async else ""
    bases = f"({', '.join(entry.bases)})" if entry.bases else ""
    return f"{prefix}{entry.kind} {entry.qualname}{bases} line {entry.line}"
