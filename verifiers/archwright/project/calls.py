"""Who calls what: call sites of a function or of everything a selector names, across the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from archwright.contracts.language import Selector, Subject
from archwright.facts import ir
from archwright.project.call_places import Place, last_word, places_in
from archwright.project.inference import Inference
from archwright.project.other_names import OtherNames, Written
from archwright.project.selected import SelectedClasses, last_words
from archwright.project.values import (
    UNKNOWN,
    ClassValue,
    FunctionValue,
    InstanceValue,
    Value,
    called_names,
)


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


class CallFinder:
    """Finds call sites; the modules to look into are chosen by the words they contain."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._project = inference.project
        self._other_names = OtherNames(inference)
        self._classes = SelectedClasses(inference)
        self._reads = inference.project.reads
        self._of_function: dict[tuple[str, str], tuple[Site, ...]] = self._reads.table("calls of functions")
        self._of_word: dict[tuple[str, str], _Calls] = self._reads.table("calls by word")
        self._places: dict[str, _Places] = self._reads.table("places")
        self._wordless: dict[str, Mapping[str, Sequence[Place]]] = self._reads.table("places without a word")
        self._instances: dict[str, Sequence[Place]] = self._reads.table("places of instances")

    def selected(self, selector: Selector) -> list[Site]:
        """All call sites and references that *selector* means, in the order of modules and source."""
        words = last_words(selector)
        if words is not None:
            words |= self._classes.words_below(selector, words)
        if words is None:
            everything = (place for module in self._project.modules for place in self._in(module).all())
            found = (self._match_selector(place, selector, frozenset()) for place in everything)
        else:
            found = (self._match_selector(place, selector, words) for place in self._written_as(words))
        return [site for site in found if site is not None]

    def of(self, target: FunctionValue) -> tuple[Site, ...]:
        """All call sites and references of a function of this code base."""
        key = (target.module, target.qualname)
        known = self._of_function.get(key)
        if known is None:
            known = self._reads.made(self._of_function, key, lambda: self._find(target))
        return known

    def _find(self, target: FunctionValue) -> tuple[Site, ...]:
        name = _own_name(target.qualname)
        word = name
        if name in ("__init__", "__call__") and "." in target.qualname:
            word = target.qualname.split("#")[0].split(".")[-2]
        calls = self._of_word.get((word, name))
        if calls is None:
            calls = self._reads.made(self._of_word, (word, name), lambda: self._calls(word, name))
        certain = calls.certain.get((target.module, target.qualname), [])
        if not calls.open:
            return tuple(site for _, site in certain)
        fits = _fitting(target, self._inference)
        possible = [(order, site) for order, site in calls.open if not site.is_call or fits(site.node)]
        taken = {order for order, _ in certain}
        merged = [*certain, *(entry for entry in possible if entry[0] not in taken)]
        merged.sort(key=lambda entry: entry[0])
        return tuple(site for _, site in merged)

    def _calls(self, word: str, name: str) -> _Calls:
        """Everything that calls something by *name*, looked at once for all functions that are called so."""
        found = _Calls()
        for place in self._in_question(word, name):
            values = self._inference.evaluate(place.expr, place.scope)
            order = (place.scope.module, place.position)
            for value in sorted(values, key=repr) if len(values) > 1 else values:
                key = _called(value)
                if key is not None and _own_name(key[1]) == name:
                    by_target = found.certain.setdefault(key, [])
                    if not by_target or by_target[-1][0] != order:
                        as_function = value if isinstance(value, FunctionValue) else None
                        site = Site(place.scope, place.node, True, place.is_call, as_function)
                        by_target.append((order, site))
            if UNKNOWN in values and _ends_in(place.expr, name):
                found.open.append((order, Site(place.scope, place.node, False, place.is_call)))
        return found

    def _in_question(self, word: str, name: str) -> Iterator[Place]:
        """The places, in order, at which the functions called *name* may be called."""
        written = self._other_names.of([word])
        for module in self._modules(written):
            places = self._in(module)
            if name == "__call__":  # an instance can be called by any name it was given
                yield from self._of_instances(module)
            else:
                yield from places.written(written.names_in(module), self._without_word(module).get(name, ()))

    def _written_as(self, words: frozenset[str]) -> Iterator[Place]:
        """The places, in order, where something called one of *words* may be used under one of its names, or none."""
        written = self._other_names.of(words)
        for module in self._modules(written):
            places = self._in(module)
            yield from places.written(written.names_in(module), places.without_word)

    def _modules(self, written: Written) -> list[str]:
        modules = {m for word in written.everywhere for m in self._project.mentioning([word])}
        # ``getattr(driver, name)`` can be anything the driver has, in modules that do not spell it.
        return sorted({*modules, *self._project.mentioning(["getattr"])})

    def _in(self, module: str) -> _Places:
        """Everything in *module* that may call or hand on a function."""
        known = self._places.get(module)
        if known is None:
            known = self._reads.made(self._places, module, lambda: self._read_places(module))
        return known

    def _read_places(self, module: str) -> _Places:
        found = _Places()
        position = 0
        for scope in self._inference.index(module).executed():
            for is_call, node in places_in(scope):
                word = last_word(node.func if is_call else node)
                place = Place(position, scope, node, is_call)
                (found.without_word if word is None else found.by_word.setdefault(word, [])).append(place)
                position += 1
        return found

    def _without_word(self, module: str) -> Mapping[str, Sequence[Place]]:
        """The places that name nothing, as ``table[key]()``, by the name of what they surely call."""
        known = self._wordless.get(module)
        if known is None:
            known = self._reads.made(
                self._wordless, module, lambda: _by_called(self._in(module).without_word, self._inference)
            )
        return known

    def _of_instances(self, module: str) -> Sequence[Place]:
        """The places whose value may be an instance of this code base, and those that name ``__call__``."""
        known = self._instances.get(module)
        if known is None:
            known = self._reads.made(
                self._instances, module, lambda: _that_hold_instances(self._in(module).all(), self._inference)
            )
        return known

    def _match_selector(self, place: Place, selector: Selector, words: frozenset[str]) -> Site | None:
        scope, node, is_call, expr = place.scope, place.node, place.is_call, place.expr
        values = self._inference.evaluate(expr, scope)
        for value in sorted(values, key=repr):
            for name in sorted(called_names(frozenset({value}))):
                if selector.matches(Subject(call=name)):
                    return Site(
                        scope, node, True, is_call, value if isinstance(value, FunctionValue) else None
                    )
            if isinstance(value, ClassValue) and self._classes.inherits(value, selector):
                return Site(scope, node, True, is_call)
        if UNKNOWN in values and isinstance(expr, ir.Attr) and expr.name in words:
            return Site(scope, node, False, is_call)
        picked = self._inference.picked_from(expr, scope) if UNKNOWN in values else ()
        if any(selector.matches(Subject(call=name)) for name in sorted(called_names(frozenset(picked)))):
            return Site(scope, node, False, is_call)
        return None


