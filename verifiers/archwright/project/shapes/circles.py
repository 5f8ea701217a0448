"""Answers to questions that may come back to themselves: found again with what they gave before, until nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
A = TypeVar("A")

_ROUNDS = 6
"""How often an answer is found anew at most: answers only grow, and a round adds what is one circle away."""
_Key = tuple[Hashable, Hashable]


@dataclass(slots=True)
class _Cut:
    """What cut an answer short: a question that was open, and the bound on how deep it is looked."""

    circle: bool = False
    bounded: bool = False


@dataclass(slots=True)
class _Answer:
    """An answer of this round or the one before."""

    value: Any
    cut: _Cut
    depth: int
    round: int
    keep: Callable[[Any], None]

    def holds(self, round_: int, depth: int) -> bool:
        """Whether it would be found again in this round, looking *depth* deep."""
        return self.round == round_ and (not self.cut.bounded or depth <= self.depth)


@dataclass(slots=True)
class _Asked:
    """What has been found out for the outermost question."""

    answers: dict[_Key, _Answer] = field(default_factory=dict)
    given: dict[_Key, Any] = field(default_factory=dict)
    """What questions were taken to give in this round while they were open."""
    round: int = 0


class Circles:
    """Keeps answers for good once nothing cuts them short any more."""

    def __init__(self) -> None:
        self._open: set[Hashable] = set()
        self._cut = _Cut()
        self._asked = _Asked()

    def answer(
        self, kept: dict[K, A], key: K, question: Hashable, depth: int, find: Callable[[], A], nothing: A
    ) -> A:
        """The answer to *key*: kept, or what *find* says, looking *depth* deep; *nothing* at first while *question* is open."""
        known = kept.get(key)
        if known is not None:
            return known
        asked, name = self._asked, (question, key)
        before = asked.answers.get(name)
        found: A
        if question in self._open:
            found = nothing if before is None else before.value
            asked.given[name] = found
            self._cut.circle = True
            return found
        if before is not None and before.holds(asked.round, depth):
            self._add(before.cut)
            found = before.value
            return found
        if self._open:
            return self._find(kept, key, question, depth, find)
        try:
            while True:
                found = self._find(kept, key, question, depth, find)
                settled = all(
                    one not in asked.answers or asked.answers[one].value == given
                    for one, given in asked.given.items()
                )
                if settled or asked.round == _ROUNDS:
                    break
                asked.round += 1
                asked.given.clear()
            for answer in asked.answers.values() if settled else ():
                if answer.round == asked.round and not answer.cut.bounded:
                    answer.keep(answer.value)
            kept[key] = found
            return found
        finally:
            self._asked, self._cut = _Asked(), _Cut()

    def _find(self, kept: dict[K, A], key: K, question: Hashable, depth: int, find: Callable[[], A]) -> A:
        around, self._cut = self._cut, _Cut()
        self._open.add(question)
        try:
            found = find()
        finally:
            self._open.discard(question)
            own, self._cut = self._cut, around
            self._add(own)
        if not (own.circle or own.bounded):
            kept[key] = found
        else:
            self._asked.answers[question, key] = _Answer(
                found, own, depth, self._asked.round, lambda value: kept.__setitem__(key, value)
            )
        return found

    def _add(self, cut: _Cut) -> None:
        self._cut.circle = self._cut.circle or cut.circle
        self._cut.bounded = self._cut.bounded or cut.bounded

    def is_open(self, question: Hashable) -> bool:
        """Whether *question* is being answered."""
        return question in self._open

    def bound(self) -> None:
        """Says that the answer in the making is cut short because it is not looked any deeper."""
        self._cut.bounded = True
