"""What containers hold: elements gone through, items picked, parts unpacked – by annotations and by how they are written.

A container is followed to where it is written or declared, one step at a time and only as far as somebody asks: nothing is built
up. What can be put into it elsewhere makes the answer incomplete, never wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.facts.walk import walk_own
from archwright.project.annotations import (
    ITERATED,
    LAST_ARGUMENT,
    MAPPINGS,
    SEQUENCES,
    TRANSPARENT,
    TUPLES,
    UNIONS,
    parse_annotation,
)
from archwright.project.code import Scope
from archwright.project.tables import is_filled
from archwright.project.values import (
    ANYTHING,
    NOTHING,
    ClassValue,
    ExternalInstance,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Values,
    external_names,
)

if TYPE_CHECKING:
    from archwright.project.inference import Inference


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """An expression in its scope; the same one is equal, which is cheaper to tell than the same code."""

    expr: ir.Expr
    scope: Scope

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, _Place) and self.expr is other.expr

    def __hash__(self) -> int:
        return id(self.expr)


class Written(_Place):
    """Whatever an expression gives."""

    __slots__ = ()


class Declared(_Place):
    """Whatever an annotation admits."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A sequence whose places are known."""

    parts: tuple[Things, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """A sequence of any length."""

    element: Things


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dictionary; *entries* are those under constant keys, *values* what there may be besides."""

    keys: Things
    values: Things
    entries: tuple[tuple[str, Things], ...] = ()

    def all_values(self) -> Things:
        """Whatever may be under any key."""
        return (*(thing for _, things in self.entries for thing in things), *self.values)


@dataclass(frozen=True, slots=True)
class Anything:
    """What cannot be told."""


Thing = Written | Declared | Row | Several | Mapping | Anything
Things = tuple[Thing, ...]

_ANYTHING: Things = (Anything(),)
_SAME = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "aiter", "deque"})
"""Calls that give the elements of their first argument, in whatever order."""
_ONE_OF = frozenset({"next", "anext", "min", "max"})
_PICKED_BY = frozenset({"get", "pop", "popleft", "popitem", "setdefault"})
_COPIES = frozenset({"copy", "union", "difference", "intersection"})


class Containers:
    """Follows containers of a project."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._filled: dict[tuple[Scope, str], bool] = {}

    def elements(self, expr: ir.Expr, scope: Scope, depth: int) -> Values:
        """What going through *expr* gives."""
        return self._values(self._iterated((Written(expr, scope),), depth), depth)

    def item(self, expr: ir.Subscript, scope: Scope, depth: int) -> Values:
        """What ``container[key]`` gives; nothing when *expr* is no container that can be followed."""
        if any(isinstance(part, ir.Slice) for part in expr.index):
            return NOTHING
        return self._values(self._picked((Written(expr.value, scope),), expr.index[0], depth), depth)

    def bound(self, how: Bound, name: str, scope: Scope, depth: int) -> Values:
        """What a loop or an unpacking gives *name*."""
        return self._values(self._bound(how, name, scope, depth), depth)

    def in_clause(self, clause: ir.Clause, name: str, scope: Scope, depth: int) -> Values:
        """What the clause of a comprehension gives *name*."""
        things = self._iterated((Written(clause.iter, scope),), depth)
        return self._values(self._placed(clause.target, name, things, depth), depth)

    def called(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        """What a call on a container, or of a function that picks from one, gives; nothing when it is no such call."""
        return self._values(self._taken(call, scope, depth), depth)

    # --- values ---

    def _values(self, things: Things, depth: int) -> Values:
        found: Values = NOTHING
        for thing in things:
            if isinstance(thing, Written):
                found |= self._inference.evaluate(thing.expr, thing.scope, depth - 1)
            elif isinstance(thing, Declared):
                found |= self._inference.annotations.of(thing.expr, thing.scope, depth - 1)
            elif isinstance(thing, Anything):
                found |= ANYTHING
            else:
                kind = {Row: "tuple", Several: "list", Mapping: "dict"}[type(thing)]
                found |= {ExternalInstance(f"builtins.{kind}")}
        return found

    # --- steps into a container ---

    def _iterated(self, things: Things, depth: int) -> Things:
        found: list[Thing] = []
        for container in self._opened(things, depth):
            if isinstance(container, Row):
                found += (thing for part in container.parts for thing in part)
            elif isinstance(container, Several):
                found += container.element
            elif isinstance(container, Mapping):
                found += container.keys
            else:
                found.append(container)
        return tuple(dict.fromkeys(found))

    def _picked(self, things: Things, key: ir.Expr, depth: int) -> Things:
        found: list[Thing] = []
        for container in self._opened(things, depth):
            if isinstance(container, Row):
                place = _position(key, len(container.parts))
                parts = container.parts if place is None else (container.parts[place],)
                found += (thing for part in parts for thing in part)
            elif isinstance(container, Several):
                found += container.element
            elif isinstance(container, Mapping):
                entry = dict(container.entries).get(key.value) if isinstance(key, ir.Str) else None
                found += container.all_values() if entry is None else entry
            else:
                found.append(container)
        return tuple(dict.fromkeys(found))

    def _placed(self, target: ir.Expr, name: str, things: Things, depth: int) -> Things:
        """What *name* gets where *target* is given any of *things*."""
        if isinstance(target, ir.Name):
            return things if target.id == name else ()
        if isinstance(target, ir.Star):
            return self._placed(target.value, name, (Several(self._iterated(things, depth)),), depth)
        found: Things = ()
        if isinstance(target, ir.Seq):
            length = len(target.items)
            star = next((p for p, item in enumerate(target.items) if isinstance(item, ir.Star)), length)
            for place, item in enumerate(target.items):
                if place == star:
                    part = things
                elif place < star:
                    part = self._picked(things, ir.Num(str(place)), depth)
                else:
                    part = self._picked(things, ir.Unary("-", ir.Num(str(length - place))), depth)
                found += self._placed(item, name, part, depth)
        return found

    # --- containers ---

    def _opened(self, things: Things, depth: int) -> Things:
        """*things* as rows, sequences and mappings; what is neither, as anything."""
        found: list[Thing] = []
        for thing in things:
            if isinstance(thing, Written):
                found += self._written(thing.expr, thing.scope, depth - 1)
            elif isinstance(thing, Declared):
                found += self._declared(thing.expr, thing.scope, depth - 1)
            else:
                found.append(thing)
        return tuple(dict.fromkeys(found))

    def _written(self, expr: ir.Expr, scope: Scope, depth: int) -> Things:
        if depth <= 0:
            self._inference.cuts += 1
            return _ANYTHING
        if isinstance(expr, ir.Name):
            return self._named(expr.id, scope, depth)
        if isinstance(expr, ir.Attr):
            return self._opened(self._attribute(expr, scope, depth), depth)
        if isinstance(expr, ir.Seq):
            return self._sequence(expr, scope, depth)
        if isinstance(expr, ir.Dict):
            return self._dictionary(expr, scope, depth)
        if isinstance(expr, ir.Comp):
            element: Things = (Written(expr.elt, scope),)
            return (Mapping(element, (Written(expr.value, scope),)),) if expr.value else (Several(element),)
        if isinstance(expr, ir.Await | ir.Walrus):
            return self._written(expr.value, scope, depth - 1)
        if isinstance(expr, ir.IfExp):
            return self._opened((Written(expr.body, scope), Written(expr.orelse, scope)), depth)
        if isinstance(expr, ir.BoolOp):
            return self._opened((Written(expr.left, scope), Written(expr.right, scope)), depth)
        if isinstance(expr, ir.Subscript):
            sliced = any(isinstance(part, ir.Slice) for part in expr.index)
            things: Things = (Written(expr.value, scope),)
            if sliced:
                return (Several(self._iterated(things, depth)),)
            return self._opened(self._picked(things, expr.index[0], depth), depth)
        if isinstance(expr, ir.Call):
            return self._opened(self._taken(expr, scope, depth), depth) or _ANYTHING
        return _ANYTHING

    def _sequence(self, expr: ir.Seq, scope: Scope, depth: int) -> Things:
        if not any(isinstance(item, ir.Star) for item in expr.items):
            return (Row(tuple((Written(item, scope),) for item in expr.items)),)
        element: list[Thing] = []
        for item in expr.items:
            if isinstance(item, ir.Star):
                element += self._iterated((Written(item.value, scope),), depth)
            else:
                element.append(Written(item, scope))
        return (Several(tuple(element)),)

    def _dictionary(self, expr: ir.Dict, scope: Scope, depth: int) -> Things:
        keys: list[Thing] = []
        values: list[Thing] = []
        entries: dict[str, Things] = {}
        for key, value in zip(expr.keys, expr.values, strict=True):
            if key is None:
                for spread in self._opened((Written(value, scope),), depth):
                    if isinstance(spread, Mapping):
                        keys += spread.keys
                        values += spread.all_values()
                    else:
                        keys += _ANYTHING
                        values += _ANYTHING
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
                    for thing in self._bound(how, name, current, depth)
                )
                return self._opened(things, depth) + (_ANYTHING if self._is_filled(name, current) else ())
            first = False
            current = current.parent
        return _ANYTHING

    def _is_filled(self, name: str, scope: Scope) -> bool:
        """Whether something is put into the one container that a name stands for."""
        key = (scope, name)
        if key not in self._filled:
            self._filled[key] = scope.names.only(name) is not None and is_filled(name, scope)
        return self._filled[key]

    def _bound(self, how: Bound, name: str, scope: Scope, depth: int) -> Things:
        node = how.node
        if how.kind == "param" and isinstance(node, ir.Param):
            declared: Things = (Declared(node.annotation, scope),) if node.annotation else _ANYTHING
            if node.kind == "vararg":
                return (Several(declared),)
            return (Mapping(_ANYTHING, declared),) if node.kind == "kwarg" else declared
        if how.kind == "assign":
            if how.annotation is not None:
                return (Declared(how.annotation, scope),)
            return _ANYTHING if how.value is None else (Written(how.value, scope),)
        if how.kind == "for" and isinstance(node, ir.For):
            things = self._iterated((Written(node.iter, scope),), depth - 1)
            return self._placed(node.target, name, things, depth - 1)
        if how.kind == "other" and isinstance(node, ir.Assign):
            given: Things = (Written(node.value, scope),)
            targets = (target for target in node.targets if isinstance(target, ir.Seq))
            return tuple(t for target in targets for t in self._placed(target, name, given, depth - 1))
        if how.kind == "import" and isinstance(node, ir.Alias) and isinstance(how.statement, ir.ImportFrom):
            return self._imported(how.statement, node, scope, depth)
        return _ANYTHING

    def _imported(self, statement: ir.ImportFrom, alias: ir.Alias, scope: Scope, depth: int) -> Things:
        names = self._inference.project.names
        base = names.absolute(scope.module, statement.module, statement.level)
        found = None if base is None else names.resolve(f"{base}:{alias.name}")
        if found is None or found.kind != "symbol" or not self._inference.project.has(found.module):
            return _ANYTHING
        if "." in found.symbol:
            return _ANYTHING
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
        return tuple(found) or _ANYTHING

    # --- declared ---

    def _declared(self, annotation: ir.Expr, scope: Scope, depth: int) -> Things:
        if depth <= 0:
            self._inference.cuts += 1
            return _ANYTHING
        if isinstance(annotation, ir.Str):
            parsed = parse_annotation(annotation.value)
            return _ANYTHING if parsed is None else self._declared(parsed, scope, depth - 1)
        if isinstance(annotation, ir.Const):
            return () if annotation.text == "None" else _ANYTHING
        if isinstance(annotation, ir.BinOp) and annotation.op == "|":
            return self._opened((Declared(annotation.left, scope), Declared(annotation.right, scope)), depth)
        if isinstance(annotation, ir.Subscript):
            return self._generic(annotation, scope, depth)
        return self._record(annotation, scope, depth)

    def _generic(self, annotation: ir.Subscript, scope: Scope, depth: int) -> Things:
        names = external_names(self._inference.evaluate(annotation.value, scope, depth - 1))
        inner = tuple(Declared(item, scope) for item in annotation.index)
        if names & TRANSPARENT:
            return self._opened(inner[:1], depth)
        if names & UNIONS:
            return self._opened(inner, depth)
        if names & LAST_ARGUMENT:
            return self._opened(inner[-1:], depth)
        if names & TUPLES:
            if len(inner) == 2 and inner[1].expr == ir.Const("..."):
                return (Several(inner[:1]),)
            return (Row(tuple((item,) for item in inner)),)
        if names & MAPPINGS and len(inner) == 2:
            return (Mapping(inner[:1], inner[1:]),)
        if names & (SEQUENCES | ITERATED):
            return (Several(inner[:1]),)
        return _ANYTHING

    def _record(self, annotation: ir.Expr, scope: Scope, depth: int) -> Things:
        """The fields of a ``TypedDict`` or a ``NamedTuple``; an alias as what it stands for."""
        found: list[Thing] = []
        for value in self._inference.evaluate(annotation, scope, depth - 1):
            if isinstance(value, ClassValue):
                lineage = self._inference.classes.lineage(value.qualified)
                body = self._inference.scope(value)
                fields = _fields(body) if body is not None else []
                if any(base.endswith(".TypedDict") for base in lineage):
                    found.append(Mapping(_ANYTHING, (), tuple(fields)))
                    continue
                if any(base.endswith(".NamedTuple") for base in lineage):
                    found.append(Row(tuple(things for _, things in fields)))
                    continue
            found.append(Anything())
        if isinstance(annotation, ir.Name):
            alias = scope
            while alias.parent is not None and annotation.id not in alias.names.bound:
                alias = alias.parent
            meant = alias.names.only(annotation.id)
            if isinstance(meant, ir.Subscript | ir.BinOp):
                return self._declared(meant, alias, depth - 1)
        return tuple(dict.fromkeys(found)) or _ANYTHING

    # --- calls ---

    def _taken(self, call: ir.Call, scope: Scope, depth: int) -> Things:
        """What a call gives that makes a container from another, or takes something out of one; empty for other calls."""
        if isinstance(call.func, ir.Attr):
            return self._method(call.func, call, scope, depth)
        found: list[Thing] = []
        for value in self._inference.evaluate(call.func, scope, depth - 1):
            if isinstance(value, FunctionValue):
                found += self._returned(value)
            else:
                found += self._builtin(external_names(frozenset({value})), call, scope, depth)
        return tuple(dict.fromkeys(found))

    def _method(self, func: ir.Attr, call: ir.Call, scope: Scope, depth: int) -> Things:
        functions = [
            value
            for value in self._inference.evaluate(func, scope, depth - 1)
            if isinstance(value, FunctionValue)
        ]
        if functions:
            return tuple(dict.fromkeys(thing for f in functions for thing in self._returned(f)))
        owner: Things = (Written(func.value, scope),)
        if func.name in _COPIES:
            return self._opened(owner, depth)
        if func.name in _PICKED_BY:
            key = call.args[0].value if call.args else ir.Const("None")
            default = tuple(Written(arg.value, scope) for arg in call.args[1:2])
            return self._picked(owner, key, depth) + default
        if func.name not in ("keys", "values", "items"):
            return ()
        found: list[Thing] = []
        for container in self._opened(owner, depth):
            if not isinstance(container, Mapping):
                found.append(Anything())
            elif func.name == "items":
                found.append(Several((Row((container.keys, container.all_values())),)))
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
                found.append(Several(self._iterated((given[0],), depth)))
            elif word == "dict":
                found += self._opened((given[0],), depth)
            elif word in _ONE_OF:
                found += self._iterated((given[0],), depth) if len(given) < 2 else given
            elif word == "enumerate":
                found.append(Several((Row((_ANYTHING, self._iterated((given[0],), depth))),)))
            elif word in ("zip", "product"):
                parts = tuple(self._iterated((thing,), depth) for thing in given)
                found.append(Several((Row(parts),)))
            elif word == "chain":
                found.append(Several(self._iterated(tuple(given), depth)))
            elif word in ("filter", "map") and len(given) == 2:
                element = self._iterated((given[1],), depth) if word == "filter" else _ANYTHING
                found.append(Several(element))
        return tuple(found)

    def _returned(self, function: FunctionValue) -> Things:
        scope = self._inference.scope(function)
        if scope is None or not isinstance(scope.node, ir.FunctionDef):
            return _ANYTHING
        if scope.node.returns is not None:
            return (Declared(scope.node.returns, scope),)
        nodes = list(walk_own(scope.body))
        if any(isinstance(node, ir.Yield) for node in nodes):
            return _ANYTHING
        given = (node.value for node in nodes if isinstance(node, ir.Return))
        return tuple(Written(value, scope) for value in given if value is not None) or _ANYTHING


def _fields(body: Scope) -> list[tuple[str, Things]]:
    return [
        (name, (Declared(how.annotation, body),))
        for name, bindings in body.names.bound.items()
        for how in bindings[:1]
        if how.annotation is not None
    ]


def _position(key: ir.Expr, length: int) -> int | None:
    """The place a constant index names; None when it is not constant or out of range."""
    if isinstance(key, ir.Num) and key.text.isdigit() and int(key.text) < length:
        return int(key.text)
    if isinstance(key, ir.Unary) and key.op == "-" and isinstance(key.operand, ir.Num):
        back = key.operand.text
        return length - int(back) if back.isdigit() and 0 < int(back) <= length else None
    return None
