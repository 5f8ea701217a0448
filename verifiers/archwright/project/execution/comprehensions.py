"""Comprehensions and generator expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.execution.conditions import branch, test
from archwright.project.execution.frame import Frame
from archwright.project.execution.heap import FURTHER, Entry, Object
from archwright.project.execution.items import Item, iterated, open_parameter, opened
from archwright.project.execution.state import State
from archwright.project.execution.targets import bind_target, with_item
from archwright.project.execution.values import Literal, Ref, Value, constant, union

if TYPE_CHECKING:
    from archwright.project.execution.machine import Machine

_MAX_ITEMS = 64


def comprehension(machine: Machine, expr: ir.Comp, state: State, frame: Frame) -> Value:
    """What a comprehension makes."""
    if expr.kind == "dict" and len(expr.clauses) == 1:
        return _of_rows(machine, expr, state, frame)
    collecting = _Collecting(machine, expr, frame)
    inner = State(dict(state.names), state.heap)
    collecting.collect(0, inner)
    state.heap = inner.heap
    return (machine.new(collecting.made(), state),)


class _Collecting:
    """The items of a list, set, generator or of a dictionary made in several loops."""

    def __init__(self, machine: Machine, expr: ir.Comp, frame: Frame) -> None:
        self._machine = machine
        self._expr = expr
        self._frame = frame
        self._items: list[Item] = []
        self._further: Value = ()
        self._order: Value = ()
        self._table = Object("dict")
        self._complete = True

    def made(self) -> Object:
        """The container."""
        expr = self._expr
        if expr.kind == "dict":
            return self._table
        kind = "list" if expr.kind == "generator" and not self._machine.policy.terms else expr.kind
        entries = {i: Entry(one.value, one.sure) for i, one in enumerate(self._items)}
        implies = {i: one.implies for i, one in enumerate(self._items) if one.implies}
        made = Object(kind, entries, "", implies=implies, order_of=self._order)
        return made if self._complete else opened(made, FURTHER, self._further)

    def collect(self, level: int, inner: State, *, placed: bool = True) -> None:
        """Goes through the clauses from *level* on; *placed*: whether the place of the items is known."""
        machine, expr = self._machine, self._expr
        if level == len(expr.clauses):
            self._produce(inner, placed=placed)
            return
        clause = expr.clauses[level]
        source = iterated(machine, machine.evaluate(clause.iter, inner, self._frame), inner, self._frame)
        self._order = union(self._order, source.order_of)
        listed = not source.rest and len(source.items) <= _MAX_ITEMS and len(self._items) <= _MAX_ITEMS
        for item in source.items if listed else (Item(source.element, False),):
            bind_target(machine, clause.target, item.value, inner, self._frame)
            tests = [test(machine, condition, inner, self._frame) for condition in clause.ifs]
            if False in tests:
                continue
            before, table = len(self._items), self._table
            path = inner
            if None in tests and machine.policy.terms:
                path = inner.copy()
                for condition in clause.ifs:
                    path = next(iter(branch(machine, condition, path, self._frame)[0]), path)
            self.collect(level + 1, path, placed=placed and listed)
            if path is not inner:
                inner.heap.update(path.heap)
            if None in tests or not item.sure:
                facts: tuple[tuple[int, Any], ...] = ()
                if len(clause.ifs) == 1 and item.sure:
                    facts = _true_if_not(machine, clause.ifs[0], inner, self._frame)
                self._items[before:] = [Item(one.value, False, facts) for one in self._items[before:]]
                changed = {
                    key: entry
                    if table.entries.get(key) is entry
                    else msgspec.structs.replace(entry, sure=False)
                    for key, entry in self._table.entries.items()
                }
                self._table = self._table.holding(changed)

    def _produce(self, inner: State, *, placed: bool) -> None:
        machine, expr = self._machine, self._expr
        value = machine.evaluate(expr.elt, inner, self._frame)
        if expr.kind == "dict":
            held = machine.evaluate(expr.value, inner, self._frame)
            self._table = with_item(self._table, value, held, surely=True)
        elif placed:
            self._items.append(Item(value))
        else:
            self._further = union(self._further, value)
            self._complete = False


def _true_if_not(
    machine: Machine, condition: ir.Expr, inner: State, frame: Frame
) -> tuple[tuple[int, Any], ...]:
    """The keys of objects that are there where *condition* does not hold."""
    found: list[tuple[int, Any]] = []
    for path in branch(machine, condition, inner.copy(), frame)[1]:
        for loc, made in path.heap.items():
            before = inner.heap.get(loc)
            if before is not None and before is not made:
                found += [
                    (loc, key)
                    for key, entry in made.entries.items()
                    if entry.sure and (key not in before.entries or not before.entries[key].sure)
                ]
    return tuple(found)


# --- dictionaries -----------------------------------------------------------------------------------------------


class _Row(msgspec.Struct, frozen=True):
    """What one round of a dictionary comprehension is about."""

    first: Value
    """The item gone through; the key, where it is a row of ``d.items()``."""
    sure: bool
    entry: Entry | None = None
    """For a row of ``d.items()``."""


def _of_rows(machine: Machine, expr: ir.Comp, state: State, frame: Frame) -> Value:
    clause = expr.clauses[0]
    inner = State(dict(state.names), state.heap)
    sources = _pairs(machine, clause.iter, state, frame)
    if sources is None:
        value = machine.evaluate(clause.iter, inner, frame)
        items = iterated(machine, value, inner, frame)
        rows = [_Row(one.value, one.sure) for one in items.items]
        sources = [(rows, Object("dict"))]
        if items.rest:
            rows.append(_Row(items.rest, False))
            parameter = open_parameter(machine, value, inner)
            sources = [(rows, Object("dict", {}, "", parameter))]
    made = [_from_rows(machine, expr, rows, source, inner, frame) for rows, source in sources]
    state.heap = inner.heap
    return tuple(made)


def _from_rows(
    machine: Machine, expr: ir.Comp, rows: list[_Row], source: Object, inner: State, frame: Frame
) -> Ref:
    clause = expr.clauses[0]
    made = Object("dict", {}, source.open, source.parameter, sources=source.sources, rest=source.rest)
    for row in rows:
        _bind_row(machine, clause.target, row, inner, frame)
        tests = [test(machine, condition, inner, frame) for condition in clause.ifs]
        if False in tests:
            continue
        key = machine.evaluate(expr.elt, inner, frame)
        value = _value_of_row(machine, expr, row, inner, frame)
        certain = row.sure and None not in tests
        known = [k.value for k in key if isinstance(k, Literal)]
        if len(known) != 1 or len(key) != 1:
            made = opened(made, "a key that cannot be told", value, source.parameter)
            continue
        origin = row.entry.origin if row.entry is not None else ""
        put = Entry(value, certain, origin, row.entry.at if row.entry is not None else None)
        under = made.entries.get(known[0])
        if under is not None and not certain:
            put = Entry(union(under.value, value), under.sure, origin, put.at)
        made = made.holding({**made.entries, known[0]: put})
    return machine.new(made, inner)


def _value_of_row(machine: Machine, expr: ir.Comp, row: _Row, inner: State, frame: Frame) -> Value:
    target = expr.clauses[0].target
    pair = target.items[1] if isinstance(target, ir.Seq) and len(target.items) == 2 else None
    if row.entry is not None and pair is not None and expr.value == pair:
        return row.entry.value
    looks = expr.value is not None and any(node == (pair or target) for node in walk(expr.value))
    if row.entry is not None and looks:
        machine.look(row.entry)
    return machine.evaluate(expr.value, inner, frame)


def _pairs(
    machine: Machine, source: ir.Expr, state: State, frame: Frame
) -> list[tuple[list[_Row], Object]] | None:
    """The rows of ``d.items()`` for every dictionary *d* may be; None for anything else."""
    if not (isinstance(source, ir.Call) and isinstance(source.func, ir.Attr) and source.func.name == "items"):
        return None
    found: list[tuple[list[_Row], Object]] = []
    for one in machine.evaluate(source.func.value, state, frame):
        if not isinstance(one, Ref) or machine.object(one, state).kind != "dict":
            return None
        made = machine.object(one, state)
        rows = [_Row(constant(k), e.sure, e) for k, e in made.entries.items()]
        found.append((rows, msgspec.structs.replace(made, sources=made.sources | {one.loc})))
    return found or None


def _bind_row(machine: Machine, target: ir.Expr, row: _Row, inner: State, frame: Frame) -> None:
    if row.entry is not None and isinstance(target, ir.Seq) and len(target.items) == 2:
        bind_target(machine, target.items[0], row.first, inner, frame)
        bind_target(machine, target.items[1], row.entry.value, inner, frame)
    else:
        bind_target(machine, target, row.first, inner, frame)
