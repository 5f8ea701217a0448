"""What calls give: results of functions that are followed, new instances, rows of statements, what containers hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.shapes.arguments import all_arguments, bind
from archwright.project.shapes.calls_that_hand_on import (
    ADDS,
    APPLIES,
    DATABASE,
    GIVES_ITS_ARGUMENTS,
    HANDS_ON,
    RUNS,
    stored_parameters,
)
from archwright.project.shapes.classes import constant_of
from archwright.project.shapes.typesets import type_name
from archwright.project.storage.statementnames import builds_statement
from archwright.project.types.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    Value,
    Values,
)

if TYPE_CHECKING:
    from archwright.project.shapes.reading import Reading


class Results:
    """Answers for one reading of code."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def of(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        found: set[Value] = set()
        callees = self._reading.inference.callees(call, scope)
        for callee in sorted(callees, key=repr):
            if isinstance(callee, FunctionValue):
                found |= self._own_function(callee, call, scope, depth)
            elif isinstance(callee, ClassValue):
                found |= self._constructed(callee, call, scope, depth)
            elif isinstance(callee, ExternalValue):
                found |= self._external(callee.name, call, scope, depth)
            elif isinstance(callee, InstanceValue):
                for method in self._reading.inference.member(callee, "__call__"):
                    if isinstance(method, FunctionValue):
                        found |= self._own_function(method, call, scope, depth)
        if UNKNOWN in callees or not callees:
            found |= self._unknown_callee(call, scope, depth)
        return frozenset(found)

    def given(
        self, function: FunctionValue, target: Scope, call: ir.Call, scope: Scope, depth: int
    ) -> dict[str, Values]:
        """What the parameters of a function hold when *call* calls it."""
        bound = bind(call, target.params, given=1 if function.bound else 0)
        params = {p.name: p for p in target.params}
        given: dict[str, Values] = {}
        for name, value in bound.by_name.items():
            given[name] = self._declared(
                params[name].annotation, target, self._reading.of(value, scope, depth - 1)
            )
        return given

    def entities(self, arguments: tuple[ir.Expr, ...], scope: Scope, depth: int) -> Values:
        """The rows a statement gives for what it is asked: a class stands for its instances, a column for a plain value."""
        found: set[Value] = set()
        for argument in arguments:
            if isinstance(argument, ir.Name | ir.Attr):
                classes = [
                    v for v in self._reading.inference.evaluate(argument, scope) if isinstance(v, ClassValue)
                ]
                found |= {InstanceValue(v.module, v.qualname) for v in classes}
                if classes:
                    continue
                if isinstance(argument, ir.Attr) and self._is_class(argument.value, scope):
                    continue
            found |= self._reading.of(argument, scope, depth - 1)
        return frozenset(found)

    def _own_function(self, function: FunctionValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        target = self._reading.inference.scope(function)
        if target is None:
            return ANYTHING
        given = self.given(function, target, call, scope, depth)
        return self._reading.origins.result(function, given, depth - 1, asked=self._reading.asked)

    def _constructed(self, cls: ClassValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        """The new instance, and what it keeps of its arguments."""
        instance: Values = frozenset({InstanceValue(cls.module, cls.qualname)})
        init = self._initialiser(cls)
        lineage = self._reading.inference.classes.lineage(cls.qualified)
        if any(base.startswith("enum.") for base in lineage):
            return instance
        if init is None:
            fields = {
                name: (annotation, where)
                for name, annotation, where in self._reading.types.fields(cls.qualified)
            }
            kept: set[Value] = set()
            for arg in call.args:
                held = self._reading.of(arg.value, scope, depth - 1)
                if arg.keyword is None:
                    kept |= held
                elif arg.keyword in fields:
                    kept |= self._declared(*fields[arg.keyword], held)
            return instance | kept
        bound = bind(call, init.params, given=1)
        stored = stored_parameters(init)
        parts = [value for name, value in bound.by_name.items() if name in stored]
        return instance | self._reading.union(tuple(parts), scope, depth)

    def _declared(self, annotation: ir.Expr | None, where: Scope, held: Values) -> Values:
        """What a value holds, by itself and by what the parameter or field it is given to is declared to be."""
        declared = self._reading.types.of(annotation, where, asked=self._reading.asked)
        if UNKNOWN in declared:
            return held
        if UNKNOWN in held:
            return (held - ANYTHING) | declared
        hierarchy = self._reading.inference.classes
        names = {type_name(value) for value in declared}
        if any(name.startswith(("typing.", "collections.")) or hierarchy.is_protocol(name) for name in names):
            return held
        # One part of a tuple that was taken apart: only what fits the declaration can be meant.
        return frozenset(
            v for v in held if not names.isdisjoint(hierarchy.lineage(type_name(v)) or {type_name(v)})
        )

    def _initialiser(self, cls: ClassValue) -> Scope | None:
        for value in self._reading.inference.member(cls, "__init__"):
            if isinstance(value, FunctionValue):
                return self._reading.inference.scope(value)
        return None

    def _external(self, name: str, call: ir.Call, scope: Scope, depth: int) -> Values:
        last = name.rpartition(".")[2]
        arguments = tuple(all_arguments(call))
        if name in GIVES_ITS_ARGUMENTS:
            return self._reading.union(arguments, scope, depth)
        if builds_statement(name) or (last == "aliased" and name.startswith(DATABASE)):
            asks = self._reading.asked and last in ("select", "aliased")
            return self.entities(arguments, scope, depth) if asks else NOTHING
        if name in APPLIES and arguments:
            return self._applied(arguments[0], arguments[1:], scope, depth)
        if name == "builtins.getattr" and len(arguments) > 1:
            picked = arguments[1]
            return (
                self._reading.of(ir.Attr(arguments[0], picked.value), scope, depth)
                if isinstance(picked, ir.Str)
                else ANYTHING
            )
        if name in ("typing.cast", "typing_extensions.cast") and len(arguments) == 2:
            return self._reading.types.of(arguments[0], scope) | self._reading.of(
                arguments[1], scope, depth - 1
            )
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
            # What else is given are parameters of the statement; they are no part of its rows.
            asked_for = arguments if func.name == "query" else arguments[:1]
            found |= self._reading.running.results.entities(asked_for, scope, depth)
        elif func.name in ADDS:
            found |= self.entities(arguments, scope, depth) if self._reading.asked else NOTHING
        elif func.name in ("get", "pop", "setdefault"):
            found |= self._reading.union(arguments[1:], scope, depth)
        if func.name in HANDS_ON:
            # A session gives rows and is none itself.
            found |= {
                v for v in self._reading.of(func.value, scope, depth - 1) if not self._is_of_the_database(v)
            }
        return frozenset(found)

    def _applied(self, function: ir.Expr, arguments: tuple[ir.Expr, ...], scope: Scope, depth: int) -> Values:
        given = [self._reading.of(argument, scope, depth - 1) for argument in arguments]
        if isinstance(function, ir.Lambda):
            inside = {
                param.name: given[position] if position < len(given) else NOTHING
                for position, param in enumerate(function.params)
            }
            return self._reading.knowing(inside).of(function.body, scope, depth - 1)
        found: set[Value] = set()
        for value in self._reading.inference.evaluate(function, scope):
            target = self._reading.inference.scope(value) if isinstance(value, FunctionValue) else None
            if isinstance(value, ClassValue):
                found |= {InstanceValue(value.module, value.qualname)}
            elif isinstance(value, FunctionValue) and target is not None:
                names = [p.name for p in target.params[1 if value.bound else 0 :]]
                # run_sync gives the session first; what is known of the rest follows.
                shift = max(0, min(len(names) - len(given), 1))
                env = dict(zip(names[shift:], given, strict=False))
                found |= self._reading.origins.result(value, env, depth - 1)
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _unknown_callee(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        made = constant_of(call.func, scope)
        if isinstance(made, ir.Lambda) and all(a.keyword is None and not a.star for a in call.args):
            return self._applied(made, tuple(all_arguments(call)), scope, depth)
        found: set[Value] = {UNKNOWN}
        if isinstance(call.func, ir.Attr):
            found |= self._method(call, call.func, tuple(all_arguments(call)), scope, depth)
        return frozenset(found)

    def _is_class(self, expr: ir.Expr, scope: Scope) -> bool:
        return any(isinstance(v, ClassValue) for v in self._reading.inference.evaluate(expr, scope))

    def _is_of_the_database(self, value: Value) -> bool:
        """Whether a value is a session, a result or the like, or an own kind of one."""
        if isinstance(value, InstanceValue):
            lineage = self._reading.inference.classes.lineage(value.cls.qualified)
            return any(
                base.startswith(DATABASE) and base.endswith(("Session", "Connection")) for base in lineage
            )
        return isinstance(value, ExternalInstance) and value.name.startswith(DATABASE)
