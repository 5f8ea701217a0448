"""Calls that make a container from another, or take something out of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope
from archwright.project.types.annotations import CALLABLES
from archwright.project.types.containers.things import (
    UNTOLD,
    Anything,
    Declared,
    Gives,
    Mapping,
    Row,
    Several,
    Thing,
    Things,
    Written,
)
from archwright.project.types.values import ExternalInstance, FunctionValue, external_names

_SAME = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "aiter", "deque"})
"""Calls that give the elements of their first argument, in whatever order."""
_STEPS = frozenset({"next", "anext"})
"""Calls that give one element of their first argument, or else their second."""
_LEAST = frozenset({"min", "max"})
"""Calls that give one element of their only argument, or one of several."""
_PICKED_BY = frozenset({"get", "pop", "popleft", "setdefault"})
_VIEWS = frozenset({"items", "keys", "popitem", "values"})
_JOINS = frozenset({"difference", "intersection", "symmetric_difference", "union"})

if TYPE_CHECKING:
    from archwright.project.types.containers.containers import Containers
    from archwright.project.types.inference import Inference


class ContainerCalls:
    """Follows calls."""

    def __init__(self, containers: Containers, inference: Inference) -> None:
        self._containers = containers
        self._inference = inference

    def taken(self, call: ir.Call, scope: Scope, depth: int) -> Things:
        """What a call gives that makes a container from another, or takes something out of one; empty for other calls."""
        callees = self._inference.evaluate(call.func, scope, depth - 1)
        if any(isinstance(value, ExternalInstance) and value.name in CALLABLES for value in callees):
            declared = self._containers.opened((Written(call.func, scope),), depth)
            return tuple(thing for one in declared if isinstance(one, Gives) for thing in one.result)
        functions = [value for value in callees if isinstance(value, FunctionValue)]
        if functions:
            return tuple(dict.fromkeys(thing for f in functions for thing in self._returned(f)))
        if isinstance(call.func, ir.Attr):
            return self._method(call.func, call, scope, depth)
        return self._builtin(external_names(callees), call, scope, depth)

    def _method(self, func: ir.Attr, call: ir.Call, scope: Scope, depth: int) -> Things:
        owner: Things = (Written(func.value, scope),)
        if func.name == "copy":
            return self._containers.opened(owner, depth)
        if func.name in _JOINS:
            others = tuple(Written(arg.value, scope) for arg in call.args)
            return (Several(self._containers.iterated((*owner, *others), depth)),)
        if func.name in _PICKED_BY:
            key = call.args[0].value if call.args else ir.Const("None")
            default = tuple(Written(arg.value, scope) for arg in call.args[1:2])
            return self._containers.picked(owner, key, depth) + default
        if func.name not in _VIEWS:
            return ()
        found: list[Thing] = []
        for container in self._containers.opened(owner, depth):
            if not isinstance(container, Mapping):
                found.append(Anything())
            elif func.name in ("items", "popitem"):
                pair = Row((container.keys, container.all_values()))
                found.append(Several((pair,)) if func.name == "items" else pair)
            else:
                found.append(Several(container.keys if func.name == "keys" else container.all_values()))
        return tuple(found)

    def _builtin(self, names: Iterable[str], call: ir.Call, scope: Scope, depth: int) -> Things:
        given = [Written(arg.value, scope) for arg in call.args if not arg.keyword and not arg.star]
        found: list[Thing] = []
        for name in names:
            word = name.rpartition(".")[2]
            if not given or not name.startswith(("builtins.", "collections.", "itertools.")):
                continue
            if word in _SAME:
                found.append(Several(self._containers.iterated((given[0],), depth)))
            elif word == "dict":
                found += self._containers.opened((given[0],), depth)
            elif word in _STEPS:
                found += (*self._containers.iterated((given[0],), depth), *given[1:])
            elif word in _LEAST:
                found += self._containers.iterated((given[0],), depth) if len(given) < 2 else given
            elif word == "enumerate":
                found.append(Several((Row((UNTOLD, self._containers.iterated((given[0],), depth))),)))
            elif word in ("zip", "product"):
                parts = tuple(self._containers.iterated((thing,), depth) for thing in given)
                found.append(Several((Row(parts),)))
            elif word == "chain":
                found.append(Several(self._containers.iterated(tuple(given), depth)))
            elif word in ("filter", "map") and len(given) == 2:
                element = self._containers.iterated((given[1],), depth) if word == "filter" else UNTOLD
                found.append(Several(element))
        return tuple(found)

    def _returned(self, function: FunctionValue) -> Things:
        scope = self._inference.scope(function)
        if scope is None or not isinstance(scope.node, ir.FunctionDef):
            return UNTOLD
        if scope.node.returns is not None:
            return (Declared(scope.node.returns, scope),)
        nodes = list(walk_own(scope.body))
        yields = [node for node in nodes if isinstance(node, ir.Yield)]
        if yields:
            element: Things = tuple(Written(y.value, scope) for y in yields if y.value and not y.is_from)
            return (Several(element or UNTOLD),)
        given = (node.value for node in nodes if isinstance(node, ir.Return))
        return tuple(Written(value, scope) for value in given if value is not None) or UNTOLD
