"""``EVENT_CATALOGUE.md``: every type of event with its fields, and the functions that emit it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from archwright.docs.page import Page
from archwright.docs.sources import Sources
from archwright.docs.templates import Templates
from archwright.gate.results import ReportedFinding
from archwright.model import Location
from archwright.project.operations.events import Emission, EmissionReader, names_in, table_of
from archwright.verifiers.events.emitted import EmittedContract
from archwright.verifiers.events.events import EventsContract

PAGE = "EVENT_CATALOGUE.md"


class Emitter(msgspec.Struct, frozen=True, order=True):
    """A function that emits events of a type."""

    function: str
    at: Location
    fields: tuple[str, ...]
    """Keys it gives besides the base fields, as far as they can be told."""


class EventDoc(msgspec.Struct, frozen=True):
    """One type of event."""

    type: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    declared: bool
    emitters: tuple[Emitter, ...]
    silent: str
    """Why nobody emits it yet; empty where somebody does or nobody said."""
    findings: tuple[ReportedFinding, ...]


def event_pages(sources: Sources, templates: Templates) -> Iterator[Page]:
    """The catalogue; none where no contract says how events are emitted."""
    contracts = [c for c in sources.code_base.contracts.contracts if isinstance(c, EmittedContract)]
    if not contracts:
        return
    contract = contracts[0]
    base, optional_base, types = _declared(sources, contract)
    docs = _events(sources, contracts, {*base, *optional_base}, types)
    links = {e.at.path: sources.link(PAGE, e.at.path) for doc in docs for e in doc.emitters}
    text = templates.render(
        "events.md.j2", events=docs, base=base, optional_base=optional_base, contract=contract, links=links
    )
    yield Page(PAGE, text)


def _events(
    sources: Sources,
    contracts: list[EmittedContract],
    base: set[str],
    types: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]],
) -> list[EventDoc]:
    reader = EmissionReader(sources.analysis.calls, sources.analysis.machine)
    emitters: dict[str, set[Emitter]] = {name: set() for name in types}
    silent: dict[str, str] = {}
    for contract in contracts:
        silent |= contract.silent
        for one in reader.read(contract.sinks, contract.payload, contract.type_key)[0]:
            for name in one.types:
                emitters.setdefault(name, set()).add(_emitter(one, base))
    ids = {c.id for c in sources.code_base.contracts.contracts if isinstance(c, EventsContract)}
    found = [f for f in sources.report.findings if f.contract in ids]
    return [
        EventDoc(
            name,
            *types.get(name, ((), ())),
            name in types,
            tuple(sorted(who)),
            silent.get(name, ""),
            tuple(f for f in found if name in f.symbols),
        )
        for name, who in sorted(emitters.items())
    ]


def _emitter(one: Emission, base: set[str]) -> Emitter:
    fields = tuple(sorted(key for key in one.entries if key not in base))
    return Emitter(one.root.qualified.split("#")[0], one.at, fields)


def _declared(
    sources: Sources, contract: EmittedContract
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, tuple[tuple[str, ...], tuple[str, ...]]]]:
    """Base fields, optional ones, and per type its required and optional fields: the contract's, else the code's."""
    tables = {
        key: table_of(sources.analysis.machine, symbol)
        for key in ("base", "optional_base", "required", "optional")
        if contract.tables is not None and (symbol := getattr(contract.tables, key)) is not None
    }
    base = contract.base or tuple(tables.get("base") or ())
    optional_base = contract.optional_base or tuple(tables.get("optional_base") or ())
    if contract.types:
        return base, optional_base, {name: (t.required, t.optional) for name, t in contract.types.items()}
    machine, more = sources.analysis.machine, tables.get("optional") or {}
    types = {
        name: (tuple(names_in(machine, fields) or ()), tuple(names_in(machine, more.get(name, ())) or ()))
        for name, fields in (tables.get("required") or {}).items()
    }
    return base, optional_base, types
