"""What decorators make run: where a definition stands, and around every call of what they are put on."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.effects.edges import Edges
from archwright.project.types.inference import Inference
from archwright.project.types.values import ClassValue, ExternalValue, FunctionValue, InstanceValue, Value

_DISPATCHING = ("singledispatch", "singledispatchmethod")
_REGISTERING = frozenset({"atexit.register"})
"""Decorators of other packages that have the function run by itself later on."""
_MANAGERS = ("contextmanager", "asynccontextmanager")
_MANAGING = ("__enter__", "__exit__", "__aenter__", "__aexit__")


class Decorators:
    """Reads the decorators of one body."""

    def __init__(self, inference: Inference, scope: Scope, edges: Edges) -> None:
        self._inference = inference
        self._scope = scope
        self._edges = edges

    def applied(self, node: ir.FunctionDef | ir.ClassDef) -> None:
        """Decorators run where the definition stands; ``@made(…)`` calls what the call gives with the definition."""
        for decorator in node.decorators:
            for value in self._values(decorator, self._scope):
                if isinstance(value, FunctionValue | ClassValue | InstanceValue):
                    self._edges.value(value, node.at, "calls")
                elif isinstance(value, ExternalValue) and value.name in _REGISTERING:
                    inner = self._inference.index(self._scope.module).by_node.get(id(node))
                    if inner is not None:
                        self._edges.add(inner.module, inner.qualname, "passes on", node.at)

    def around(self) -> Iterator[tuple[str, ir.Span]]:
        """What is wrapped around this function runs whenever it is called; gives the wrappers of other packages by name."""
        node, parent = self._scope.node, self._scope.parent
        if not isinstance(node, ir.FunctionDef) or parent is None:
            return
        for decorator in node.decorators:
            expr = decorator.func if isinstance(decorator, ir.Call) else decorator
            for value in self._values(expr, parent):
                if isinstance(value, ExternalValue):
                    yield value.name, node.at
                else:
                    self._wrap(value, node, called=isinstance(decorator, ir.Call))
        self._wrapped_by_class(node)
        if any(self._scope.decorated(name) for name in _DISPATCHING):
            self._registered(node)

    def _wrap(self, value: Value, node: ir.FunctionDef, *, called: bool) -> None:
        if isinstance(value, FunctionValue):
            inner = self._inference.scope(value)
            if inner is not None and any(inner.decorated(name) for name in _MANAGERS):
                self._edges.add(value.module, value.qualname, "is wrapped by", node.at)
            for module, qualname in self._wrappers(value):
                self._edges.add(module, qualname, "is wrapped by", node.at)
        elif isinstance(value, ClassValue | InstanceValue):
            made = InstanceValue(value.module, value.qualname)
            self._edges.methods(made, "__call__", "is wrapped by", node.at)
            if called or isinstance(value, InstanceValue):
                # An object that is called with the function: what its method returns takes the function's place.
                for method in sorted(self._inference.member(made, "__call__"), key=repr):
                    for module, qualname in (
                        self._wrappers(method) if isinstance(method, FunctionValue) else ()
                    ):
                        self._edges.add(module, qualname, "is wrapped by", node.at)
            if not any(isinstance(m, FunctionValue) for m in self._inference.member(made, "__call__")):
                for name in _MANAGING:  # a context manager that is a decorator, too
                    self._edges.methods(made, name, "is wrapped by", node.at)

    def _wrappers(self, decorator: FunctionValue) -> Iterator[tuple[str, str]]:
        """The functions inside *decorator*, what it returns in place of a function, and the functions beside that."""
        pending, seen = [decorator], {decorator.qualified}
        while pending:
            current = pending.pop()
            inside = f"{current.qualname}."
            for qualname in self._inference.index(current.module).scopes:
                if qualname.startswith(inside):
                    yield current.module, qualname
            for made in sorted(self._inference.returned(current), key=repr):
                if isinstance(made, InstanceValue):
                    for method in sorted(self._inference.member(made, "__call__"), key=repr):
                        if isinstance(method, FunctionValue):
                            yield method.module, method.qualname
                if not isinstance(made, FunctionValue) or (
                    made.qualname.startswith(inside) and "<lambda>" not in made.qualname
                ):
                    continue
                yield made.module, made.qualname
                maker = made.qualname.rpartition(".")[0] or made.qualname
                target = FunctionValue(made.module, maker)
                if target.qualified not in seen:
                    seen.add(target.qualified)
                    pending.append(target)

    def _wrapped_by_class(self, node: ir.FunctionDef) -> None:
        """A function of this code base that is put on a class may put any of its inner functions in the place of a method."""
        owner = self._scope.owner
        if owner is None or owner.node is None or owner.parent is None:
            return
        for decorator in owner.node.decorators:
            expr = decorator.func if isinstance(decorator, ir.Call) else decorator
            for value in self._values(expr, owner.parent):
                for module, qualname in self._wrappers(value) if isinstance(value, FunctionValue) else ():
                    target = self._inference.index(module).function(qualname)
                    if target is not None and target.kind == "function":
                        self._edges.add(module, qualname, "is wrapped by", node.at, certain=False)

    def _registered(self, node: ir.FunctionDef) -> None:
        """The implementations of a generic function: ``@show.register``."""
        project = self._inference.project
        own = (self._scope.module, self._scope.qualname)
        for module in project.mentioning(["register", node.name]):
            for scope in self._inference.index(module).functions():
                for decorator in scope.node.decorators if scope.node is not None else ():
                    expr = decorator.func if isinstance(decorator, ir.Call) else decorator
                    if not isinstance(expr, ir.Attr) or expr.name != "register" or scope.parent is None:
                        continue
                    for value in self._values(expr.value, scope.parent):
                        if isinstance(value, FunctionValue) and (value.module, value.qualname) == own:
                            self._edges.add(scope.module, scope.qualname, "calls", node.at)

    def _values(self, expr: ir.Expr, scope: Scope) -> list[Value]:
        return sorted(self._inference.evaluate(expr, scope), key=repr)
