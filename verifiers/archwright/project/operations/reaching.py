"""A call with the arguments it gets: in its own function, or, where those come from parameters, in everyone who calls that."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from archwright.facts import ir
from archwright.project.calls.calls import CallFinder, Site
from archwright.project.code import Scope
from archwright.project.execution.carrying import apart
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Hit, Watching
from archwright.project.types.values import FunctionValue

_MAX_CALLERS = 6
"""How many calls up the search goes."""
_MAX_ROOTS = 200
"""How many functions are executed to find the arguments of one call."""
_MAX_STATEMENTS = 300_000
"""How many statements are executed for all calls together; to the calls that are left then, the ways are not told."""


_Run = tuple[int, frozenset[tuple[str, str]], frozenset[tuple[str, str]]]


class _Ran(msgspec.Struct, frozen=True):
    """What executing a function came to."""

    hits: tuple[Hit, ...]
    exhausted: bool
    watched: frozenset[int]
    """The calls, by identity, that *hits* are about."""


class Reached(msgspec.Struct, frozen=True):
    """One way a call is reached."""

    hit: Hit
    root: Scope
    """The function execution began with."""
    open: bool
    """Whether what is asked still depends on parameters of the root."""


class Reach(msgspec.Struct, frozen=True):
    """All ways a call is reached."""

    ways: tuple[Reached, ...]
    exhausted: bool
    """Whether some function was too large to be executed to the end."""
    handed_on: tuple[Site, ...]
    """Places where a function on the way is handed on as a value, so that its callers cannot all be seen."""


class Reacher:
    """Finds the ways to calls."""

    def __init__(
        self,
        calls: CallFinder,
        machine: Machine,
        avoid: frozenset[tuple[str, str]] = frozenset(),
        kept_as: tuple[str, ...] | None = None,
    ) -> None:
        """*avoid*: functions that are not entered, so that what they would refuse is seen all the same. *kept_as*: the
        name under which what is found can be carried over to changed code; only one for all has it.
        """
        self._reads = machine.inference.project.reads
        self._calls = calls
        self._avoid = avoid
        self._machine = machine
        self._watched: frozenset[int] = frozenset()
        self._left = _MAX_STATEMENTS
        self._kept: dict[_Run, _Ran] = self._reads.table(kept_as)

    def watch(self, sites: Iterable[Site]) -> None:
        """Says which calls will be asked for: a function that holds several of them is executed once for all."""
        self._watched = frozenset(id(site.node) for site in sites)

    def reach(self, site: Site, open_about: Callable[[Hit], bool]) -> Reach:
        """The ways to *site*; *open_about* says whether a way still depends on parameters of its root."""
        pending: list[tuple[Scope, frozenset[tuple[str, str]], int]] = [(site.scope, frozenset(), 0)]
        seen: set[tuple[int, frozenset[tuple[str, str]]]] = set()
        ways: list[Reached] = []
        handed_on: list[Site] = []
        exhausted = False
        while pending:
            root, enter, level = pending.pop(0)
            if (id(root), enter) in seen or len(seen) > _MAX_ROOTS:
                continue
            seen.add((id(root), enter))
            hits, was_too_large = self._run(root, enter, site)
            exhausted = exhausted or was_too_large
            # A function that makes another one and hands it out does not reach the call itself: whoever calls it does.
            unresolved = any(open_about(hit) for hit in hits) or (level > 0 and not hits)
            callers, references = self._callers(root) if unresolved else ([], [])
            further = enter | {(root.module, root.qualname)}
            for reference in references:
                # Whoever hands it on may well be seen to have it called: a partial, a callback.
                if not self._run(reference.scope, further, site)[0]:
                    handed_on.append(reference)
                elif all(reference.scope is not caller for caller in callers):
                    callers.append(reference.scope)
            outside = [caller for caller in callers if (caller.module, caller.qualname) not in further]
            if outside and level < _MAX_CALLERS:
                pending += [(caller, further, level + 1) for caller in outside]
            else:
                if callers and not outside:  # a recursion nobody is seen to begin
                    hits, was_too_large = self._run(root, further, site)
                    exhausted = exhausted or was_too_large
                ways += [Reached(hit, root, open_about(hit)) for hit in hits]
        return Reach(tuple(ways), exhausted, tuple(handed_on))

    def callers(self, scope: Scope) -> list[Scope]:
        """Who calls *scope*, as far as that can be seen."""
        return self._callers(scope)[0]

    def _run(self, root: Scope, enter: frozenset[tuple[str, str]], site: Site) -> tuple[list[Hit], bool]:
        """How *site* is reached when *root* is executed, and whether that was too large."""
        called = site.value
        avoid = frozenset({(called.module, called.qualname)}) if called is not None else frozenset()
        key = (id(root), enter, avoid)
        found = self._kept.get(key)
        if found is None or id(site.node) not in found.watched:
            if self._left <= 0:
                return [], True
            watched = self._watched.union((id(site.node),), () if found is None else found.watched)
            found = self._reads.made(
                self._kept, key, lambda: self._execute(root, enter, avoid | self._avoid, watched)
            )
        return [hit for hit in found.hits if hit.call is site.node], found.exhausted

    def _execute(
        self,
        root: Scope,
        enter: frozenset[tuple[str, str]],
        avoid: frozenset[tuple[str, str]],
        watched: frozenset[int],
    ) -> _Ran:
        self._reads.note("code", root.module)
        hits: list[Hit] = []

        def observe(hit: Hit) -> None:
            if id(hit.call) in watched:
                hits.append(hit)

        spent = self._machine.spent
        self._machine.run(root, Watching(observe), apart(enter, avoid))
        self._left -= self._machine.spent - spent
        return _Ran(tuple(hits), self._machine.exhausted, watched)

    def _callers(self, scope: Scope) -> tuple[list[Scope], list[Site]]:
        """Who calls *scope*, and where it is handed on as a value."""
        callers: dict[int, Scope] = {}
        references: list[Site] = []
        if scope.kind == "function" and scope.parent is not None and scope.parent.kind == "function":
            callers[id(scope.parent)] = scope.parent
        if scope.kind == "function":
            for found in self._calls.of(FunctionValue(scope.module, scope.qualname)):
                if found.certain and found.is_call:
                    callers[id(found.scope)] = found.scope
                elif found.certain and found.scope is not scope.parent:
                    references.append(found)
        return list(callers.values()), references


def span_of(site: Site) -> ir.Span:
    """The place of a call; of a function handed on, the nearest statement or call around it."""
    if site.is_call:
        at: ir.Span = site.node.at
        return at
    around: ir.Span = site.scope.span_around(site.node)
    return around
