"""What containers hold: elements gone through, items picked, parts unpacked – by annotations and by how they are written.

A container is followed to where it is written or declared, one step at a time and only as far as somebody asks: nothing is built
up. What can be put into it elsewhere makes the answer incomplete, never wrong.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import Scope
from archwright.project.types.containers.calls import ContainerCalls
from archwright.project.types.containers.declared import DeclaredContainers
from archwright.project.types.containers.things import (
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
from archwright.project.types.containers.written import WrittenContainers
from archwright.project.types.values import ANYTHING, NOTHING, ExternalInstance, Values

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference


_TYPES = {
    Row: "builtins.tuple",
    Several: "builtins.list",
    Mapping: "builtins.dict",
    Gives: "collections.abc.Callable",
}


class Containers:
    """Follows containers of a project."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._opened: dict[Written | Declared, Things] = inference.project.reads.table(None)
        self._written = WrittenContainers(self, inference)
        self._declared = DeclaredContainers(self, inference)
        self._calls = ContainerCalls(self, inference)

    def item(self, expr: ir.Subscript, scope: Scope, depth: int) -> Values:
        """What ``container[key]`` gives; nothing when *expr* is no container that can be followed."""
        if any(isinstance(part, ir.Slice) for part in expr.index):
            return NOTHING
        return self._values(self.picked((Written(expr.value, scope),), expr.index[0], depth), depth)

    def bound(self, how: Bound, name: str, scope: Scope, depth: int) -> Values:
        """What a loop or an unpacking gives *name*."""
        return self._values(self._written.bound(how, name, scope, depth), depth)

    def entered(self, expr: ir.Expr, scope: Scope, depth: int) -> Values:
        """What ``with expr as name`` binds where *expr* is declared to be a context manager of something."""
        return self._values(self.iterated((Written(expr, scope),), depth), depth)

    def in_clause(self, clause: ir.Clause, name: str, scope: Scope, depth: int) -> Values:
        """What the clause of a comprehension gives *name*."""
        things = self.iterated((Written(clause.iter, scope),), depth)
        return self._values(self.placed(clause.target, name, things, depth), depth)

    def called(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        """What a call on a container, or of a function that picks from one, gives; nothing when it is no such call."""
        return self._values(self.taken(call, scope, depth), depth)

    # --- steps into a container ---

    def taken(self, call: ir.Call, scope: Scope, depth: int) -> Things:
        """What a call gives that makes a container from another, or takes something out of one; empty for other calls."""
        return self._calls.taken(call, scope, depth)

    def iterated(self, things: Things, depth: int) -> Things:
        """What going through any of *things* gives."""
        found: list[Thing] = []
        for container in self.opened(things, depth):
            if isinstance(container, Row):
                found += (thing for part in container.parts for thing in part)
            elif isinstance(container, Several):
                found += container.element
            elif isinstance(container, Mapping):
                found += container.keys
            else:
                found.append(container)
        return tuple(dict.fromkeys(found))

    def picked(self, things: Things, key: ir.Expr, depth: int) -> Things:
        """What any of *things* has under *key*."""
        found: list[Thing] = []
        for container in self.opened(things, depth):
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

    def placed(self, target: ir.Expr, name: str, things: Things, depth: int) -> Things:
        """What *name* gets where *target* is given any of *things*."""
        if isinstance(target, ir.Name):
            return things if target.id == name else ()
        if isinstance(target, ir.Star):
            return self.placed(target.value, name, (Several(self.iterated(things, depth)),), depth)
        found: Things = ()
        if isinstance(target, ir.Seq):
            length = len(target.items)
            star = next((p for p, item in enumerate(target.items) if isinstance(item, ir.Star)), length)
            for place, item in enumerate(target.items):
                if place == star:
                    part = things
                elif place < star:
                    part = self.picked(things, ir.Num(str(place)), depth)
                else:
                    part = self.picked(things, ir.Unary("-", ir.Num(str(length - place))), depth)
                found += self.placed(item, name, part, depth)
        return found

    def opened(self, things: Things, depth: int) -> Things:
        """*things* as rows, sequences and mappings; what is neither, as anything."""
        found: list[Thing] = []
        for thing in things:
            if isinstance(thing, Written | Declared):
                inside: Things = self._inference.answer(
                    self._opened, thing, partial(self._open, thing, depth), ()
                )
                found += inside
            else:
                found.append(thing)
        return tuple(dict.fromkeys(found))

    def _open(self, thing: Written | Declared, depth: int) -> Things:
        reader = self._written if isinstance(thing, Written) else self._declared
        return reader.opened(thing.expr, thing.scope, depth - 1)

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
                found |= {ExternalInstance(_TYPES[type(thing)])}
        return found


def _position(key: ir.Expr, length: int) -> int | None:
    """The place a constant index names; None when it is not constant or out of range."""
    if isinstance(key, ir.Num) and key.text.isdigit() and int(key.text) < length:
        return int(key.text)
    if isinstance(key, ir.Unary) and key.op == "-" and isinstance(key.operand, ir.Num):
        back = key.operand.text
        return length - int(back) if back.isdigit() and 0 < int(back) <= length else None
    return None
