"""Who calls what: call sites of a function or of everything a selector names, across the project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from archwright.contracts.language import Selector, Subject
from archwright.facts import ir
from archwright.facts.walk import children, walk
from archwright.project.code import Scope, own_nodes
from archwright.project.inference import Inference
from archwright.project.values import UNKNOWN, ClassValue, FunctionValue, InstanceValue, Values, called_names


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


class _Place(NamedTuple):
    """A call, or a name or attribute used as a value."""

    scope: Scope
    node: Any
    is_call: bool
    word: str | None
    """The last word of what is called or named; None where it has none, as in ``table[key]()``."""

    @property
    def expr(self) -> ir.Expr:
        """What is called or named."""
        found: ir.Expr = self.node.func if self.is_call else self.node
        return found


class CallFinder:
    """Finds call sites; the modules to look into are chosen by the words they contain."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._project = inference.project
        self._of_function: dict[tuple[str, str], tuple[Site, ...]] = {}
        self._used: dict[str, list[_Place]] = {}
        self._renamed: dict[str, list[tuple[set[str], set[str]]]] = {}

    def selected(self, selector: Selector) -> list[Site]:
        """All call sites and references that *selector* means, in the order of modules and source."""
        words = last_words(selector)
        if words is None:
            modules, names = sorted(self._project.modules), None
        else:
            modules, names = self._places(words)
            # ``getattr(driver, name)`` can be anything the driver has, in modules that do not spell it.
            modules = sorted({*modules, *self._project.mentioning(["getattr"])})
        found: list[Site] = []
        for module in modules:
            for place in self._places_in(module):
                if names is not None and place.word is not None and place.word not in names:
                    continue
                match = self._match_selector(place, selector, words or frozenset())
                if match is not None:
                    found.append(match)
        return found

    def of(self, target: FunctionValue) -> tuple[Site, ...]:
        """All call sites and references of a function of this code base."""
        key = (target.module, target.qualname)
        known = self._of_function.get(key)
        if known is None:
            known = self._of_function[key] = tuple(self._find(target))
        return known

    def _find(self, target: FunctionValue) -> Iterator[Site]:
        name = target.qualname.split("#")[0].rpartition(".")[2]
        words = [name]
        if name in ("__init__", "__call__"):
            words = [target.qualname.split("#")[0].split(".")[-2]] if "." in target.qualname else [name]
        modules, written_as = self._places(words)
        for module in modules:
            for place in self._places_in(module):
                if name != "__call__" and place.word is not None and place.word not in written_as:
                    continue
                values = self._inference.evaluate(place.expr, place.scope)
                hit = next((v for v in values if _is(v, target)), None)
                if hit is not None:
                    value = hit if isinstance(hit, FunctionValue) else None
                    yield Site(place.scope, place.node, True, place.is_call, value)
                elif (
                    UNKNOWN in values
                    and _ends_in(place.expr, name)
                    and _could_fit(place.node, place.is_call, target, self._inference)
                ):
                    yield Site(place.scope, place.node, False, place.is_call)

    def _places_in(self, module: str) -> list[_Place]:
        """Everything in *module* that may call or hand on a function."""
        known = self._used.get(module)
        if known is None:
            known = self._used[module] = [
                _Place(scope, node, is_call, _last_word(node.func if is_call else node))
                for scope in self._inference.index(module).executed()
                for is_call, node in _sites(scope)
            ]
        return known

    def _places(self, words: Iterable[str]) -> tuple[list[str], set[str]]:
        """The modules in which something called one of *words* can be named, and the names it can have there.

        A name given by an assignment or an ``as`` can travel on from module to module, so both grow together.
        """
        names = set(words)
        # ``getattr(driver, name)`` can be anything the driver has, in modules that do not spell it.
        modules = set(self._project.mentioning(["getattr"]))
        while True:
            fresh = {m for name in names for m in self._project.mentioning([name])} - modules
            if not fresh:
                return sorted(modules), names
            modules |= fresh
            grown = True
            while grown:
                before = len(names)
                for module in sorted(modules):
                    names |= self._given_names(module, names)
                grown = len(names) > before

    def _given_names(self, module: str, names: set[str]) -> set[str]:
        found = {f.bound for f in self._project.summary(module).imports if f.name in names and f.bound}
        for stands_for, targets in self._renamings(module):
            if stands_for & names:
                found |= targets
        return found

    def _renamings(self, module: str) -> list[tuple[set[str], set[str]]]:
        """The assignments of *module* that give a value another name: (names of the value, new names)."""
        known = self._renamed.get(module)
        if known is None:
            known = self._renamed[module] = []
            for scope in self._inference.index(module).executed():
                for node in own_nodes(scope.body):
                    if isinstance(node, ir.Assign | ir.AnnAssign) and node.value is not None:
                        targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
                        given = {word for word in map(_last_word, targets) if word}
                        meant = set(_stands_for(node.value))
                        if meant - given:
                            known.append((meant, given))
        return known

    def _match_selector(self, place: _Place, selector: Selector, words: frozenset[str]) -> Site | None:
        scope, node, is_call, expr = place.scope, place.node, place.is_call, place.expr
        values = self._inference.evaluate(expr, scope)
        for value in sorted(values, key=repr):
            for name in sorted(called_names(frozenset({value}))):
                if selector.matches(Subject(call=name)):
                    return Site(
                        scope, node, True, is_call, value if isinstance(value, FunctionValue) else None
                    )
        if UNKNOWN in values and any(_ends_in(expr, word) for word in words) and isinstance(expr, ir.Attr):
            return Site(scope, node, False, is_call)
        picked = self._inference.picked_from(expr, scope) if UNKNOWN in values else ()
        if any(selector.matches(Subject(call=name)) for name in sorted(called_names(frozenset(picked)))):
            return Site(scope, node, False, is_call)
        return None


