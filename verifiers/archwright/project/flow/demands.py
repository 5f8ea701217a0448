"""What is demanded of the way to a step, and a way on which it is not met."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from archwright.facts import ir
from archwright.project.types.values import Values

Matcher = Callable[[Values], tuple[bool, bool]]
"""For what a call may call: (all known callees are the event, at least one is)."""


@dataclass(frozen=True)
class Event:
    """Something that has to have completed: a call, by what is called."""

    matches: Matcher
    words: frozenset[str]
    """Names a call of it can be written with, ``*`` standing for any characters; a call on an unknown receiver by such a name may
    be it."""

    def may_be_called(self, name: str) -> bool:
        """Whether a call of *name* may be it."""
        return among(self.words)(name)


@lru_cache(maxsize=256)
def among(words: frozenset[str]) -> Callable[[str], bool]:
    """Whether a name is one of *words*, in which ``*`` stands for any characters."""
    patterns = sorted(re.escape(word).replace(r"\*", ".*") for word in words if "*" in word)
    if not patterns:
        return words.__contains__
    fits = re.compile("|".join(patterns)).fullmatch
    return lambda name: name in words or fits(name) is not None


@dataclass(frozen=True)
class Demand:
    """What must hold when a step is reached, in the terms of one function.

    ``holds`` is a truth table over bits: first one for each event, then one for each condition.
    """

    conditions: tuple[ir.Expr | None, ...]
    """Expressions in the function's own terms; None for one that cannot be expressed there, which may be anything."""
    holds: frozenset[int]


@dataclass(frozen=True)
class Left:
    """What a call leaves behind in which something was done: what has happened since then by the time the call is over.

    Patterns are over the events, then the conditions.
    """

    conditions: tuple[ir.Expr | None, ...]
    """In the terms of the function that makes the call."""
    returned: frozenset[int]
    """Those possible when it returns."""
    raised: frozenset[int]
    """Those of the events possible when it raises."""


@dataclass(frozen=True)
class Way:
    """A path on which a demand is not met: steps that decided it, in order."""

    steps: tuple[tuple[str, ir.Span], ...]
