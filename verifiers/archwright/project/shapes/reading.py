"""One function's code, read for what its expressions hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import Scope
from archwright.project.shapes.arguments import all_arguments, bind
from archwright.project.shapes.calls_that_hand_on import (
    ADDS,
    APPLIES,
    DATABASE,
    GIVES_ITS_ARGUMENTS,
    HANDS_ON,
    RUNS,
    put_into,
    stored_parameters,
)
from archwright.project.shapes.classes import constant_of
from archwright.project.shapes.places import Places
from archwright.project.shapes.typesets import type_name
from archwright.project.storage.targets import builds_statement
from archwright.project.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
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
        self._provisional: dict[tuple[int, str], Values] = {}
        self._busy: set[tuple[int, str]] = set()
        self._twin: Reading | None = None
        self.places = Places(self)

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
            self.origins.cuts += 1
            return ANYTHING
        match expr:
            case ir.Name():
                return self._name(expr, scope, depth)
            case ir.Attr():
                return self._attribute(expr, scope, depth)
            case ir.Call():
                return self._call(expr, scope, depth)
            case ir.Await() | ir.Star() | ir.Walrus():
                return self.of(expr.value, scope, depth - 1)
            case ir.IfExp():
                return self.of(expr.body, scope, depth - 1) | self.of(expr.orelse, scope, depth - 1)
            case ir.BoolOp() | ir.BinOp():
                return self.of(expr.left, scope, depth - 1) | self.of(expr.right, scope, depth - 1)
            case ir.Subscript():
                return self.of(expr.value, scope, depth - 1)
            case ir.Seq():
                return self._union(expr.items, scope, depth)
            case ir.Dict():
                keys = tuple(key for key in expr.keys if key is not None)
                return self._union((*keys, *expr.values), scope, depth)
            case ir.Comp():
                return self._comprehension(expr, scope, depth)
            case ir.Yield():
                return NOTHING
        return NOTHING

    def _union(self, parts: tuple[ir.Expr, ...], scope: Scope, depth: int) -> Values:
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
        mark = (id(scope), name)
        if name in self.env:
            return self.env[name]
        known = self._known.get(mark)
        if known is not None:
            return known
        if mark in self._busy or mark in self._provisional:
            self.origins.cuts += 1
            return self._provisional.get(mark, NOTHING)
        self._busy.add(mark)
        cuts = self.origins.cuts
        found: set[Value] = set()
        try:
            for how in scope.names.bound[name]:
                found |= self._binding(how, name, scope, depth - 1)
            for part in put_into(name, scope):
                found |= self.of(part, scope, depth - 1)
        finally:
            self._busy.discard(mark)
        held = frozenset(found)
        if cuts == self.origins.cuts or not self._busy:
            self._known[mark] = held
        else:
            self._provisional[mark] = held
        if not self._busy:
            self._provisional.clear()
        return held

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

    # --- attributes, calls ---

    def _attribute(self, expr: ir.Attr, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        holders = self.inference.evaluate(expr.value, scope)
        if not any(isinstance(h, InstanceValue | ClassValue | ModuleValue) for h in holders):
            holders = self.of(expr.value, scope, depth - 1)
        for holder in sorted(holders, key=repr):
            if isinstance(holder, InstanceValue):
                if holder.qualname.rpartition(".")[2] == expr.name:
                    found.add(holder)  # ``row.Order``: the entity in a row of a result
                found |= self._field(holder, expr.name, depth)
            elif isinstance(holder, ModuleValue):
                named = self.inference.member(holder, expr.name)
                found |= {v for v in named if isinstance(v, InstanceValue | ExternalInstance)}
        return frozenset(found) or (ANYTHING if UNKNOWN in holders else NOTHING)

    def _field(self, holder: InstanceValue, name: str, depth: int) -> Values:
        """What an attribute of an instance holds: by its annotation, else what methods assign."""
        for field, annotation, where in self.types.fields(holder.cls.qualified):
            if field == name:
                return self.types.of(annotation, where)
        known: set[Value] = set()
        for method, assigned, declared in self.inference.members.assignments(holder.cls, name):
            if declared is not None:
                known |= self.types.of(declared, method)
            elif assigned is not None:
                known |= self.origins.reading(method).of(assigned, method, depth - 1)
        if not known:
            values = self.inference.member(holder, name)
            known = {v for v in values if isinstance(v, InstanceValue | ExternalInstance)}
        prop = self.inference.property_of(holder, name)
        if prop is not None:
            known |= self.origins.result(FunctionValue(prop.module, prop.qualname, True), {}, depth - 1)
        return frozenset(known)

    def _call(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        callees = self.inference.callees(call, scope)
        for callee in sorted(callees, key=repr):
            if isinstance(callee, FunctionValue):
                found |= self._own_function(callee, call, scope, depth)
            elif isinstance(callee, ClassValue):
                found |= self._constructed(callee, call, scope, depth)
            elif isinstance(callee, ExternalValue):
                found |= self._external(callee.name, call, scope, depth)
            elif isinstance(callee, InstanceValue):
                for method in self.inference.member(callee, "__call__"):
                    if isinstance(method, FunctionValue):
                        found |= self._own_function(method, call, scope, depth)
        if UNKNOWN in callees or not callees:
            found |= self._unknown_callee(call, scope, depth)
        return frozenset(found)

    def _own_function(self, function: FunctionValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        target = self.inference.scope(function)
        if target is None:
            return ANYTHING
        given = self.given(function, target, call, scope, depth)
        return self.origins.result(function, given, depth - 1, asked=self.asked)

    def given(
        self, function: FunctionValue, target: Scope, call: ir.Call, scope: Scope, depth: int
    ) -> dict[str, Values]:
        """What the parameters of a function hold when *call* calls it."""
        bound = bind(call, target.params, given=1 if function.bound else 0)
        params = {p.name: p for p in target.params}
        given: dict[str, Values] = {}
        for name, value in bound.by_name.items():
            given[name] = self._declared(params[name].annotation, target, self.of(value, scope, depth - 1))
        return given

    def _declared(self, annotation: ir.Expr | None, where: Scope, held: Values) -> Values:
        """What a value holds, by itself and by what the parameter or field it is given to is declared to be."""
        declared = self.types.of(annotation, where, asked=self.asked)
        if UNKNOWN in declared:
            return held
        if UNKNOWN in held:
            return (held - ANYTHING) | declared
        hierarchy = self.inference.classes
        names = {type_name(value) for value in declared}
        if any(name.startswith(("typing.", "collections.")) or hierarchy.is_protocol(name) for name in names):
            return held
        # One part of a tuple that was taken apart: only what fits the declaration can be meant.
        return frozenset(
            v for v in held if not names.isdisjoint(hierarchy.lineage(type_name(v)) or {type_name(v)})
        )

    def _constructed(self, cls: ClassValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        """The new instance, and what it keeps of its arguments."""
        instance: Values = frozenset({InstanceValue(cls.module, cls.qualname)})
        init = self._initialiser(cls)
        lineage = self.inference.classes.lineage(cls.qualified)
        if any(base.startswith("enum.") for base in lineage):
            return instance
        if init is None:
            fields = {
                name: (annotation, where) for name, annotation, where in self.types.fields(cls.qualified)
            }
            kept: set[Value] = set()
            for arg in call.args:
                held = self.of(arg.value, scope, depth - 1)
                if arg.keyword is None:
                    kept |= held
                elif arg.keyword in fields:
                    kept |= self._declared(*fields[arg.keyword], held)
            return instance | kept
        bound = bind(call, init.params, given=1)
        stored = stored_parameters(init)
        parts = [value for name, value in bound.by_name.items() if name in stored]
        return instance | self._union(tuple(parts), scope, depth)

    def _initialiser(self, cls: ClassValue) -> Scope | None:
        for value in self.inference.member(cls, "__init__"):
            if isinstance(value, FunctionValue):
                return self.inference.scope(value)
        return None

    def _external(self, name: str, call: ir.Call, scope: Scope, depth: int) -> Values:
        last = name.rpartition(".")[2]
        arguments = tuple(all_arguments(call))
        if name in GIVES_ITS_ARGUMENTS:
            return self._union(arguments, scope, depth)
        if builds_statement(name) or (last == "aliased" and name.startswith(DATABASE)):
            asks = self.asked and last in ("select", "aliased")
            return self.entities(arguments, scope, depth) if asks else NOTHING
        if name in APPLIES and arguments:
            return self._applied(arguments[0], arguments[1:], scope, depth)
        if name == "builtins.getattr" and len(arguments) > 1:
            picked = arguments[1]
            return (
                self.of(ir.Attr(arguments[0], picked.value), scope, depth)
                if isinstance(picked, ir.Str)
                else ANYTHING
            )
        if name in ("typing.cast", "typing_extensions.cast") and len(arguments) == 2:
            return self.types.of(arguments[0], scope) | self.of(arguments[1], scope, depth - 1)
        if not isinstance(call.func, ir.Attr):
            return frozenset({ExternalInstance(name)})
        return self._method(call, call.func, arguments, scope, depth)

    def _method(
        self, call: ir.Call, func: ir.Attr, arguments: tuple[ir.Expr, ...], scope: Scope, depth: int
    ) -> Values:
        """A method of another package: of a session, a result, a statement or a container."""
        found: set[Value] = set()
        if func.name in ("run_sync", "run_in_executor") and arguments:
            start = 1 if func.name == "run_in_executor" and len(arguments) > 1 else 0
            return self._applied(arguments[start], arguments[start + 1 :], scope, depth)
        if func.name in RUNS:
            found |= self.running.entities(arguments, scope, depth)
        elif func.name in ADDS:
            found |= self.entities(arguments, scope, depth) if self.asked else NOTHING
        elif func.name in ("get", "pop", "setdefault"):
            found |= self._union(arguments[1:], scope, depth)
        if func.name in HANDS_ON:
            # A session gives rows and is none itself.
            found |= {v for v in self.of(func.value, scope, depth - 1) if not self._is_of_the_database(v)}
        return frozenset(found)

    def _is_of_the_database(self, value: Value) -> bool:
        """Whether a value is a session, a result or the like, or an own kind of one."""
        if isinstance(value, InstanceValue):
            lineage = self.inference.classes.lineage(value.cls.qualified)
            return any(
                base.startswith(DATABASE) and base.endswith(("Session", "Connection")) for base in lineage
            )
        return isinstance(value, ExternalInstance) and value.name.startswith(DATABASE)

    def _unknown_callee(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        made = constant_of(call.func, scope)
        if isinstance(made, ir.Lambda) and all(a.keyword is None and not a.star for a in call.args):
            return self._applied(made, tuple(all_arguments(call)), scope, depth)
        found: set[Value] = {UNKNOWN}
        if isinstance(call.func, ir.Attr):
            found |= self._method(call, call.func, tuple(all_arguments(call)), scope, depth)
        return frozenset(found)

    def entities(self, arguments: tuple[ir.Expr, ...], scope: Scope, depth: int) -> Values:
        """The rows a statement gives for what it is asked: a class stands for its instances, a column for a plain value."""
        found: set[Value] = set()
        for argument in arguments:
            if isinstance(argument, ir.Name | ir.Attr):
                classes = [v for v in self.inference.evaluate(argument, scope) if isinstance(v, ClassValue)]
                found |= {InstanceValue(v.module, v.qualname) for v in classes}
                if classes:
                    continue
                if isinstance(argument, ir.Attr) and self._is_class(argument.value, scope):
                    continue
            found |= self.of(argument, scope, depth - 1)
        return frozenset(found)

    def _is_class(self, expr: ir.Expr, scope: Scope) -> bool:
        return any(isinstance(v, ClassValue) for v in self.inference.evaluate(expr, scope))

    def _applied(self, function: ir.Expr, arguments: tuple[ir.Expr, ...], scope: Scope, depth: int) -> Values:
        given = [self.of(argument, scope, depth - 1) for argument in arguments]
        if isinstance(function, ir.Lambda):
            env = dict(self.env)
            for position, param in enumerate(function.params):
                env[param.name] = given[position] if position < len(given) else NOTHING
            return Reading(self.origins, env, asked=self.asked, around=self._body).of(
                function.body, scope, depth - 1
            )
        found: set[Value] = set()
        for value in self.inference.evaluate(function, scope):
            target = self.inference.scope(value) if isinstance(value, FunctionValue) else None
            if isinstance(value, ClassValue):
                found |= {InstanceValue(value.module, value.qualname)}
            elif isinstance(value, FunctionValue) and target is not None:
                names = [p.name for p in target.params[1 if value.bound else 0 :]]
                # run_sync gives the session first; what is known of the rest follows.
                shift = max(0, min(len(names) - len(given), 1))
                env = dict(zip(names[shift:], given, strict=False))
                found |= self.origins.result(value, env, depth - 1)
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _comprehension(self, expr: ir.Comp, scope: Scope, depth: int) -> Values:
        env = dict(self.env)
        reading: Reading = self
        for clause in expr.clauses:
            env = {**env, **reading.places.gone_through(clause.target, clause.iter, scope, depth - 1)}
            reading = Reading(self.origins, env, asked=self.asked, around=self._body)
        value = NOTHING if expr.value is None else reading.of(expr.value, scope, depth - 1)
        return value | reading.of(expr.elt, scope, depth - 1)
