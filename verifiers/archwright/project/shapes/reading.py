"""One function's code, read for what its expressions hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import Scope
from archwright.project.shapes.places import Places
from archwright.project.shapes.results import Results
from archwright.project.types.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    InstanceValue,
    ModuleValue,
    Value,
    Values,
)

if TYPE_CHECKING:
    from archwright.project.shapes.origins import Origins

Env = Mapping[str, Values]
"""What names of the code at hand hold: comprehension targets, and parameters of a function that is being followed."""


class Reading:
    """One function's body, with what some of its names are known to hold."""

    def __init__(
        self, origins: Origins, env: Env, *, asked: bool = False, around: Reading | None = None
    ) -> None:
        """*asked* reads statements as the rows they give when they are run; *around* is the body a comprehension stands in."""
        self.origins = origins
        self.inference = origins.inference
        self.types = origins.types
        self.env = env
        self.asked = asked
        self._body = around or self
        self._known: dict[tuple[int, str], Values] = {}
        self._twin: Reading | None = None
        self.places = Places(self)
        self.results = Results(self)

    @property
    def running(self) -> Reading:
        """The same code, with statements read as the rows they give."""
        if self.asked:
            return self
        if self._twin is None:
            around = None if self._body is self else self._body.running
            self._twin = Reading(self.origins, self.env, asked=True, around=around)
        return self._twin

    def of(self, expr: ir.Expr | None, scope: Scope, depth: int) -> Values:
        if expr is None or depth <= 0:
            self.origins.circles.bound()
            return ANYTHING
        match expr:
            case ir.Name():
                return self._name(expr, scope, depth)
            case ir.Attr():
                return self._attribute(expr, scope, depth)
            case ir.Call():
                return self.results.of(expr, scope, depth)
            case ir.Await() | ir.Star() | ir.Walrus():
                return self.of(expr.value, scope, depth - 1)
            case ir.IfExp():
                return self.of(expr.body, scope, depth - 1) | self.of(expr.orelse, scope, depth - 1)
            case ir.BoolOp() | ir.BinOp():
                return self.of(expr.left, scope, depth - 1) | self.of(expr.right, scope, depth - 1)
            case ir.Subscript():
                return self.of(expr.value, scope, depth - 1)
            case ir.Seq():
                return self.union(expr.items, scope, depth)
            case ir.Dict():
                keys = tuple(key for key in expr.keys if key is not None)
                return self.union((*keys, *expr.values), scope, depth)
            case ir.Comp():
                return self._comprehension(expr, scope, depth)
            case ir.Yield():
                return NOTHING
        return NOTHING

    def union(self, parts: tuple[ir.Expr, ...], scope: Scope, depth: int) -> Values:
        return frozenset[Value]().union(*(self.of(part, scope, depth - 1) for part in parts))

    # --- names ---

    def _name(self, expr: ir.Name, scope: Scope, depth: int) -> Values:
        if expr.id in self.env:
            return self.env[expr.id]
        current: Scope | None = scope
        first = True
        while current is not None and current.kind != "module":
            if (first or current.kind != "class") and expr.id in current.names.bound:
                return self._body._local(expr.id, current, depth)
            first = False
            current = current.parent
        found: set[Value] = set()
        for value in self.inference.evaluate(expr, scope):
            if isinstance(value, InstanceValue | ExternalInstance):
                found.add(value)
        return frozenset(found)

    def _local(self, name: str, scope: Scope, depth: int) -> Values:
        if name in self.env:
            return self.env[name]
        key = (id(scope), name)
        return self.origins.circles.answer(
            self._known, key, (self, key), depth, lambda: self._bindings(name, scope, depth), NOTHING
        )

    def _bindings(self, name: str, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        for how in scope.names.bound[name]:
            found |= self._binding(how, name, scope, depth - 1)
        for part in self.origins.put_into(name, scope):
            found |= self.of(part, scope, depth - 1)
        return frozenset(found)

    def _binding(self, how: Bound, name: str, scope: Scope, depth: int) -> Values:
        node = how.node
        if how.kind == "assign":
            return NOTHING if how.value is None else self.of(how.value, scope, depth)
        if how.kind == "param" and isinstance(node, ir.Param):
            if self._is_receiver(node, scope):
                return self.inference.name(name, scope)
            return self.types.of(node.annotation, scope, asked=self.asked)
        if how.kind == "for" and isinstance(node, ir.For):
            return self.places.gone_through(node.target, node.iter, scope, depth).get(name, NOTHING)
        if how.kind == "with" and isinstance(node, ir.WithItem):
            return self._entered(node.expr, name, scope, depth)
        if how.kind == "other" and isinstance(node, ir.Assign):
            return self.places.taken_apart(node, name, scope, depth)
        if how.kind == "other" and isinstance(node, ir.AugAssign):
            return self.of(node.value, scope, depth)
        if how.kind == "other" and isinstance(node, ir.Match):
            return self.of(node.subject, scope, depth)
        if how.kind in ("import", "function", "class"):
            return NOTHING
        return self.inference.bound(how, name, scope, depth)

    def _entered(self, expr: ir.Expr, name: str, scope: Scope, depth: int) -> Values:
        held = self.of(expr, scope, depth)
        return held | frozenset(v for v in self.inference.name(name, scope) if v != UNKNOWN)

    @staticmethod
    def _is_receiver(param: ir.Param, scope: Scope) -> bool:
        return scope.owner is not None and scope.params[0] is param and not scope.decorated("staticmethod")

    # --- attributes ---

    def _attribute(self, expr: ir.Attr, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        holders = self.inference.evaluate(expr.value, scope)
        if not any(isinstance(h, InstanceValue | ClassValue | ModuleValue) for h in holders):
            holders = self.of(expr.value, scope, depth - 1)
        for holder in sorted(holders, key=repr):
            if isinstance(holder, InstanceValue):
                if holder.qualname.rpartition(".")[2] == expr.name:
                    found.add(holder)  # ``row.Order``: the entity in a row of a result
                found |= self.origins.field(holder, expr.name, depth)
            elif isinstance(holder, ModuleValue):
                named = self.inference.member(holder, expr.name)
                found |= {v for v in named if isinstance(v, InstanceValue | ExternalInstance)}
        return frozenset(found) or (ANYTHING if UNKNOWN in holders else NOTHING)

    def _comprehension(self, expr: ir.Comp, scope: Scope, depth: int) -> Values:
        reading = self.in_clauses(expr, scope, depth)
        value = NOTHING if expr.value is None else reading.of(expr.value, scope, depth - 1)
        return value | reading.of(expr.elt, scope, depth - 1)

    def in_clauses(self, expr: ir.Comp, scope: Scope, depth: int) -> Reading:
        """The same code inside a comprehension, where its targets hold what it goes through."""
        reading: Reading = self
        for clause in expr.clauses:
            reading = reading.knowing(
                reading.places.gone_through(clause.target, clause.iter, scope, depth - 1)
            )
        return reading

    def knowing(self, more: Env) -> Reading:
        """The same code where some names besides are known to hold something."""
        return Reading(self.origins, {**self.env, **more}, asked=self.asked, around=self._body)
