"""The keys of a dict that code puts together: literals, merges, dataclasses, helper functions and keyword arguments.

What a private function takes as ``**kwargs`` depends on who calls it, so keys come in parts, each with the calls that give them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import Scope, calls_in, own_nodes
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.types.inference import Inference
from archwright.project.types.values import ExternalValue, FunctionValue, InstanceValue

_DEPTH = 10
Column = Callable[[ir.Attr, Scope], tuple[Any, str] | None]
"""The column a ``Model.attribute`` used as a key names."""


class Part(msgspec.Struct, frozen=True):
    """Some keys of a dict, and on whose account it has them."""

    names: tuple[str, ...] | None
    """None when they cannot be told."""
    handed_by: tuple[str, ...] = ()
    """The functions whose calls hand them on, innermost first; empty for keys the dict has whoever calls."""


UNKNOWN = (Part(None),)


class Keys:
    """Answers for one code base."""

    def __init__(self, inference: Inference, evaluator: Evaluator, column: Column) -> None:
        self._inference = inference
        self._evaluator = evaluator
        self._column = column

    def of(self, expr: ir.Expr | None, scope: Scope, depth: int = _DEPTH) -> tuple[Part, ...]:
        """The keys of a dict, of the dicts in a list, or the strings in a list."""
        if expr is None or depth == 0:
            return UNKNOWN
        if isinstance(expr, ir.Name):
            return self._named(expr, scope, depth)
        if isinstance(expr, ir.Dict):
            return _joined(
                self.of(value, scope, depth - 1) if key is None else self._key(key, scope)
                for key, value in zip(expr.keys, expr.values, strict=True)
            )
        if isinstance(expr, ir.Seq):
            nested = (
                self.of(item, scope, depth - 1)
                if isinstance(item, ir.Dict | ir.Call)
                else self._key(item, scope)
                for item in expr.items
            )
            return _joined(nested) if expr.items else UNKNOWN
        if isinstance(expr, ir.Comp):
            if expr.kind == "dict":
                value = self._evaluator.evaluate(expr, Frame(scope))
                known = isinstance(value, dict) and all(isinstance(k, str) for k in value)
                return (Part(tuple(value)),) if known else UNKNOWN
            return self.of(expr.elt, scope, depth - 1) if isinstance(expr.elt, ir.Dict | ir.Call) else UNKNOWN
        if isinstance(expr, ir.BinOp) and expr.op == "|":
            return _joined((self.of(expr.left, scope, depth - 1), self.of(expr.right, scope, depth - 1)))
        if isinstance(expr, ir.Call):
            return self._called(expr, scope, depth)
        return UNKNOWN

    def _key(self, expr: ir.Expr, scope: Scope) -> tuple[Part, ...]:
        if isinstance(expr, ir.Attr):
            column = self._column(expr, scope)
            if column is not None:
                return (Part((column[1],)),)
        value = self._evaluator.evaluate(expr, Frame(scope))
        return (Part((value,)),) if isinstance(value, str) else UNKNOWN

    def _named(self, expr: ir.Name, scope: Scope, depth: int) -> tuple[Part, ...]:
        found = bindings_of(expr, scope)
        if len(found) != 1:
            return UNKNOWN
        how, where = found[0]
        if how.kind == "assign" and how.value is not None:
            return UNKNOWN if _grows(expr.id, where) else self.of(how.value, where, depth - 1)
        if how.kind == "param" and isinstance(how.node, ir.Param) and how.node.kind == "kwarg":
            return UNKNOWN if _grows(expr.id, where) else self._keywords(where, depth)
        return UNKNOWN

    def _called(self, call: ir.Call, scope: Scope, depth: int) -> tuple[Part, ...]:
        values = self._inference.callees(call, scope)
        names = {v.name for v in values if isinstance(v, ExternalValue)}
        if names == {"dataclasses.asdict"} and len(call.args) == 1:
            fields = self._fields(call.args[0].value, scope)
            return (Part(fields),)
        if names == {"builtins.dict"} and not any(a.star == 1 for a in call.args):
            return _joined(
                (Part((a.keyword,)),) if a.keyword else self.of(a.value, scope, depth - 1) for a in call.args
            )
        functions = [v for v in values if isinstance(v, FunctionValue)]
        inner = self._inference.scope(functions[0]) if len(functions) == len(values) == 1 else None
        if inner is None:
            return UNKNOWN
        returned = [n.value for n in _returns(inner)]
        return _joined(self.of(value, inner, depth - 1) for value in returned) if returned else UNKNOWN

    def _fields(self, expr: ir.Expr, scope: Scope) -> tuple[str, ...] | None:
        """The fields of the dataclass *expr* is an instance of."""
        values = self._inference.evaluate(expr, scope)
        classes = [v.cls.qualified for v in values if isinstance(v, InstanceValue)]
        if len(classes) != 1 or len(values) != 1:
            return None
        found: list[str] = []
        for base in reversed(self._inference.classes.lineage(classes[0])):
            if not self._inference.classes.known(base):
                continue
            module, qualname = self._inference.classes.locate(base)
            body = self._inference.index(module).scopes.get(qualname)
            for statement in body.body if body is not None else ():
                if isinstance(statement, ir.AnnAssign) and isinstance(statement.target, ir.Name):
                    found.append(statement.target.id)
        return tuple(dict.fromkeys(found)) or None

    def _keywords(self, function: Scope, depth: int) -> tuple[Part, ...]:
        """What callers pass as ``**kwargs`` to a private function, all of whose calls are in its module."""
        node = function.node
        if depth == 0 or not isinstance(node, ir.FunctionDef) or not node.name.startswith("_"):
            return UNKNOWN
        if self._known_elsewhere(function, node.name):
            return UNKNOWN
        declared = {p.name for p in node.params}
        found: list[Part] = []
        for scope in self._inference.index(function.module).executed():
            caller = scope.qualified.split("#")[0]
            calls = [c for c in calls_in(scope) if self._may_call(c, scope, function, node.name)]
            if _handed_on(node.name, scope):
                return UNKNOWN
            for arg in (a for call in calls for a in call.args):
                if arg.star == 2:
                    parts = self.of(arg.value, scope, depth - 1)
                    found += [Part(p.names, (caller, *p.handed_by)) for p in parts]
                elif arg.keyword and arg.keyword not in declared:
                    found.append(Part((arg.keyword,), (caller,)))
            found += [Part((), (caller,))] if calls else []
        return _joined([tuple(found)]) if found else UNKNOWN

    def _may_call(self, call: ir.Call, scope: Scope, function: Scope, name: str) -> bool:
        last = call.func.name if isinstance(call.func, ir.Attr) else getattr(call.func, "id", "")
        if last != name:
            return False
        values = self._inference.callees(call, scope)
        others = [
            v for v in values if isinstance(v, FunctionValue) and self._inference.scope(v) is not function
        ]
        return not values or len(others) < len(values)

    def _known_elsewhere(self, function: Scope, name: str) -> bool:
        """Whether another module may mean the private function: it has its name, and that of its class or module, too."""
        project = self._inference.project
        owner = function.owner.qualname.rpartition(".")[2] if function.owner is not None else ""
        homes = {function.module.rpartition(".")[2], owner} - {""}
        return any(
            module != function.module and any(project.summary(module).mentions(home) for home in homes)
            for module in project.mentioning([name])
        )


def bindings_of(expr: ir.Expr, scope: Scope) -> list[tuple[Bound, Scope]]:
    """How a name is bound, and in which scope around it."""
    if not isinstance(expr, ir.Name):
        return []
    current: Scope | None = scope
    first = True
    while current is not None:
        if (first or current.kind != "class") and expr.id in current.names.bound:
            return [(how, current) for how in current.names.bound[expr.id]]
        first = False
        current = current.parent
    return []


def _grows(name: str, scope: Scope) -> bool:
    """Whether a dict gets keys after it was made: ``name[key] = …``, ``name.update(…)``."""
    target = ir.Name(name)
    for node in own_nodes(scope.body):
        if isinstance(node, ir.Assign | ir.AugAssign):
            targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
            if any(isinstance(t, ir.Subscript) and t.value == target for t in targets):
                return True
        elif (
            isinstance(node, ir.Call)
            and isinstance(node.func, ir.Attr)
            and node.func.value == target
            and node.func.name in ("append", "extend", "insert", "pop", "setdefault", "update")
        ):
            return True
    return False


def _handed_on(name: str, scope: Scope) -> bool:
    """Whether a function is spoken of without being called: whoever gets hold of it calls it with what they like."""
    called = {id(call.func) for call in calls_in(scope)}
    return any(
        (node.name if isinstance(node, ir.Attr) else node.id) == name and id(node) not in called
        for node in own_nodes(scope.body)
        if isinstance(node, ir.Attr | ir.Name)
    )


def _returns(scope: Scope) -> Iterator[ir.Return]:
    return (node for node in own_nodes(scope.body) if isinstance(node, ir.Return) and node.value is not None)


def _joined(parts: Iterable[tuple[Part, ...]]) -> tuple[Part, ...]:
    """All parts, those handed on by the same calls in one; unknown as a whole where they are unknown in part."""
    found: dict[tuple[str, ...], tuple[str, ...] | None] = {}
    for part in (p for several in parts for p in several):
        known = found.get(part.handed_by, ())
        told = None if known is None or part.names is None else tuple(dict.fromkeys((*known, *part.names)))
        found[part.handed_by] = told
    return tuple(Part(names, by) for by, names in found.items())
