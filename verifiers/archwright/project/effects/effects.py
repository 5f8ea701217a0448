"""Effects closed over the call graph: what a function does itself and through everything it makes run."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import msgspec

from archwright.project.code import Scope
from archwright.project.effects.facts import CallEdge, Effect, EffectSite, FunctionEffects
from archwright.project.effects.sites import EffectReader, Further
from archwright.project.types.inference import Inference

Key = tuple[str, str]
"""Module and qualified name of a scope; the name is empty for the module's own body."""


class Label(msgspec.Struct, frozen=True, order=True):
    """What a search looks for: sites with one label are told apart only by their distance."""

    name: str
    certain: bool


class Witness(msgspec.Struct, frozen=True):
    """A shortest way from a function to a site."""

    label: Label
    edges: tuple[CallEdge, ...]
    """The hops; empty when the site is in the function itself."""
    holder: Key
    """The function the site is in."""
    site: EffectSite


class Found(msgspec.Struct, frozen=True):
    """A site as one function has it: in its own body, or at the end of certain calls."""

    site: EffectSite
    holder: Key
    edges: tuple[CallEdge, ...]


class EffectGraph:
    """The effects and calls of every function, read when first asked for."""

    def __init__(self, inference: Inference, further: Further | None = None) -> None:
        """*further* knows the effects of calls that the catalogue does not, by their full name."""
        self._inference = inference
        self._reads = inference.project.reads
        self._reader = EffectReader(inference, further)
        name = "effects" if further is None else None
        self._read: dict[Key, FunctionEffects] = self._reads.table(name)

    def of(self, key: Key) -> FunctionEffects:
        """What the body at *key* does itself."""
        found = self._read.get(key)
        if found is None:
            found = self._reads.made(self._read, key, lambda: self._found_in(key))
        return found

    def _found_in(self, key: Key) -> FunctionEffects:
        scope = self.scope(key)
        return self._reader.read(scope) if scope is not None else FunctionEffects((), ())

    def scope(self, key: Key) -> Scope | None:
        """The body at *key*."""
        index = self._inference.index(key[0])
        return index.function(key[1]) if key[1] else index.root

    def witnesses(
        self,
        roots: Sequence[Key],
        enters: Callable[[Key, CallEdge], bool],
        label: Callable[[EffectSite], Iterable[Label]],
    ) -> dict[Key, list[Witness]]:
        """For every root all labelled sites of its own, and for every further label a shortest way to one.

        *enters* says which calls are followed. Calls from root to root are not: each root is judged for itself. Recursion
        ends where a function has been seen.
        """
        callers = self._explore(roots, enters)
        surely = _certain(callers)
        marked: dict[Label, dict[Key, Found]] = {}
        own: dict[Key, list[Witness]] = {root: [] for root in roots}
        for key, found in self._found(callers, frozenset(roots)):
            for wanted in label(found.site):
                marked.setdefault(wanted, {}).setdefault(key, found)
                if key in own:
                    own[key].append(Witness(wanted, found.edges, found.holder, found.site))
        for wanted, ends, way in _searches(marked, callers, surely):
            for root, witness in _ways(wanted, ends, way, frozenset(roots)):
                if not any(
                    w.label.name == wanted.name and w.label.certain >= wanted.certain for w in own[root]
                ):
                    own[root].append(witness)
        return {root: [w for w in found if not _overruled(w, found)] for root, found in own.items()}

    def _found(
        self, callers: dict[Key, list[tuple[Key, CallEdge]]], roots: frozenset[Key]
    ) -> Iterator[tuple[Key, Found]]:
        """The sites of every function, each at the function that decides what it does: a helper that stores any row it is
        given does to a table what its caller makes it do.
        """
        open_ended: deque[tuple[Key, str, Found]] = deque()
        for key in callers:
            for site in self.of(key).sites:
                found = Found(site, key, ())
                if site.parameter and key not in roots and callers[key]:
                    open_ended.append((key, site.parameter, found))
                else:
                    yield key, found
        seen: set[tuple[Key, str, EffectSite]] = set()
        while open_ended:
            key, parameter, found = open_ended.popleft()
            for caller, edge in callers[key]:
                site = found.site
                if site.certain and not edge.certain:
                    site = msgspec.structs.replace(site, certain=False)
                way = Found(site, found.holder, (edge, *found.edges))
                forwarded = dict(edge.forwards).get(parameter)
                if forwarded is not None and caller not in roots and callers[caller]:
                    if (caller, forwarded, site) not in seen:
                        seen.add((caller, forwarded, site))
                        open_ended.append((caller, forwarded, way))
                    continue
                table = dict(edge.tables).get(parameter, "")
                effects = tuple(Effect(effect.name, table) for effect in site.effects)
                yield (
                    caller,
                    Found(msgspec.structs.replace(site, effects=effects), found.holder, way.edges),
                )

    def _explore(
        self, roots: Sequence[Key], enters: Callable[[Key, CallEdge], bool]
    ) -> dict[Key, list[tuple[Key, CallEdge]]]:
        """Every function reached, with who calls it."""
        callers: dict[Key, list[tuple[Key, CallEdge]]] = {root: [] for root in roots}
        fixed = frozenset(roots)
        pending = deque(roots)
        while pending:
            key = pending.popleft()
            for edge in _best_first(self.of(key).edges):
                target = (edge.module, edge.qualname)
                if target in fixed or not enters(key, edge):
                    continue
                if target not in callers:
                    callers[target] = []
                    pending.append(target)
                callers[target].append((key, edge))
        return callers


