"""Containers as they are written: literals, comprehensions, names, attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import Scope
from archwright.project.tables import filled_in
from archwright.project.types.containers.things import (
    UNTOLD,
    Anything,
    Declared,
    Mapping,
    Row,
    Several,
    Thing,
    Things,
    Written,
)
from archwright.project.types.values import ClassValue, InstanceValue, ModuleValue

if TYPE_CHECKING:
    from archwright.project.types.containers.containers import Containers
    from archwright.project.types.inference import Inference


class WrittenContainers:
    """Follows expressions."""

    def __init__(self, containers: Containers, inference: Inference) -> None:
        self._containers = containers
        self._inference = inference
        self._filled: dict[Scope, frozenset[str]] = {}

    def opened(self, expr: ir.Expr, scope: Scope, depth: int) -> Things:
        """What *expr* gives, as rows, sequences and mappings."""
        if depth <= 0:
            self._inference.cuts += 1
            return UNTOLD
        if isinstance(expr, ir.Name):
            return self._named(expr.id, scope, depth)
        if isinstance(expr, ir.Attr):
            return self._containers.opened(self._attribute(expr, scope, depth), depth)
        if isinstance(expr, ir.Seq):
            return self._sequence(expr, scope, depth)
        if isinstance(expr, ir.Dict):
            return self._dictionary(expr, scope, depth)
        if isinstance(expr, ir.Comp):
            element: Things = (Written(expr.elt, scope),)
            return (Mapping(element, (Written(expr.value, scope),)),) if expr.value else (Several(element),)
        if isinstance(expr, ir.Await | ir.Walrus):
            return self.opened(expr.value, scope, depth - 1)
        if isinstance(expr, ir.IfExp):
            return self._containers.opened((Written(expr.body, scope), Written(expr.orelse, scope)), depth)
        if isinstance(expr, ir.BoolOp):
            return self._containers.opened((Written(expr.left, scope), Written(expr.right, scope)), depth)
        if isinstance(expr, ir.Subscript):
            sliced = any(isinstance(part, ir.Slice) for part in expr.index)
            things: Things = (Written(expr.value, scope),)
            if sliced:
                return (Several(self._containers.iterated(things, depth)),)
            return self._containers.opened(self._containers.picked(things, expr.index[0], depth), depth)
        if isinstance(expr, ir.Call):
            return self._containers.opened(self._containers.taken(expr, scope, depth), depth) or UNTOLD
        return UNTOLD

    def _sequence(self, expr: ir.Seq, scope: Scope, depth: int) -> Things:
        if not any(isinstance(item, ir.Star) for item in expr.items):
            return (Row(tuple((Written(item, scope),) for item in expr.items)),)
        element: list[Thing] = []
        for item in expr.items:
            if isinstance(item, ir.Star):
                element += self._containers.iterated((Written(item.value, scope),), depth)
            else:
                element.append(Written(item, scope))
        return (Several(tuple(element)),)

    def _dictionary(self, expr: ir.Dict, scope: Scope, depth: int) -> Things:
        keys: list[Thing] = []
        values: list[Thing] = []
        entries: dict[str, Things] = {}
        for key, value in zip(expr.keys, expr.values, strict=True):
            if key is None:
                for spread in self._containers.opened((Written(value, scope),), depth):
                    if isinstance(spread, Mapping):
                        keys += spread.keys
                        values += spread.all_values()
                    else:
                        keys += UNTOLD
                        values += UNTOLD
                # What is spread may replace what was there before.
                values += (thing for things in entries.values() for thing in things)
                entries.clear()
            elif isinstance(key, ir.Str):
                keys.append(Written(key, scope))
                entries[key.value] = (Written(value, scope),)
            else:
                keys.append(Written(key, scope))
                values.append(Written(value, scope))
        return (Mapping(tuple(keys), tuple(values), tuple(entries.items())),)

    def _named(self, name: str, scope: Scope, depth: int) -> Things:
        current: Scope | None = scope
        first = True
        while current is not None:
            if (first or current.kind != "class") and name in current.names.bound:
                things = tuple(
                    thing
                    for how in current.names.bound[name]
                    for thing in self.bound(how, name, current, depth)
                )
                return self._containers.opened(things, depth) + (
                    UNTOLD if self._is_filled(name, current) else ()
                )
            first = False
            current = current.parent
        return UNTOLD

    def _is_filled(self, name: str, scope: Scope) -> bool:
        """Whether something is put into a container that a name is given; a declared one holds what it declares."""
        if not any(how.kind == "assign" and how.annotation is None for how in scope.names.bound[name]):
            return False
        filled = self._filled.get(scope)
        if filled is None:
            filled = self._filled[scope] = filled_in(scope)
        return name in filled

    def bound(self, how: Bound, name: str, scope: Scope, depth: int) -> Things:
        """What one binding of *name* in *scope* gives it."""
        node = how.node
        if how.kind == "param" and isinstance(node, ir.Param):
            declared: Things = (Declared(node.annotation, scope),) if node.annotation else UNTOLD
            if node.kind == "vararg":
                return (Several(declared),)
            return (Mapping(UNTOLD, declared),) if node.kind == "kwarg" else declared
        if how.kind == "assign":
            if how.annotation is not None:
                return (Declared(how.annotation, scope),)
            return UNTOLD if how.value is None else (Written(how.value, scope),)
        if how.kind == "for" and isinstance(node, ir.For):
            things = self._containers.iterated((Written(node.iter, scope),), depth - 1)
            return self._containers.placed(node.target, name, things, depth - 1)
        if how.kind == "other" and isinstance(node, ir.Assign):
            given: Things = (Written(node.value, scope),)
            targets = (target for target in node.targets if isinstance(target, ir.Seq))
            return tuple(
                t for target in targets for t in self._containers.placed(target, name, given, depth - 1)
            )
        if how.kind == "import" and isinstance(node, ir.Alias) and isinstance(how.statement, ir.ImportFrom):
            return self._imported(how.statement, node, scope, depth)
        return UNTOLD

    def _imported(self, statement: ir.ImportFrom, alias: ir.Alias, scope: Scope, depth: int) -> Things:
        names = self._inference.project.names
        base = names.absolute(scope.module, statement.module, statement.level)
        found = None if base is None else names.resolve(f"{base}:{alias.name}")
        if found is None or found.kind != "symbol" or not self._inference.project.has(found.module):
            return UNTOLD
        if "." in found.symbol:
            return UNTOLD
        return self._named(found.symbol, self._inference.index(found.module).root, depth - 1)

    def _attribute(self, expr: ir.Attr, scope: Scope, depth: int) -> Things:
        found: list[Thing] = []
        for value in self._inference.evaluate(expr.value, scope, depth - 1):
            if isinstance(value, InstanceValue | ClassValue):
                cls = value.cls if isinstance(value, InstanceValue) else value
                found += self._of_class(cls, expr.name)
            elif isinstance(value, ModuleValue) and self._inference.project.has(value.name):
                found += self._named(expr.name, self._inference.index(value.name).root, depth - 1)
            else:
                found.append(Anything())
        return tuple(dict.fromkeys(found))

    def _of_class(self, cls: ClassValue, name: str) -> Things:
        found: list[Thing] = []
        for annotation, value, where in self._inference.members.sources(cls, name):
            if annotation is not None:
                found.append(Declared(annotation, where))
            else:
                # What a method sets in its own object, another one may fill.
                found += (Anything(),) if value is None else (Written(value, where), Anything())
        return tuple(found) or UNTOLD
