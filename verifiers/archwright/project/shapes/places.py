"""Tuples taken apart: what stands at each place of a row, a pair or a tuple that a function returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.binding import target_names
from archwright.project.code import Scope
from archwright.project.shapes.arguments import all_arguments
from archwright.project.shapes.calls_that_hand_on import chained
from archwright.project.storage.statementnames import builds_statement
from archwright.project.types.values import NOTHING, ExternalValue, FunctionValue, Value, Values

if TYPE_CHECKING:
    from archwright.project.shapes.reading import Reading

_SAME_ROWS = frozenset(
    {f"builtins.{name}" for name in ("iter", "list", "reversed", "set", "sorted", "tuple")}
)


class Places:
    """Answers for one reading of code."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def gone_through(self, target: ir.Expr, source: ir.Expr, scope: Scope, depth: int) -> dict[str, Values]:
        """What each name of a loop's target holds; of rows and pairs the part at its place, where the places are known."""
        parts = self._columns(source, scope, depth) if isinstance(target, ir.Seq) else None
        if parts is not None and isinstance(target, ir.Seq) and len(parts) == len(target.items):
            found: dict[str, Values] = {}
            for item, part in zip(target.items, parts, strict=True):
                found.update(dict.fromkeys(set(target_names(item)), part))
            return found
        return dict.fromkeys(set(target_names(target)), self._reading.of(source, scope, depth))

    def taken_apart(self, node: ir.Assign, name: str, scope: Scope, depth: int) -> Values:
        """What a name in ``a, b = value`` holds: the part at its place, where the places are known, else any part."""
        found: set[Value] = set()
        for target in node.targets:
            if not isinstance(target, ir.Seq) or name not in set(target_names(target)):
                continue
            parts = self._places(node.value, scope, depth)
            if parts is None or len(parts) != len(target.items):
                return self._reading.of(node.value, scope, depth)
            for item, part in zip(target.items, parts, strict=True):
                found |= part if name in set(target_names(item)) else NOTHING
        return frozenset(found)

    def _places(self, expr: ir.Expr, scope: Scope, depth: int) -> list[Values] | None:
        """What the places of one tuple hold: of a literal, ``gather``, a row, or what a function returns as one."""
        if depth <= 0:
            return None
        if isinstance(expr, ir.Await):
            return self._places(expr.value, scope, depth - 1)
        if isinstance(expr, ir.Seq):
            return [self._reading.of(item, scope, depth - 1) for item in expr.items]
        if not isinstance(expr, ir.Call):
            return None
        callees = self._reading.inference.callees(expr, scope)
        if ExternalValue("asyncio.gather") in callees and not any(arg.star for arg in expr.args):
            return [self._reading.of(arg.value, scope, depth - 1) for arg in expr.args if arg.keyword is None]
        if len(callees) == 1 and isinstance(function := next(iter(callees)), FunctionValue):
            return self._returned_places(function, expr, scope, depth)
        return self._columns(expr, scope, depth)

    def _returned_places(
        self, function: FunctionValue, call: ir.Call, scope: Scope, depth: int
    ) -> list[Values] | None:
        target = self._reading.inference.scope(function)
        tuples = self._reading.origins.tuples(target) if target is not None else ()
        if target is None or not tuples:
            return None
        given = self._reading.results.given(function, target, call, scope, depth)
        return self._reading.origins.places(function, tuples, given, depth - 1)

    def _columns(self, source: ir.Expr, scope: Scope, depth: int) -> list[Values] | None:
        """What the places of the tuples in *source* hold: columns of a statement, ``enumerate``, ``zip``."""
        if depth <= 0:
            return None
        if isinstance(source, ir.Await):
            return self._columns(source.value, scope, depth - 1)
        if isinstance(source, ir.Name) and source.id not in self._reading.env:
            value = scope.names.only(source.id)
            if value is None or any(self._reading.origins.put_into(source.id, scope)):
                return None
            return self._columns(value, scope, depth - 1)
        if isinstance(source, ir.Comp) and isinstance(source.elt, ir.Seq) and source.value is None:
            inside = self._reading.in_clauses(source, scope, depth)
            return [inside.of(item, scope, depth - 1) for item in source.elt.items]
        if isinstance(source, ir.Seq):
            return self._rows(source.items, scope, depth)
        if not isinstance(source, ir.Call) or any(arg.star or arg.keyword for arg in source.args):
            inner = chained(source)
            return None if inner is None else self._columns(inner, scope, depth - 1)
        names = {
            v.name for v in self._reading.inference.callees(source, scope) if isinstance(v, ExternalValue)
        }
        arguments = tuple(all_arguments(source))
        if names & _SAME_ROWS and len(arguments) == 1:
            return self._columns(arguments[0], scope, depth - 1)
        if "builtins.enumerate" in names and arguments:
            return [NOTHING, self._reading.of(arguments[0], scope, depth - 1)]
        if "builtins.zip" in names:
            return [self._reading.of(argument, scope, depth - 1) for argument in arguments]
        if any(builds_statement(name) and name.endswith("select") for name in names):
            return [
                self._reading.running.results.entities((argument,), scope, depth - 1)
                for argument in arguments
            ]
        if isinstance(source.func, ir.Attr) and source.func.name in ("execute", "stream") and arguments:
            return self._columns(arguments[0], scope, depth - 1)
        inner = chained(source)
        return None if inner is None else self._columns(inner, scope, depth - 1)

    def _rows(self, rows: tuple[ir.Expr, ...], scope: Scope, depth: int) -> list[Values] | None:
        """What the places of tuples hold that are written out one after the other."""
        tuples = [row.items for row in rows if isinstance(row, ir.Seq)]
        if not tuples or len(tuples) != len(rows) or len({len(items) for items in tuples}) != 1:
            return None
        held = [[self._reading.of(item, scope, depth - 1) for item in items] for items in tuples]
        return [frozenset[Value]().union(*column) for column in zip(*held, strict=True)]