def _best_first(edges: Iterable[CallEdge]) -> Iterator[CallEdge]:
    """What is surely called before what may be, and a function that is called before one that is only passed on."""
    groups: tuple[list[CallEdge], ...] = ([], [], [], [])
    for edge in edges:
        groups[(not edge.certain) * 2 + (edge.how == "passes on")].append(edge)
    return chain.from_iterable(groups)


Callers = dict[Key, list[tuple[Key, CallEdge]]]


def _certain(callers: Callers) -> Callers:
    """The calls that surely are such; *callers* itself where all are."""
    if all(edge.certain for found in callers.values() for _, edge in found):
        return callers
    return {key: [(caller, edge) for caller, edge in found if edge.certain] for key, found in callers.items()}


def _searches(
    marked: dict[Label, dict[Key, Found]], callers: Callers, surely: Callers
) -> Iterator[tuple[Label, dict[Key, Found], Callers]]:
    """What to look for, where it ends and by which calls: a certain effect by certain calls only, a possible one by any."""
    for wanted in sorted(marked, key=lambda label: (label.name, not label.certain)):
        if wanted.certain:
            yield wanted, marked[wanted], surely
    names = {label.name for label in marked}
    for name in sorted(names):
        possible = Label(name, False)
        ends = dict(marked.get(possible, {}))
        if surely is not callers:
            ends = {**ends, **marked.get(Label(name, True), {})}
        if ends:
            yield possible, ends, callers


def _ways(
    label: Label,
    marked: dict[Key, Found],
    callers: Callers,
    roots: frozenset[Key],
) -> list[tuple[Key, Witness]]:
    """From every root that reaches a marked function, a shortest way there: one search backwards from all of them."""
    following: dict[Key, tuple[CallEdge, Key] | None] = dict.fromkeys(sorted(marked))
    pending = deque(following)
    while pending:
        key = pending.popleft()
        for caller, edge in callers[key]:
            if caller not in following:
                following[caller] = (edge, key)
                pending.append(caller)
    found: list[tuple[Key, Witness]] = []
    for root in sorted(roots & following.keys()):
        edges: list[CallEdge] = []
        key = root
        while (hop := following[key]) is not None:
            edges.append(hop[0])
            key = hop[1]
        if edges:
            end = marked[key]
            found.append((root, Witness(label, (*edges, *end.edges), end.holder, end.site)))
    return found


def _overruled(witness: Witness, found: list[Witness]) -> bool:
    """Whether a possible effect is also a certain one."""
    return not witness.label.certain and any(
        w.label.certain and w.label.name == witness.label.name for w in found
    )
