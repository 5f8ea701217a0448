"""What steps of a program do to sets of states, forwards and backwards.

``after`` gives the states a step can end in; ``before`` the states from which it can end in one of those given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from archwright.project.flow.state_sets import Space, offset


class Operation(Protocol):
    """Something that happens to a set of states."""

    def after(self, states: int) -> int:
        """The states it can end in."""

    def before(self, states: int) -> int:
        """The states from which it can end in one of *states*."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Only these go on."""

    states: int

    def after(self, states: int) -> int:
        """Those of *states* that go on."""
        return states & self.states

    before = after


@dataclass(frozen=True, slots=True)
class Put:
    """A bit is set."""

    space: Space
    bit: int

    def after(self, states: int) -> int:
        """*states* with the bit set."""
        return self.space.put(states, self.bit)

    def before(self, states: int) -> int:
        """Whatever the bit was."""
        return self.space.before_put(states, self.bit)


@dataclass(frozen=True, slots=True)
class Drop:
    """A bit is cleared."""

    space: Space
    bit: int

    def after(self, states: int) -> int:
        """*states* with the bit cleared."""
        return self.space.drop(states, self.bit)

    def before(self, states: int) -> int:
        """Whatever the bit was."""
        return self.space.before_drop(states, self.bit)


@dataclass(frozen=True, slots=True)
class Free:
    """A bit may be anything from here on."""

    space: Space
    bit: int

    def after(self, states: int) -> int:
        """*states* with the bit set and cleared."""
        return self.space.free(states, self.bit)

    before = after


@dataclass(frozen=True, slots=True)
class InTurn:
    """Several, one after the other."""

    parts: tuple[Operation, ...]

    def after(self, states: int) -> int:
        """What is left by the last."""
        for part in self.parts:
            states = part.after(states)
        return states

    def before(self, states: int) -> int:
        """What the first began with."""
        for part in reversed(self.parts):
            states = part.before(states)
        return states


@dataclass(frozen=True, slots=True)
class Either:
    """One of several, whichever it is."""

    parts: tuple[Operation, ...]

    def after(self, states: int) -> int:
        """What any of them leaves."""
        found = 0
        for part in self.parts:
            found |= part.after(states)
        return found

    def before(self, states: int) -> int:
        """What any of them began with."""
        found = 0
        for part in self.parts:
            found |= part.before(states)
        return found


@dataclass(slots=True)
class Through:
    """A way through a helper: what *bits* become by what they were, and which of *events* are completed by then.

    A row of *table* maps the values of *bits* on entry to those possible on return, above the events.
    """

    space: Space
    bits: Sequence[int]
    events: int
    table: Mapping[int, frozenset[int]]
    _rows: list[tuple[int, int, list[tuple[int, int, int]]]] = field(init=False)
    """States a row is about, how far its bits are from clear; for each end what it is, its events, how far its bits are."""

    def __post_init__(self) -> None:
        self._rows = []
        done = (1 << self.events) - 1
        for begin in sorted(self.table):
            ends = [
                (end >> self.events, end & done, offset(self.bits, end >> self.events))
                for end in sorted(self.table[begin])
            ]
            self._rows.append((self.space.like(self.bits, begin), offset(self.bits, begin), ends))

    def after(self, states: int) -> int:
        """The states on return."""
        found = 0
        for about, distance, ends in self._rows:
            some = states & about
            if some:
                clear = some >> distance
                for _, events, away in ends:
                    found |= self._completed(clear, events) << away
        return found

    def before(self, states: int) -> int:
        """The states on entry."""
        found = 0
        ended: dict[int, int] = {}
        for about, distance, ends in self._rows:
            for end, events, away in ends:
                if end not in ended:
                    ended[end] = states & self.space.like(self.bits, end)
                if ended[end]:
                    found |= self._uncompleted(ended[end] >> away, events) << distance & about
        return found

    def _completed(self, states: int, events: int) -> int:
        for event in range(self.events):
            if events >> event & 1:
                states = self.space.put(states, event)
        return states

    def _uncompleted(self, states: int, events: int) -> int:
        for event in range(self.events):
            if events >> event & 1:
                states = self.space.before_put(states, event)
        return states
