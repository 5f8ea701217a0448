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
from archwright.project.inference import Inference
from archwright.project.shapes.calls_that_hand_on import put_into
from archwright.project.shapes.reading import Env, Reading
from archwright.project.shapes.typesets import TypeSets
from archwright.project.values import (
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
        self._placed: dict[tuple[object, ...], list[Values]] = {}
        self._busy: set[object] = set()
        self._readings: dict[Scope, Reading] = {}
        self._contents: dict[Scope, dict[str, list[ir.Expr]]] = {}
        self._fields: dict[tuple[str, str], Values] = {}
        self._fields_in_question: set[tuple[str, str]] = set()
        self._provisional: dict[tuple[str, str], Values] = {}
        # How often a circle or a bound cut an answer short; an answer is kept only if nothing below it was cut.
        self.cuts = 0

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

    def field(self, holder: InstanceValue, name: str, depth: int) -> Values:
        """What attribute *name* of *holder* holds: by its annotation, else what methods assign.

        Fields that are made of each other add nothing to each other; what was cut short by such a circle is kept only until the
        outermost question is answered.
        """
        key = (holder.cls.qualified, name)
        known = self._fields.get(key)
        if known is not None:
            return known
        if key in self._fields_in_question or key in self._provisional:
            self.cuts += 1
            return self._provisional.get(key, NOTHING)
        self._fields_in_question.add(key)
        cuts = self.cuts
        try:
            found = self._read_field(holder, name, depth)
        finally:
            self._fields_in_question.discard(key)
        if cuts == self.cuts or not (self._fields_in_question or self._busy):
            self._fields[key] = found
        else:
            self._provisional[key] = found
        if not self._fields_in_question:
            self._provisional.clear()
        return found

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
        known = self._returned.get(key)
        if known is not None:
            return known
        if key in self._busy or depth <= 0 or len(self._busy) >= _CALLS:
            self.cuts += 1
            return NOTHING if key in self._busy else ANYTHING
        self._busy.add(key)
        cuts = self.cuts
        found: set[Value] = set()
        try:
            reading = Reading(self, env, asked=asked)
            for node in walk_own(scope.body):
                if isinstance(node, ir.Return | ir.Yield) and node.value is not None:
                    found |= reading.of(node.value, scope, depth - 1)
            node = scope.node
            if _is_stub(scope) and isinstance(node, ir.FunctionDef):
                found |= self.types.of(node.returns, scope, asked=asked)
        finally:
            self._busy.discard(key)
        if cuts == self.cuts or not self._busy:
            self._returned[key] = frozenset(found)
        return frozenset(found)

    def places(
        self, function: FunctionValue, tuples: list[tuple[ir.Expr, ...]], env: Env, depth: int
    ) -> list[Values] | None:
        """What each place of the tuples holds that *function* returns; None while that is being found out."""
        scope = self.inference.scope(function)
        key = ("places", function.module, function.qualname)
        given = (*key, *sorted(env.items(), key=lambda e: e[0]))
        known = self._placed.get(given)
        if known is not None:
            return known
        if scope is None or key in self._busy:
            self.cuts += 1
            return None
        self._busy.add(key)
        cuts = self.cuts
        try:
            reading = Reading(self, env)
            rows = [[reading.of(item, scope, depth - 1) for item in items] for items in tuples]
        finally:
            self._busy.discard(key)
        found = [frozenset[Value]().union(*column) for column in zip(*rows, strict=True)]
        if cuts == self.cuts or not self._busy:
            self._placed[given] = found
        return found


def _is_stub(scope: Scope) -> bool:
    """Whether a function has no body of its own: a protocol's or an abstract method."""
    return scope.decorated("abstractmethod") or all(
        isinstance(s, ir.ExprStmt) and isinstance(s.value, ir.Str | ir.Const) for s in scope.body
    )
