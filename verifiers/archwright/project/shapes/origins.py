"""Where values come from: the types of everything an expression's value is or holds, followed through the code that makes it.

``select(Order)`` run in a session gives orders; a list, a tuple, a dict, a comprehension or a frozen record that is given one
holds it. A column of a row, a mapping function that only reads columns, or ``len(rows)`` holds none. What a call of another
package makes of its arguments is a new value, unless it is known to hand them on.
"""

from __future__ import annotations

from collections.abc import Sequence

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope
from archwright.project.shapes.calls_that_hand_on import put_into
from archwright.project.shapes.circles import Circles
from archwright.project.shapes.reading import Env, Reading
from archwright.project.shapes.typesets import TypeSets
from archwright.project.types.inference import Inference
from archwright.project.types.values import (
    ANYTHING,
    NOTHING,
    ExternalInstance,
    FunctionValue,
    InstanceValue,
    Value,
    Values,
)

_DEPTH = 40
_CALLS = 12


class Origins:
    """Answers for one code base."""

    def __init__(self, inference: Inference, types: TypeSets) -> None:
        self.inference = inference
        self.types = types
        self._returned: dict[tuple[object, ...], Values] = {}
        self._placed: dict[tuple[object, ...], list[Values] | None] = {}
        self._calls = 0
        """How many calls are being followed into each other."""
        self._readings: dict[Scope, Reading] = {}
        self._tuples: dict[Scope, Sequence[tuple[ir.Expr, ...]]] = {}
        self._contents: dict[Scope, dict[str, list[ir.Expr]]] = {}
        self._fields: dict[tuple[str, str], Values] = {}
        self.circles = Circles()

    def returned(self, function: Scope) -> list[tuple[ir.Expr, ir.Span, Values]]:
        """The expressions *function* returns or yields, with what each holds."""
        found: list[tuple[ir.Expr, ir.Span, Values]] = []
        last: ir.Span = function.node.at if function.node is not None else (1, 1, 1, 1)
        for node in walk_own(function.body):
            last = getattr(node, "at", last)
            if isinstance(node, ir.Return | ir.Yield) and node.value is not None:
                at = node.at if isinstance(node, ir.Return) else last
                found.append((node.value, at, self.held(node.value, function)))
        return found

    def held(self, expr: ir.Expr | None, scope: Scope, env: Env | None = None) -> Values:
        """Instances the value of *expr* is or holds; UNKNOWN among them where something cannot be told."""
        return (Reading(self, env) if env else self.reading(scope)).of(expr, scope, _DEPTH)

    def reading(self, scope: Scope) -> Reading:
        """The reading of a scope's code in which answers are kept."""
        known = self._readings.get(scope)
        if known is None:
            known = self._readings[scope] = Reading(self, {})
        return known

    def put_into(self, name: str, scope: Scope) -> Sequence[ir.Expr]:
        """What the code of *scope* puts into the container bound to *name*."""
        known = self._contents.get(scope)
        if known is None:
            known = self._contents[scope] = put_into(scope)
        return known.get(name, ())

    def tuples(self, function: Scope) -> Sequence[tuple[ir.Expr, ...]]:
        """The tuples, all of one length, that *function* returns; empty where it returns anything else."""
        known = self._tuples.get(function)
        if known is None:
            known = self._tuples[function] = _returned_tuples(function)
        return known

    def field(self, holder: InstanceValue, name: str, depth: int) -> Values:
        """What attribute *name* of *holder* holds: by its annotation, else what methods assign."""
        key = (holder.cls.qualified, name)
        return self.circles.answer(
            self._fields, key, key, depth, lambda: self._read_field(holder, name, depth), NOTHING
        )

    def _read_field(self, holder: InstanceValue, name: str, depth: int) -> Values:
        for field, annotation, where in self.types.fields(holder.cls.qualified):
            if field == name:
                return self.types.of(annotation, where)
        known: set[Value] = set()
        for method, assigned, declared in self.inference.members.assignments(holder.cls, name):
            if declared is not None:
                known |= self.types.of(declared, method)
            elif assigned is not None:
                known |= self.reading(method).of(assigned, method, depth - 1)
        if not known:
            values = self.inference.member(holder, name)
            known = {v for v in values if isinstance(v, InstanceValue | ExternalInstance)}
        prop = self.inference.property_of(holder, name)
        if prop is not None:
            known |= self.result(FunctionValue(prop.module, prop.qualname, True), {}, depth - 1)
        return frozenset(known)

    def result(self, function: FunctionValue, env: Env, depth: int, *, asked: bool = False) -> Values:
        """What the result of *function* holds when its parameters hold what *env* says; *asked*: once it is run, if a statement."""
        scope = self.inference.scope(function)
        if scope is None:
            return ANYTHING
        key = (function.module, function.qualname, asked, *sorted(env.items(), key=lambda e: e[0]))
        known = key in self._returned or self.circles.is_open(key)
        if not known and (depth <= 0 or self._calls >= _CALLS):
            self.circles.bound()
            return ANYTHING
        return self.circles.answer(
            self._returned,
            key,
            key,
            depth,
            lambda: self._read_result(scope, env, depth, asked=asked),
            NOTHING,
        )

    def _read_result(self, scope: Scope, env: Env, depth: int, *, asked: bool) -> Values:
        found: set[Value] = set()
        self._calls += 1
        try:
            reading = Reading(self, env, asked=asked)
            for node in walk_own(scope.body):
                if isinstance(node, ir.Return | ir.Yield) and node.value is not None:
                    found |= reading.of(node.value, scope, depth - 1)
            if _is_stub(scope) and isinstance(scope.node, ir.FunctionDef):
                found |= self.types.of(scope.node.returns, scope, asked=asked)
        finally:
            self._calls -= 1
        return frozenset(found)

    def places(
        self, function: FunctionValue, tuples: Sequence[tuple[ir.Expr, ...]], env: Env, depth: int
    ) -> list[Values] | None:
        """What each place of the tuples holds that *function* returns; None while that is being found out."""
        scope = self.inference.scope(function)
        if scope is None:
            self.circles.bound()
            return None
        question = ("places", function.module, function.qualname)
        key = (*question, *sorted(env.items(), key=lambda e: e[0]))
        return self.circles.answer(
            self._placed, key, question, depth, lambda: self._read_places(scope, tuples, env, depth), None
        )

    def _read_places(
        self, scope: Scope, tuples: Sequence[tuple[ir.Expr, ...]], env: Env, depth: int
    ) -> list[Values]:
        self._calls += 1
        try:
            reading = Reading(self, env)
            rows = [[reading.of(item, scope, depth - 1) for item in items] for items in tuples]
        finally:
            self._calls -= 1
        return [frozenset[Value]().union(*column) for column in zip(*rows, strict=True)]


def _returned_tuples(function: Scope) -> Sequence[tuple[ir.Expr, ...]]:
    returned = [n.value for n in walk_own(function.body) if isinstance(n, ir.Return)]
    tuples = [value.items for value in returned if isinstance(value, ir.Seq)]
    if len(tuples) != len(returned) or len({len(items) for items in tuples}) != 1:
        return ()
    return tuples


def _is_stub(scope: Scope) -> bool:
    """Whether a function has no body of its own: a protocol's or an abstract method."""
    return scope.decorated("abstractmethod") or all(
        isinstance(s, ir.ExprStmt) and isinstance(s.value, ir.Str | ir.Const) for s in scope.body
    )
