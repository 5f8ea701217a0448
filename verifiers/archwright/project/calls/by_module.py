"""The places of every module where functions are called or handed on: read once, found by words and by what is surely called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.project.calls.places import Place, last_word, places_in
from archwright.project.types.inference import Inference
from archwright.project.types.values import UNKNOWN, ClassValue, FunctionValue, InstanceValue, Value, Values

_CALL = "__call__"
Order = tuple[str, int]
"""The module of a place and its number there."""
Target = tuple[str, str]
"""The module and the qualified name of a function of this code base."""


class Site(msgspec.Struct, frozen=True):
    """A place where a function is called, or handed on as a value."""

    scope: Any
    """The ``Scope`` whose body it is in."""
    node: Any
    """The ``Call``; for a reference the expression that names the function."""
    certain: bool
    """False when the receiver is unknown and only the name fits."""
    is_call: bool
    value: FunctionValue | None = None
    """The function as it is called there, where it is one of this code base."""

    def __hash__(self) -> int:
        return id(self.node)


@dataclass(slots=True)
class Places:
    """The places of one module."""

    by_word: dict[str, list[Place]] = field(default_factory=dict)
    without_word: list[Place] = field(default_factory=list)

    def all(self) -> list[Place]:
        """In order."""
        return self.written(self.by_word, self.without_word)

    def written(self, words: Iterable[str], others: Iterable[Place]) -> list[Place]:
        """Those that name one of *words*, and *others*, in order."""
        found = [place for word in words for place in self.by_word.get(word, ())]
        return sorted([*found, *others], key=_position)


@dataclass(slots=True)
class Calls:
    """What calls the functions of one name: those it surely calls, and what may call any of them."""

    certain: dict[Target, list[tuple[Order, Site]]] = field(default_factory=dict)
    open: list[tuple[Order, Site]] = field(default_factory=list)

    def add(self, place: Place, values: Values, name: str) -> None:
        """Enters *place*, which stands for *values*, under the functions called *name*."""
        order = (place.scope.module, place.position)
        for value in sorted(values, key=repr) if len(values) > 1 else values:
            key = _called(value)
            if key is not None and own_name(key[1]) == name:
                by_target = self.certain.setdefault(key, [])
                if not by_target or by_target[-1][0] != order:
                    as_function = value if isinstance(value, FunctionValue) else None
                    site = Site(place.scope, place.node, True, place.is_call, as_function)
                    by_target.append((order, site))
        if UNKNOWN in values and isinstance(place.expr, ir.Attr) and place.expr.name == name:
            self.open.append((order, Site(place.scope, place.node, False, place.is_call)))


class CallsByModule:
    """Reads each module when it is first asked for."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._reads = inference.project.reads
        self._places: dict[str, Places] = self._reads.table("places")
        self._wordless: dict[str, Mapping[str, Sequence[Place]]] = self._reads.table("places without a word")
        self._instances: dict[str, Calls] = self._reads.table("calls of instances")
        self._hidden: dict[str, Mapping[str, Sequence[str]]] = self._reads.table("modules without a word")

    def places(self, module: str) -> Places:
        """Everything in *module* that may call or hand on a function."""
        known = self._places.get(module)
        if known is None:
            known = self._reads.made(self._places, module, lambda: self._read_places(module))
        return known

    def without_word(self, module: str) -> Mapping[str, Sequence[Place]]:
        """The places that name nothing, as ``table[key]()``, by the name of what they surely call."""
        known = self._wordless.get(module)
        if known is None:
            known = self._reads.made(self._wordless, module, lambda: self._read_wordless(module))
        return known

    def unspelled(self, name: str) -> Sequence[str]:
        """The modules with such places where names are looked up: ``getattr(driver, name)`` can be anything the driver has."""
        known = self._hidden.get("getattr")
        if known is None:
            known = self._reads.made(self._hidden, "getattr", self._read_hidden)
        return known.get(name, ())

    def of_instances(self, module: str) -> Calls:
        """What calls or hands on instances, which can be called by any name they were given, by their ``__call__``."""
        known = self._instances.get(module)
        if known is None:
            known = self._reads.made(self._instances, module, lambda: self._read_instances(module))
        return known

    def _read_places(self, module: str) -> Places:
        found = Places()
        position = 0
        for scope in self._inference.index(module).executed():
            for is_call, node in places_in(scope):
                word = last_word(node.func if is_call else node)
                place = Place(position, scope, node, is_call)
                (found.without_word if word is None else found.by_word.setdefault(word, [])).append(place)
                position += 1
        return found

    def _read_wordless(self, module: str) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for place in self.places(module).without_word:
            called = map(_called, self._inference.evaluate(place.expr, place.scope))
            for name in sorted({own_name(key[1]) for key in called if key is not None}):
                found.setdefault(name, []).append(place)
        return found

    def _read_hidden(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for module in self._inference.project.mentioning(["getattr"]):
            for name in self.without_word(module):
                found.setdefault(name, []).append(module)
        return found

    def _read_instances(self, module: str) -> Calls:
        found = Calls()
        for place in self.places(module).all():
            found.add(place, self._inference.evaluate(place.expr, place.scope), _CALL)
        return found


def own_name(qualname: str) -> str:
    """A function's name without the class and the number among its namesakes."""
    return qualname.split("#")[0].rpartition(".")[2]


def _called(value: Value) -> Target | None:
    """The function of this code base that calling *value* runs."""
    if isinstance(value, FunctionValue):
        return value.module, value.qualname
    if isinstance(value, ClassValue):
        return value.module, f"{value.qualname}.__init__"
    if isinstance(value, InstanceValue):
        return value.module, f"{value.qualname}.{_CALL}"
    return None


def _position(place: Place) -> int:
    return place.position