def matching(values: Values, selector: Selector) -> tuple[bool, bool]:
    """Whether calling one of *values* is what *selector* means: (all known ones are, at least one is)."""
    known = [v for v in values if v != UNKNOWN]
    hits = [any(selector.matches(Subject(call=name)) for name in called_names(frozenset({v}))) for v in known]
    return bool(hits) and all(hits), any(hits)


def last_words(selector: Selector) -> frozenset[str] | None:
    """The last segments the call patterns of *selector* can end in, for the prefilter; None when one ends in a wildcard."""
    words: set[str] = set()
    for pattern in selector.call:
        last = pattern.text.rpartition(".")[2]
        if "*" in last or "{" in last:
            return None
        # A constructor is called by the name of its class.
        words.add(pattern.text.split(".")[-2] if last == "__init__" and "." in pattern.text else last)
    for part in (*selector.any_of, *selector.all_of):
        below = last_words(part)
        if below is None:
            return None
        words |= below
    return frozenset(words)


def _sites(scope: Scope) -> Iterator[tuple[bool, Any]]:
    """Calls, and names or attributes used as values, in the scope's own code.

    What only gives something another name, or picks it from a table to call it at once, is followed where it is called.
    """
    skip: set[int] = _table_entries(scope)
    for node in own_nodes(scope.body):
        if isinstance(node, ir.Call):
            skip.add(id(node.func))
            if isinstance(node.func, ir.Subscript) and isinstance(node.func.value, ir.Dict | ir.Seq):
                skip.update(id(n) for n in children(node.func.value))
            yield True, node
        elif isinstance(node, ir.Assign | ir.AnnAssign):
            targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
            if all(isinstance(t, ir.Name | ir.Attr) for t in targets):
                skip.update(_renamed_by(node.value))
            skip.update(id(target) for target in targets)
            if isinstance(node, ir.AnnAssign):
                skip.update(id(n) for n in walk(node.annotation))
        elif isinstance(node, ir.Name | ir.Attr):
            if isinstance(node, ir.Attr):
                skip.add(id(node.value))
            if id(node) not in skip:
                yield False, node