@dataclass(slots=True)
class _Places:
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


def _by_called(places: Iterable[Place], inference: Inference) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place in places:
        called = map(_called, inference.evaluate(place.expr, place.scope))
        for name in sorted({_own_name(key[1]) for key in called if key is not None}):
            found.setdefault(name, []).append(place)
    return found


def _that_hold_instances(places: Iterable[Place], inference: Inference) -> list[Place]:
    return [
        place
        for place in places
        if last_word(place.expr) == "__call__"
        or any(isinstance(v, InstanceValue) for v in inference.evaluate(place.expr, place.scope))
    ]


def _position(place: Place) -> int:
    return place.position


_Order = tuple[str, int]


@dataclass(slots=True)
class _Calls:
    """What calls the functions of one name: those it surely calls, and what may call any of them."""

    certain: dict[tuple[str, str], list[tuple[_Order, Site]]] = field(default_factory=dict)
    open: list[tuple[_Order, Site]] = field(default_factory=list)


def _called(value: Value) -> tuple[str, str] | None:
    """The function of this code base that calling *value* runs: its module and qualified name."""
    if isinstance(value, FunctionValue):
        return value.module, value.qualname
    if isinstance(value, ClassValue):
        return value.module, f"{value.qualname}.__init__"
    if isinstance(value, InstanceValue):
        return value.module, f"{value.qualname}.__call__"
    return None


def _own_name(qualname: str) -> str:
    """A function's name without the class and the number among its namesakes."""
    return qualname.split("#")[0].rpartition(".")[2]


def _ends_in(expr: Any, name: str) -> bool:
    return isinstance(expr, ir.Attr) and expr.name == name


def _fitting(target: FunctionValue, inference: Inference) -> Callable[[ir.Call], bool]:
    """Whether the arguments of a call on an unknown receiver fit the signature of *target* at all."""
    scope = inference.scope(target)
    if scope is None:
        return lambda call: True
    params = [p for p in scope.params if p.kind in ("posonly", "arg", "kwonly")]
    if scope.owner is not None:
        params = params[1:]
    open_ended = any(p.kind in ("vararg", "kwarg") for p in scope.params)
    names = {p.name for p in params}
    required = sum(p.default is None for p in params)

    def fits(call: ir.Call) -> bool:
        if any(arg.star for arg in call.args):
            return True
        if not open_ended and (
            len(call.args) > len(params) or any(a.keyword and a.keyword not in names for a in call.args)
        ):
            return False
        return len(call.args) >= required

    return fits
