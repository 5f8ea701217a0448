"""The parts of a verdict: what is found out about one function, kept as long as nothing that was read for it changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from archwright.contracts.language import Contract
from archwright.project.analysis import Analysis
from archwright.project.effects.effects import Key

T = TypeVar("T")
_MAX_STATEMENTS = 400_000
"""How many statements are followed for all parts of a contract together; for those that are left then, none are."""


class Parts:
    """What is found out for one contract, function by function."""

    def __init__(self, contract: Contract, analysis: Analysis, given: object = None) -> None:
        """*given*: what was read of the whole code base beforehand; parts hold for an equal one only."""
        self._reads = analysis.project.reads
        self._following = analysis.following
        self._spent = 0
        self._kept = analysis.judged(contract, given)

    def of(self, key: Key, find: Callable[[], T]) -> T:
        """What *find* says about the function at *key*. It has to ask *analysis* for everything it reads."""
        if self._spent >= _MAX_STATEMENTS:
            return self._unfollowed(find)
        if key not in self._kept:
            self._reads.made(self._kept, key, partial(self._found, key, find))
        cost, known = self._kept[key]
        self._spent += cost  # as much as when it was found out: when that was must make no difference
        answer: T = known
        return answer

    def _found(self, key: Key, find: Callable[[], T]) -> tuple[int, T]:
        self._reads.note("code", key[0])
        before = self._following.spent
        found = find()
        return self._following.spent - before, found

    def _unfollowed(self, find: Callable[[], T]) -> T:
        """What *find* says where no code can be followed; never kept, since there may be room for it another time."""
        self._following.allow(0)
        try:
            return find()
        finally:
            self._following.allow(None)
