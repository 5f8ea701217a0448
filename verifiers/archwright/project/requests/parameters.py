"""Where following begins: functions that serve requests, with what a client sends."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.heap import Entry, Object
from archwright.project.execution.machine import Machine
from archwright.project.execution.roots import declared_parameters
from archwright.project.execution.trace import Replacement, Trace
from archwright.project.execution.values import Class, Function, Ref, Token, Unknown, Value, union
from archwright.project.types.annotations import parse_annotation
from archwright.project.types.values import ClassValue, ExternalValue, FunctionValue, InstanceValue

_INJECTORS = frozenset({"Depends", "Security"})
_DEPTH = 6


class Requests:
    """What the parameters of functions that serve requests are, when *name* is the parameter to follow."""

    def __init__(self, machine: Machine, name: str) -> None:
        self._machine = machine
        self._name = name
        self._inference = machine.inference
        self.replace: Replacement | None = None
        """What functions give that are not to be followed, where something injected calls them."""
        machine.inferred.sent_field = self.sent_field

    def parameters(self, scope: Scope, store: dict[int, Object], depth: int = _DEPTH) -> dict[str, Value]:
        """The parameters of the root *scope*: the one followed, models that contain it, what is injected, and others."""
        found = declared_parameters(self._machine, scope, store)
        for param in scope.params:
            injected = self._injected(param, scope)
            if injected is not None and depth and self._leads(injected, depth):
                found[param.name] = self._provided(injected, store, depth)
            elif injected is None and param.name == self._name and not self._models(param, scope):
                found[param.name] = (Token(self._name, raw=True),)
            else:
                models = self._models(param, scope)
                if models:
                    found[param.name] = tuple(self.sent(cls, store) for cls in models)
        return found

    def sent(self, cls: ClassValue, store: dict[int, Object]) -> Ref:
        """An object that comes with the request."""
        return self._machine.opened(Class(cls.module, cls.qualname), store, sent=True)

    def sent_field(self, cls: str, name: str) -> Value:
        """What a field of such an object is; empty for nothing in particular."""
        followed = name == self._name and name in self._machine.data.declared(cls)
        return (Token(name, raw=True),) if followed else ()

    def accepts(self, scope: Scope, depth: int = _DEPTH) -> bool:
        """Whether the parameter followed is among what a client can send."""
        for param in scope.params:
            injected = self._injected(param, scope)
            if injected is not None and depth and self._leads(injected, depth):
                return True
            # What is injected may be read from the request by hand: then its type says what is in it.
            if self._models(param, scope) or (injected is None and param.name == self._name):
                return True
        return False

    # --- injected values ---

    def _provided(self, provider: FunctionValue | ClassValue, store: dict[int, Object], depth: int) -> Value:
        machine = self._machine
        if isinstance(provider, ClassValue):
            return (self.sent(provider, store),)
        scope = self._inference.scope(provider)
        if scope is None:
            return (Unknown(f"what `{provider.qualified}` provides"),)
        names = self.parameters(scope, store, depth - 1)
        args = Arguments(keywords={param: Entry(value) for param, value in names.items()})
        function = Function(provider.module, provider.qualname)
        given = machine.call((function,), args, scope, Trace(machine.base, self.replace), store)
        found: list[Value] = []
        for one in given:
            made = store.get(one.loc) if isinstance(one, Ref) else None
            # A generator provides what it yields.
            found.append(made.any_item if made is not None and made.kind == "generator" else (one,))
        return union(*found)

    def _leads(self, provider: FunctionValue | ClassValue, depth: int) -> bool:
        """Whether what is injected takes the parameter followed from the request."""
        if isinstance(provider, ClassValue):
            return self._name in self._machine.data.declared(provider.qualified) or self._by_init(provider)
        scope = self._inference.scope(provider)
        return scope is not None and self.accepts(scope, depth - 1)

    def _by_init(self, cls: ClassValue) -> bool:
        constructor = self._machine.members.constructor(cls.qualified)
        return constructor is not None and any(p.name == self._name for p in constructor.params)

    def _injected(self, param: ir.Param, scope: Scope) -> FunctionValue | ClassValue | None:
        """The function behind ``Depends(f)``, as a default, in ``Annotated`` or behind an alias."""
        for injector, where in self._injectors(param, scope):
            if injector.args:
                target = injector.args[0].value
                for value in sorted(self._inference.evaluate(target, where), key=repr):
                    if isinstance(value, FunctionValue | ClassValue):
                        return value
        return None

    def _injectors(self, param: ir.Param, scope: Scope) -> Iterator[tuple[ir.Call, Scope]]:
        """The calls of ``Depends`` that say what a parameter is."""
        for expr, where in self._markers(param, scope):
            if isinstance(expr, ir.Call) and self._injects(expr.func, where):
                yield expr, where

    def _injects(self, function: ir.Expr, scope: Scope) -> bool:
        """Whether *function* is ``Depends``, under whatever name it was imported."""
        if (ir.dotted(function) or "").rpartition(".")[2] in _INJECTORS:
            return True
        return any(
            isinstance(value, ExternalValue) and value.name.rpartition(".")[2] in _INJECTORS
            for value in self._inference.evaluate(function, scope)
        )

    def _markers(self, param: ir.Param, scope: Scope) -> Iterator[tuple[ir.Expr, Scope]]:
        where = scope.parent or scope
        if param.default is not None:
            yield param.default, where
        annotation = param.annotation
        if isinstance(annotation, ir.Str):
            annotation = parse_annotation(annotation.value)
        for _ in range(_DEPTH):
            if isinstance(annotation, ir.Subscript):
                for item in annotation.index[1:]:
                    yield item, where
                return
            alias = self._alias(annotation, where)
            if alias is None:
                return
            annotation, where = alias

    def _alias(self, expr: ir.Expr | None, scope: Scope) -> tuple[ir.Expr, Scope] | None:
        """The expression behind a name of module level that is assigned once."""
        name = ir.dotted(expr)
        found = self._inference.project.names.resolve_in(scope.module, name) if name else None
        if found is None or found.kind != "symbol" or not self._inference.project.has(found.module):
            return None
        root = self._inference.index(found.module).root
        value = root.names.only(found.symbol)
        return None if value is None else (value, root)

    def _models(self, param: ir.Param, scope: Scope) -> list[ClassValue]:
        """The classes a parameter may be of that have a field of the name followed."""
        values = self._inference.types(param.annotation, scope)
        classes = [v.cls for v in sorted(values, key=repr) if isinstance(v, InstanceValue)]
        return [cls for cls in classes if self._name in self._machine.data.declared(cls.qualified)]
