"""What calls give: instances, what functions return or yield, what entering a context manager binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope
from archwright.project.types.annotations import CALLABLES, HOLDERS, ITERATED, MAPPINGS, SEQUENCES, TUPLES
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
    from archwright.project.types.inference import Inference

_CONTAINERS = SEQUENCES | MAPPINGS | TUPLES | HOLDERS
_ENTERING = frozenset(
    {"contextlib.ExitStack.enter_context", "contextlib.AsyncExitStack.enter_async_context"}
    | {"contextlib.AsyncExitStack.enter_context"}
)
_PICKING = frozenset({"builtins.next", "builtins.anext", "builtins.min", "builtins.max"})
_FIRST = frozenset(
    {"functools.partial", "functools.partialmethod", "types.MethodType", "builtins.staticmethod"}
    | {"builtins.classmethod", "functools.cache", "weakref.WeakMethod", "functools.update_wrapper"}
    | {"copy.copy", "copy.deepcopy", "copy.replace", "dataclasses.replace", "weakref.proxy"}
    | {"contextlib.closing", "contextlib.aclosing", "contextlib.nullcontext"}
    | {"typing.assert_type", "typing.reveal_type", "inspect.unwrap"}
)
"""Calls that give their first argument again: with some of its parameters filled in, wrapped, or a copy of it."""


class CallResults:
    """Follows calls."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        reads = inference.project.reads
        self._reads = reads
        self._returns: dict[tuple[str, str], Values] = reads.table("returned")
        self._yields: dict[tuple[str, str], Values] = reads.table("yielded")

    def of(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        """What *call* gives, once awaited."""
        inference = self._inference
        written = inference.reflection.written_out(call, scope, depth)
        if written:
            return written
        found: set[Value] = set()
        for value in inference.evaluate(call.func, scope, depth - 1):
            if isinstance(value, ClassValue):
                found.add(InstanceValue(value.module, value.qualname))
            elif isinstance(value, FunctionValue):
                told = inference.generics.returned(value, call, scope, depth - 1)
                found |= told or self.returned(value, depth - 1)
            elif isinstance(value, InstanceValue):
                for method in inference.members.of_class(value.cls, "__call__", depth - 1, instance=True):
                    found |= (
                        self.returned(method, depth - 1) if isinstance(method, FunctionValue) else ANYTHING
                    )
            elif isinstance(value, ExternalValue):
                found |= self._external(value, call, scope, depth)
            elif isinstance(value, ExternalInstance) and value.name in CALLABLES:
                found |= inference.containers.called(call, scope, depth) or ANYTHING
            elif isinstance(value, ExternalInstance) and value.name == "operator.attrgetter":
                found |= inference.reflection.got(call, scope, depth) or ANYTHING
            elif isinstance(value, ExternalInstance):
                found.add(ExternalInstance(f"{value.name}.__call__"))
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def _external(self, callee: ExternalValue, call: ir.Call, scope: Scope, depth: int) -> Values:
        inference = self._inference
        positional = [arg.value for arg in call.args if not arg.keyword and not arg.star]
        if callee.name in _FIRST and positional:
            return inference.evaluate(positional[0], scope, depth - 1)
        if callee.name in ("typing.cast", "typing_extensions.cast") and len(positional) == 2:
            return inference.annotations.of(positional[0], scope, depth - 1)
        looked_up = inference.reflection.looked_up(callee.name, call, scope, depth)
        if looked_up:
            return looked_up
        if callee.name in _ENTERING and positional:
            return self.entered(positional[0], scope, depth)
        if callee.name == "builtins.type" and len(positional) == 1:
            instances = inference.evaluate(positional[0], scope, depth - 1)
            return frozenset(class_of(value) for value in instances)
        if callee.name in ("builtins.type", "types.new_class"):
            return ANYTHING  # a class made of parts
        if callee.name in _PICKING or callee.name.rpartition(".")[0] in _CONTAINERS:
            return inference.containers.called(call, scope, depth) or frozenset(
                {ExternalInstance(callee.name)}
            )
        return frozenset({ExternalInstance(callee.name)})

    def returned(self, function: FunctionValue, depth: int) -> Values:
        """What calling *function* gives, once awaited: by its return annotation, else by what it returns."""
        scope = self._inference.scope(function)
        if scope is None or not isinstance(scope.node, ir.FunctionDef):
            return ANYTHING
        if depth <= 0:
            self._inference.cuts += 1
            return ANYTHING
        node = scope.node
        if function.receiver:
            found = self._inference.generics.instances(node.returns, scope, function.receiver, depth)
            if found:
                return found
        key = (function.module, function.qualname)
        return self._inference.answer(
            self._returns, key, lambda: self._read_returned(scope, node, depth), NOTHING
        )

    def _read_returned(self, scope: Scope, node: ir.FunctionDef, depth: int) -> Values:
        self._reads.note("code", scope.module)
        if node.returns is not None:
            declared = self._inference.annotations.of(node.returns, scope, depth - 1)
            if UNKNOWN not in declared:
                return declared
        values: set[Value] = set()
        for inner in walk_own(node.body):
            if isinstance(inner, ir.Yield):
                return ANYTHING
            if isinstance(inner, ir.Return) and inner.value is not None:
                values |= self._inference.evaluate(inner.value, scope, depth - 1)
        return frozenset(values)

    def yielded(self, scope: Scope, depth: int) -> Values:
        """What the generator function *scope* yields: by its return annotation, else by what stands behind ``yield``."""
        node = scope.node
        declared = self._inference.annotations.yielded(
            node.returns if isinstance(node, ir.FunctionDef) else None, scope, depth
        )
        if UNKNOWN not in declared:
            return declared
        key = (scope.module, scope.qualname)
        return self._inference.answer(self._yields, key, lambda: self._read_yielded(scope, depth), NOTHING)

    def _read_yielded(self, scope: Scope, depth: int) -> Values:
        self._reads.note("code", scope.module)
        values: set[Value] = set()
        for inner in walk_own(scope.body):
            if isinstance(inner, ir.Yield):
                if inner.is_from:
                    return ANYTHING
                values |= (
                    self._inference.evaluate(inner.value, scope, depth - 1)
                    if inner.value is not None
                    else NOTHING
                )
        return frozenset(values)

    def _manager(self, value: Value) -> Scope | None:
        """The generator function that is made a context manager, where *value* is one."""
        inner = self._inference.scope(value) if isinstance(value, FunctionValue) else None
        if inner is None or not (inner.decorated("contextmanager") or inner.decorated("asynccontextmanager")):
            return None
        return inner

    def entered(self, expr: ir.Expr, scope: Scope, depth: int) -> Values:
        """What ``with expr as name`` binds."""
        inference = self._inference
        if isinstance(expr, ir.Call):
            called = inference.evaluate(expr.func, scope, depth - 1)
            managers = [self._manager(value) for value in called]
            if managers and None not in managers:
                return frozenset().union(*(self.yielded(m, depth) for m in managers if m is not None))
            for value, inner in zip(called, managers, strict=True):
                if inner is not None:
                    return self.yielded(inner, depth) | ANYTHING
                if isinstance(value, ExternalValue) and value.name in _FIRST and expr.args:
                    return inference.evaluate(expr.args[0].value, scope, depth - 1)
        found: set[Value] = set()
        for value in inference.evaluate(expr, scope, depth - 1):
            if isinstance(value, InstanceValue):
                entered: Values = NOTHING
                for enter in ("__enter__", "__aenter__"):
                    if inference.members.find(value.cls.qualified, enter):
                        for method in inference.members.of_class(value.cls, enter, depth - 1, instance=True):
                            entered |= (
                                self.returned(method, depth - 1)
                                if isinstance(method, FunctionValue)
                                else ANYTHING
                            )
                found |= entered or ANYTHING
            elif isinstance(value, ExternalInstance) and value.name in ITERATED:
                found |= inference.containers.entered(expr, scope, depth)
            elif isinstance(value, ExternalInstance):
                # The convention of files, sessions, clients and transactions: entering gives the object itself.
                found.add(value)
            else:
                found.add(UNKNOWN)
        return frozenset(found)


def class_of(value: Value) -> Value:
    """What ``type(value)`` is."""
    if isinstance(value, InstanceValue):
        return value.cls
    return ExternalValue(value.name) if isinstance(value, ExternalInstance) else UNKNOWN
