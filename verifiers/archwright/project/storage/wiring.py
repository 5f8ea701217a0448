"""What a function does with tables, helpers included: its own accesses and those of everything it calls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope, own_nodes
from archwright.project.storage.access import Access
from archwright.project.types.inference import Inference
from archwright.project.types.values import ClassValue, FunctionValue, InstanceValue, Value

if TYPE_CHECKING:
    from archwright.project.storage.storage import Storage

_MAX_FUNCTIONS = 400


class Wiring:
    """Closures over the call graph."""

    def __init__(self, inference: Inference, storage: Storage) -> None:
        self._inference = inference
        self._storage = storage
        self._touching = frozenset(storage.touching)

    def of(self, function: Scope) -> list[Access]:
        """The accesses of *function* and of all it calls, or hands on to be called; recursion ends.

        Of what a helper writes for its callers, only what those among them hand on that *function* leads to.
        """
        found: list[Access] = []
        seen = {(function.module, function.qualname)}
        pending = [function]
        while pending and len(seen) < _MAX_FUNCTIONS:
            scope = pending.pop()
            found += self._own(scope)
            for callee in self._callees(scope):
                key = (callee.module, callee.qualname)
                if key not in seen:
                    seen.add(key)
                    pending.append(callee)
        start = function.qualified.split("#")[0]
        reached = {f"{module}.{qualname}".split("#")[0] for module, qualname in seen}
        return [a for a in dict.fromkeys(found) if _led_to(a, start, reached)]

    def _own(self, scope: Scope) -> Iterator[Access]:
        if scope.module not in self._touching:
            return
        owner = scope.qualified.split("#")[0]
        nested = f"{owner}."
        for access in self._storage.accesses(scope.module):
            if access.owner == owner or access.owner.startswith(nested):
                yield access
        names = self._inference.project.names
        for node in own_nodes(scope.body):
            if isinstance(node, ir.Name) and node.id not in scope.names.bound:
                resolved = names.resolve_in(scope.module, node.id)
                if resolved is None or resolved.kind != "symbol" or resolved.module not in self._touching:
                    continue
                for access in self._storage.accesses(resolved.module):
                    if access.variable == resolved.symbol:
                        yield access

    def _callees(self, scope: Scope) -> Iterator[Scope]:
        for node in own_nodes(scope.body):
            if isinstance(node, ir.Call):
                values = list(self._inference.callees(node, scope))
                for arg in node.args:
                    if isinstance(arg.value, ir.Name | ir.Attr):
                        values += [
                            v
                            for v in self._inference.evaluate(arg.value, scope)
                            if isinstance(v, FunctionValue)
                        ]
                for value in values:
                    yield from self._body(value)
            elif isinstance(node, ir.Attr):
                for value in self._inference.evaluate(node.value, scope):
                    if isinstance(value, InstanceValue):
                        prop = self._inference.property_of(value, node.name)
                        if prop is not None:
                            yield prop

    def _body(self, value: Value) -> Iterator[Scope]:
        if isinstance(value, FunctionValue):
            scope = self._inference.scope(value)
            if scope is not None:
                yield scope
        elif isinstance(value, ClassValue):
            scope = self._inference.scope(FunctionValue(value.module, f"{value.qualname}.__init__"))
            if scope is not None:
                yield scope


def _led_to(access: Access, start: str, reached: set[str]) -> bool:
    """Whether the calls that decide what an access writes are among those made on behalf of *start*."""
    for callee, caller in pairwise((access.owner, *access.handed_by)):
        if _within(callee, start):
            return True
        if not any(_within(caller, name) for name in reached):
            return False
    return True


def _within(name: str, function: str) -> bool:
    """Whether *name* is *function*, or a function defined in it."""
    return name == function or name.startswith(f"{function}.")
