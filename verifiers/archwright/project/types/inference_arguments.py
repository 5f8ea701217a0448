"""What parameters without an annotation are given, for functions whose every call is known and gives the same.

Where calls give different things, None aside, what the function does with them is not what it does for each of its callers:
that stays unknown. Every call is known of functions that are private by their name or stand in another function, that are under
no decorator that may call them, and that are only ever called: one that is handed on as a value, named in a text, or called on
something unknown may be given anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archwright.facts import ir
from archwright.facts.walk import walk, walk_own
from archwright.project.code import CodeIndex, Scope
from archwright.project.substitution import bind_arguments
from archwright.project.types.values import ANYTHING, NOTHING, UNKNOWN, FunctionValue, Values

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference

_PLAIN = frozenset({"staticmethod", "classmethod", "contextmanager", "asynccontextmanager"})
"""Decorators under which a function is given what it is called with."""


class _Reference(NamedTuple):
    """A place where something is named."""

    scope: Scope
    node: Any
    """The call of it, or what names it otherwise."""


class _GivenTo(NamedTuple):
    """A call of one function."""

    scope: Scope
    call: ir.Call
    callee: FunctionValue


_Calls = tuple[_GivenTo, ...]
"""All calls of a function; none where they are not all known."""


class GivenArguments:
    """Finds what parameters are given."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        reads = inference.project.reads
        self._reads = reads
        self._named: dict[str, dict[str, list[_Reference]]] = reads.table("what is named")
        self._calls: dict[tuple[str, str], _Calls] = reads.table("calls of private functions")

    def of(self, param: ir.Param, scope: Scope, depth: int) -> Values:
        """The values *param* of the function *scope* may have."""
        if not _is_private(scope) or depth <= 0:
            return ANYTHING
        key = (scope.module, scope.qualname)
        calls = self._inference.answer(self._calls, key, lambda: self._calls_of(scope), ())
        if all(given.scope is scope for given in calls):
            return ANYTHING  # nobody calls it, or not everybody is known
        found: set[Values] = set()
        for given in calls:
            expr = bind_arguments(given.call, scope, given.callee).get(param.name)
            found.add(ANYTHING if expr is None else self._inference.evaluate(expr, given.scope, depth - 1))
        found.discard(NOTHING)
        return ANYTHING if len(found) > 1 else next(iter(found), NOTHING)

    def _calls_of(self, scope: Scope) -> _Calls:
        name = scope.qualname.split("#")[0].rpartition(".")[2]
        nested = scope.parent is not None and scope.parent.kind == "function"
        modules = [scope.module] if nested else self._inference.project.mentioning([name])
        found: list[_GivenTo] = []
        for module in modules:
            for reference in self._references(module).get(name, ()):
                func = reference.node.func if isinstance(reference.node, ir.Call) else reference.node
                if not isinstance(func, ir.Name | ir.Attr):
                    return ()
                values = self._inference.evaluate(func, reference.scope)
                meant = [v for v in values if isinstance(v, FunctionValue) and _is(v, scope)]
                if not values or (UNKNOWN in values and not meant):
                    return ()
                if meant and not isinstance(reference.node, ir.Call):
                    return ()
                found += (_GivenTo(reference.scope, reference.node, value) for value in meant)
        return tuple(found)

    def _references(self, module: str) -> dict[str, list[_Reference]]:
        known = self._named.get(module)
        if known is None:
            index = self._inference.index(module)
            known = self._reads.made(self._named, module, lambda: _read(index))
        return known


def _is_private(scope: Scope) -> bool:
    if scope.kind != "function" or not isinstance(scope.node, ir.FunctionDef):
        return False
    name = scope.node.name
    if scope.parent is not None and scope.parent.kind == "function":
        private = True
    else:
        private = name.startswith("_") and not name.endswith("__")
    words = ((ir.dotted(d) or ".").rpartition(".")[2] for d in scope.node.decorators)
    return private and all(word in _PLAIN for word in words)


def _is(value: FunctionValue, scope: Scope) -> bool:
    return value.module == scope.module and value.qualname == scope.qualname


def _read(index: CodeIndex) -> dict[str, list[_Reference]]:
    """Everything a module names, by the last word: calls of it, and other uses; texts and new names for imports count as those."""
    found: dict[str, list[_Reference]] = {}
    for scope in index.executed():
        called: set[int] = set()
        for node in walk_own(scope.body):
            named: list[tuple[str, Any]] = []
            if isinstance(node, ir.Lambda):
                # What it gives depends on what it is given.
                named = [(_last_word(n), n) for n in walk(node.body) if isinstance(n, ir.Name | ir.Attr)]
            elif isinstance(node, ir.Call) and isinstance(node.func, ir.Name | ir.Attr):
                called.add(id(node.func))
                named = [(_last_word(node.func), node)]
            elif isinstance(node, ir.Name | ir.Attr):
                named = [] if id(node) in called else [(_last_word(node), node)]
            elif isinstance(node, ir.Str):
                named = [(node.value.rpartition(".")[2], node)]
            elif isinstance(node, ir.ImportFrom):
                named = [
                    (alias.name, alias) for alias in node.names if alias.asname not in (None, alias.name)
                ]
            for word, place in named:
                found.setdefault(word, []).append(_Reference(scope, place))
    return found


def _last_word(expr: ir.Name | ir.Attr) -> str:
    return expr.id if isinstance(expr, ir.Name) else expr.name
