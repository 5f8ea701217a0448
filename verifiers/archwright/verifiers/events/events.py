"""Event contracts: what is declared is what is emitted, completely, and checked before it is stored.

The keys of an event are folded at every place that emits and on every way to it: dictionaries and spreads, builders, ``|`` and
``update``, dataclasses, keyword arguments. A type nobody declares, a declaration nobody emits, a payload that does not fit its
type and an event that is stored unchecked are four different findings.

Rules: ``declared``, ``emitted``, ``validated``, ``validator``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import NOWHERE, Contract, Problem, Selector, Subject
from archwright.model import Location
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.execution.values import Value
from archwright.project.operations.events import names_in, table_of, type_names


class EventType(msgspec.Struct, frozen=True, kw_only=True):
    """What events of one type say besides the base fields."""

    required: Annotated[tuple[str, ...], Meta(description="Fields every event of the type has")] = ()
    optional: Annotated[tuple[str, ...], Meta(description="Fields it may have as well")] = ()
    origin: Location = NOWHERE


class EventTables(msgspec.Struct, frozen=True, kw_only=True):
    """Where the code itself declares its events: qualified names of constants."""

    base: Annotated[str | None, Meta(description="The base fields, as keys or items")] = None
    optional_base: Annotated[str | None, Meta(description="The base fields that may be left out")] = None
    required: Annotated[str | None, Meta(description="The fields of each type, by type")] = None
    optional: Annotated[str | None, Meta(description="The fields each type may have as well, by type")] = None
    origin: Location = NOWHERE


class EventsContract(Contract, frozen=True, kw_only=True):
    """What all event contracts have in common."""

    rule: str
    type_key: Annotated[str, Meta(description="The field that holds the type")] = "event_type"
    base: Annotated[tuple[str, ...], Meta(description="Fields every event has")] = ()
    optional_base: Annotated[tuple[str, ...], Meta(description="Fields every event may have as well")] = ()
    types: Annotated[Mapping[str, EventType], Meta(description="The event types there are")] = {}
    tables: Annotated[EventTables | None, Meta(description="Where the code declares its events")] = None
    within: Annotated[Selector | None, Meta(description="Only code of these modules is meant")] = None

    def problems(self) -> Iterator[Problem]:
        """Nothing declared anywhere."""
        if not self.types and self.tables is None and self.rule != "validated":
            message = f'contract "{self.id}" declares no events'
            yield Problem(self.origin, message, 'give "types", "tables" or both')


class Declarations(msgspec.Struct, frozen=True):
    """What is declared, by the contract or by the tables of the code."""

    base: tuple[str, ...]
    optional_base: tuple[str, ...]
    types: Mapping[str, EventType]
    kinds: Mapping[str, frozenset[str]]
    """The builtin types of base fields, where the code says them."""
    untold: str
    """Which table of the code cannot be read; empty when all can."""


def declarations_of(contract: EventsContract, analysis: Analysis) -> Declarations:
    """What is declared: the contract's own types, or the code's where it gives none."""
    code = declared_in_code(contract, analysis)
    return Declarations(
        contract.base or code.base,
        contract.optional_base or code.optional_base,
        contract.types or code.types,
        code.kinds,
        code.untold,
    )


def declared_in_code(contract: EventsContract, analysis: Analysis) -> Declarations:
    """What the tables of the code declare; nothing where the contract names none."""
    tables = contract.tables
    if tables is None:
        return Declarations((), (), {}, {}, "")
    machine = analysis.machine
    found: dict[str, dict[str, Value]] = {}
    for key in ("base", "optional_base", "required", "optional"):
        symbol = getattr(tables, key)
        if symbol is not None:
            table = table_of(machine, symbol)
            if table is None:
                return Declarations((), (), {}, {}, symbol)
            found[key] = table
    types: dict[str, EventType] = {}
    for name, fields in found.get("required", {}).items():
        required = names_in(machine, fields)
        more = names_in(machine, found["optional"][name]) if name in found.get("optional", {}) else []
        if required is None or more is None:
            return Declarations((), (), {}, {}, f"{tables.required}[{name!r}]")
        types[name] = EventType(required=tuple(required), optional=tuple(more))
    base = found.get("base", {})
    kinds = {name: frozenset(type_names(value)) for name, value in base.items() if type_names(value)}
    return Declarations(tuple(base), tuple(found.get("optional_base", {})), types, kinds, "")


def table_location(contract: EventsContract, analysis: Analysis) -> Location:
    """Where the code declares its types; the contract where it does not."""
    symbol = contract.tables.required if contract.tables is not None else None
    found = analysis.project.names.resolve(symbol) if symbol is not None else None
    if found is None or found.kind != "symbol" or not analysis.project.has(found.module):
        return contract.origin
    for binding in analysis.project.summary(found.module).bindings:
        if binding.name == found.symbol:
            return Location(analysis.project.file(found.module).path, binding.line)
    return contract.origin


def functions_meant(selector: Selector, analysis: Analysis) -> Iterator[Scope]:
    """The functions that a selector of calls means; of those defined one after another under one name, the last."""
    found: dict[tuple[str, str], None] = {}
    for module in analysis.project.modules:
        for definition in analysis.project.summary(module).definitions:
            name = f"{module}.{definition.qualname}"
            if definition.kind == "function" and selector.matches(Subject(call=name)):
                found[module, definition.qualname] = None
    for module, qualname in found:
        scopes = analysis.inference.index(module).scopes
        namesakes = [s for q, s in scopes.items() if q.split("#")[0] == qualname and s.kind == "function"]
        around = namesakes[-1].parent if namesakes else None
        if around is not None and any(node is namesakes[-1].node for node in around.body):
            namesakes = namesakes[-1:]  # what was defined before it under the same name is gone
        yield from namesakes
