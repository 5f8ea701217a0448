"""Rows that code makes: mapped objects, INSERT statements built by calls, and those written as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from archwright.facts.ir import Span
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import Heap
from archwright.project.execution.trace import Trace
from archwright.project.execution.values import (
    Class,
    Literal,
    Made,
    Ref,
    Unknown,
    Value,
    only_text,
    union,
)
from archwright.project.storage.models import Model, Models
from archwright.project.storage.parsing import parse_sql, table_name

_DEPTH = 32


class Row(msgspec.Struct, frozen=True):
    """A row that is written."""

    table: str
    values: dict[str, Value]
    """By column."""
    open_ended: bool
    """There may be further columns."""
    at: tuple[str, Span] | None = None
    """Module and place of the statement, where it is one."""
    made: tuple[Frame, Span] | None = None
    """Where an object, or the statement, was made or run, and the way there."""


def rows_written(trace: Trace, models: Models, before: Heap) -> Iterator[Row]:
    """The rows made on the way of *trace*; *before*: the cells there were already."""
    for loc, made in trace.objects.items():
        if loc not in before and made.kind == "instance" and made.made_at is not None:
            model = models.of(made.cls)
            if model is not None:
                fields = {str(name): entry.value for name, entry in made.entries.items()}
                yield Row(model.table.name, _by_column(fields, model), False, None, trace.made_by.get(loc))
    for run in trace.runs:
        for atom in run.given.get(0, "statement"):
            place = (run.chain.function[0], run.at)
            rows: Iterator[Row] = iter(())
            if isinstance(atom, Made):
                rows = _built(atom, models, run.heap, place, run.given.get(1, "params"))
            elif isinstance(atom, Literal) and isinstance(atom.value, str):
                rows = _texts(atom.value, _entries(run.given.get(1, "params"), run.heap), place)
            for row in rows:
                yield msgspec.structs.replace(row, made=(run.chain, run.at))


def _built(made: Made, models: Models, store: Heap, place: tuple[str, Span], params: Value) -> Iterator[Row]:
    chain: list[Made] = []
    current: Made | None = made
    while current is not None and len(chain) < _DEPTH:
        chain.append(current)
        below = [a for a in current.receiver if isinstance(a, Made)]
        current = below[0] if below else None
    chain.reverse()
    root = chain[0]
    if root.last == "text" and root.given is not None:
        text = only_text(root.given.get(0))
        if text is not None:
            yield from _texts(text, _entries(params, store), place)
        return
    if root.last != "insert" or root.given is None:
        return
    target = [_model(atom, models) for atom in root.given.get(0, "table")]
    if len(target) != 1 or target[0] is None:
        return
    rows: list[tuple[dict[str, Value], bool]] = []
    for call in chain:
        if call.last == "values" and call.given is not None:
            if call.given.keywords or call.given.rest:
                rows.append((call.given.named, bool(call.given.rest)))
            for value in call.given.positional:
                rows += _dicts(value, store)
    rows = rows or _dicts(params, store)
    for values, open_ended in rows:
        yield Row(target[0].table.name, _by_column(values, target[0]), open_ended, place)


def _texts(text: str, params: dict[str, Value] | None, place: tuple[str, Span]) -> Iterator[Row]:
    from sqlglot import exp

    statements = parse_sql(text, "postgresql") or parse_sql(text, "sqlite") or ()
    for statement in statements:
        for insert in statement.find_all(exp.Insert):
            into = insert.this
            if not isinstance(into, exp.Schema) or not isinstance(into.this, exp.Table):
                continue
            source = insert.expression
            tuples = source.expressions if isinstance(source, exp.Values) else [source]
            for row in tuples:
                values: dict[str, Value] = {}
                for column, item in zip(into.expressions, row.expressions, strict=False):
                    values[column.name] = _text_value(item, params)
                yield Row(table_name(into.this), values, False, place)


def _text_value(item: object, params: dict[str, Value] | None) -> Value:
    from sqlglot import exp

    while isinstance(item, exp.Cast | exp.Paren | exp.Alias):
        item = item.this
    if isinstance(item, exp.Placeholder | exp.Parameter):
        name = str(item.this.name if hasattr(item.this, "name") else item.this)
        known = None if params is None else params.get(name)
        return known or (Unknown(f"parameter `:{name}`"),)
    if isinstance(item, exp.Null):
        return (Literal(None, "NoneType"),)
    if isinstance(item, exp.Literal):
        return (Literal(item.this, "str"),)
    return (Made("sql.expression"),)


def _entries(values: Value, store: Heap) -> dict[str, Value] | None:
    """The parameters of a statement by name; None where they cannot be told."""
    found: dict[str, Value] = {}
    for fields, open_ended in _dicts(values, store):
        if open_ended:
            return None
        for name, value in fields.items():
            found[name] = union(found.get(name, ()), value)
    return found


def _dicts(values: Value, store: Heap) -> list[tuple[dict[str, Value], bool]]:
    """Dictionaries, or those in a list, by name; and whether each may have further keys."""
    found: list[tuple[dict[str, Value], bool]] = []
    for atom in values:
        cell = store.get(atom.loc) if isinstance(atom, Ref) else None
        if cell is not None and cell.kind == "dict":
            named = {str(key): entry.value for key, entry in cell.entries.items()}
            found.append((named, bool(cell.open)))
        elif cell is not None and cell.kind != "instance":
            for entry in cell.entries.values():
                found += _dicts(entry.value, store)
            found += _dicts(cell.beyond, store)
        elif not (isinstance(atom, Literal) and atom.value is None):
            found.append(({}, True))
    return found


def _by_column(fields: Mapping[str, Value], model: Model) -> dict[str, Value]:
    return {model.attributes.get(name, name): value for name, value in fields.items()}


def _model(atom: object, models: Models) -> Model | None:
    return models.of(atom.qualified) if isinstance(atom, Class) else None
