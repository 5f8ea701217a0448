"""Who calls what: call sites of a function or of everything a selector names, across the project."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archwright.contracts.language import Selector, Subject
from archwright.facts import ir
from archwright.project.calls.by_module import Calls, CallsByModule, Site, own_name
from archwright.project.calls.other_names import OtherNames
from archwright.project.calls.places import Place
from archwright.project.calls.selected import SelectedClasses, last_words
from archwright.project.types.inference import Inference
from archwright.project.types.values import UNKNOWN, ClassValue, FunctionValue, called_names

__all__ = ["CallFinder", "Site"]


class CallFinder:
    """Finds call sites; the modules to look into are chosen by the words they contain."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._project = inference.project
        self._other_names = OtherNames(inference)
        self._classes = SelectedClasses(inference)
        self._reads = inference.project.reads
        self._of_function: dict[tuple[str, str], tuple[Site, ...]] = self._reads.table("calls of functions")
        self._of_word: dict[tuple[str, str], Calls] = self._reads.table("calls by word")
        self._modules = CallsByModule(inference)

    def selected(self, selector: Selector) -> list[Site]:
        """All call sites and references that *selector* means, in the order of modules and source."""
        words = last_words(selector)
        if words is not None:
            words |= self._classes.words_below(selector, words)
        if words is None:
            in_modules = (self._modules.places(module).all() for module in self._project.modules)
            everything = (place for places in in_modules for place in places)
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
        name = own_name(target.qualname)
        word = name
        if name in ("__init__", "__call__") and "." in target.qualname:
            word = target.qualname.split("#")[0].split(".")[-2]
        key = (target.module, target.qualname)
        if name == "__call__":
            in_modules = [self._modules.of_instances(module) for module in self._spelling(word)]
            certain = [entry for found in in_modules for entry in found.certain.get(key, ())]
            open_ = [entry for found in in_modules for entry in found.open]
        else:
            calls = self._of_word.get((word, name))
            if calls is None:
                calls = self._reads.made(self._of_word, (word, name), lambda: self._calls(word, name))
            certain, open_ = calls.certain.get(key, []), calls.open
        if not open_:
            return tuple(site for _, site in certain)
        fits = _fitting(target, self._inference)
        possible = [(order, site) for order, site in open_ if not site.is_call or fits(site.node)]
        taken = {order for order, _ in certain}
        merged = [*certain, *(entry for entry in possible if entry[0] not in taken)]
        merged.sort(key=lambda entry: entry[0])
        return tuple(site for _, site in merged)

    def _calls(self, word: str, name: str) -> Calls:
        """Everything that calls something by *name*, looked at once for all functions that are called so."""
        found = Calls()
        written = self._other_names.of([word])
        spelled = {m for one in written.everywhere for m in self._project.mentioning([one])}
        for module in sorted({*spelled, *self._modules.unspelled(name)}):
            places = self._modules.places(module)
            unnamed = self._modules.without_word(module).get(name, ())
            for place in places.written(written.names_in(module), unnamed):
                found.add(place, self._inference.evaluate(place.expr, place.scope), name)
        return found

    def _written_as(self, words: frozenset[str]) -> Iterator[Place]:
        """The places, in order, where something called one of *words* may be used under one of its names, or none."""
        written = self._other_names.of(words)
        spelled = {m for word in written.everywhere for m in self._project.mentioning([word])}
        # ``getattr(driver, name)`` can be anything the driver has, in modules that do not spell it.
        for module in sorted({*spelled, *self._project.mentioning(["getattr"])}):
            places = self._modules.places(module)
            yield from places.written(written.names_in(module), places.without_word)

    def _spelling(self, word: str) -> list[str]:
        """The modules, in order, in which an instance of the class called *word* may be used."""
        written = self._other_names.of([word])
        spelled = {m for one in written.everywhere for m in self._project.mentioning([one])}
        return sorted({*spelled, *self._project.mentioning(["getattr"])})

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