def _table_entries(scope: Scope) -> set[int]:
    """The entries of local tables that serve only to pick one and call it at once: ``table[key](…)``, ``table.get(key)(…)``."""
    uses: dict[str, int] = {}
    picks: dict[str, int] = {}
    for node in own_nodes(scope.body):
        if isinstance(node, ir.Name):
            uses[node.id] = uses.get(node.id, 0) + 1
        elif isinstance(node, ir.Call):
            picked = node.func
            if isinstance(picked, ir.Call) and isinstance(picked.func, ir.Attr) and picked.func.name == "get":
                picked = ir.Subscript(picked.func.value, ())
            if isinstance(picked, ir.Subscript) and isinstance(picked.value, ir.Name):
                picks[picked.value.id] = picks.get(picked.value.id, 0) + 1
    entries: set[int] = set()
    for name in picks:
        table = scope.names.only(name)
        # One use is the assignment itself.
        if scope.kind == "function" and isinstance(table, ir.Dict | ir.Seq) and uses[name] == picks[name] + 1:
            entries.update(id(entry) for entry in children(table))
    return entries


def _renamed_by(value: Any) -> Iterator[int]:
    """The parts of an assigned value that the assignment only gives another name."""
    if isinstance(value, ir.Name | ir.Attr):
        yield id(value)
    elif isinstance(value, ir.Call) and (_last_word(value.func) or "").startswith("partial") and value.args:
        yield id(value.args[0].value)


def _last_word(expr: Any) -> str | None:
    if isinstance(expr, ir.Name):
        return expr.id
    return expr.name if isinstance(expr, ir.Attr) else None


def _stands_for(expr: Any) -> Iterator[str]:
    """The last words of what an assigned expression may be another name for."""
    if isinstance(expr, ir.IfExp):
        yield from _stands_for(expr.body)
        yield from _stands_for(expr.orelse)
    elif isinstance(expr, ir.BoolOp):
        yield from _stands_for(expr.left)
        yield from _stands_for(expr.right)
    elif isinstance(expr, ir.Call):
        if (_last_word(expr.func) or "").startswith("partial") and expr.args:
            yield from _stands_for(expr.args[0].value)
        elif isinstance(expr.func, ir.Name) and expr.func.id == "getattr" and len(expr.args) > 1:
            name = expr.args[1].value
            if isinstance(name, ir.Str):
                yield name.value
    else:
        word = _last_word(expr)
        if word is not None:
            yield word


def _is(value: object, target: FunctionValue) -> bool:
    if isinstance(value, FunctionValue):
        return (value.module, value.qualname) == (target.module, target.qualname)
    owner, _, name = target.qualname.rpartition(".")
    if isinstance(value, ClassValue):
        return name == "__init__" and (value.module, value.qualname) == (target.module, owner)
    if isinstance(value, InstanceValue):
        return name == "__call__" and (value.module, value.qualname) == (target.module, owner)
    return False


def _ends_in(expr: Any, name: str) -> bool:
    return isinstance(expr, ir.Attr) and expr.name == name


def _could_fit(node: Any, is_call: bool, target: FunctionValue, inference: Inference) -> bool:
    """Whether the arguments of a call on an unknown receiver fit the signature at all."""
    scope = inference.scope(target)
    if not is_call or scope is None:
        return True
    params = [p for p in scope.params if p.kind in ("posonly", "arg", "kwonly")]
    if scope.owner is not None:
        params = params[1:]
    open_ended = any(p.kind in ("vararg", "kwarg") for p in scope.params)
    if any(arg.star for arg in node.args):
        return True
    names = {p.name for p in params}
    if not open_ended and (
        len(node.args) > len(params) or any(a.keyword and a.keyword not in names for a in node.args)
    ):
        return False
    required = sum(p.default is None for p in params)
    return len(node.args) >= required
