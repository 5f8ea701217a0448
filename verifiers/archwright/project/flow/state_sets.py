"""Sets of states, each as one integer.

A state is a number whose bits are what holds in it. A set of states over *n* such bits is a number of 2**n bits: bit *s* is set
when state *s* is in the set. What a step of a program does to all states at once is then a handful of shifts and masks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache


class Space:
    """The sets of states over so many *bits*."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.every = (1 << (1 << bits)) - 1
        """The set of all states."""
        self.where = tuple(_where(bits, bit) for bit in range(bits))
        """For each bit the states in which it is set."""
        self._lacking = tuple(self.every ^ have for have in self.where)
        self.weight = 1 + ((1 << bits) >> 12)
        """What one operation on a set costs, in steps of a search."""

    def put(self, states: int, bit: int) -> int:
        """*states* with *bit* set in each."""
        have = states & self.where[bit]
        return have | (states ^ have) << (1 << bit)

    def drop(self, states: int, bit: int) -> int:
        """*states* with *bit* cleared in each."""
        have = states & self.where[bit]
        return (states ^ have) | have >> (1 << bit)

    def free(self, states: int, bit: int) -> int:
        """*states*, each with *bit* set and cleared."""
        low = self.drop(states, bit)
        return low | low << (1 << bit)

    def before_put(self, states: int, bit: int) -> int:
        """The states that ``put`` takes to *states*."""
        have = states & self.where[bit]
        return have | have >> (1 << bit)

    def before_drop(self, states: int, bit: int) -> int:
        """The states that ``drop`` takes to *states*."""
        lack = states & ~self.where[bit]
        return lack | lack << (1 << bit)

    def like(self, bits: Iterable[int], pattern: int) -> int:
        """The states whose *bits*, in this order, are those of *pattern*."""
        found = self.every
        for position, bit in enumerate(bits):
            found &= self.where[bit] if pattern >> position & 1 else self._lacking[bit]
        return found

    def patterns(self, states: int, choices: Sequence[tuple[int, int]]) -> Iterator[int]:
        """The patterns that may describe one of *states*, each once; *choices* as below."""
        pending = [(states, 0, 0)]
        while pending:
            some, position, pattern = pending.pop()
            if not some:
                continue
            if position == len(choices):
                yield pattern
                continue
            clear, have = choices[position]
            pending.append((some & clear, position + 1, pattern))
            pending.append((some & have, position + 1, pattern | 1 << position))

    def choice(self, bit: int) -> tuple[int, int]:
        """The states in which *bit* is clear, and those in which it is set."""
        return self._lacking[bit], self.where[bit]

    def selected(self, choices: Sequence[tuple[int, int]], table: Iterable[int]) -> int:
        """The states that may be described by a pattern of *table*.

        Each of *choices* belongs to one bit of the pattern: the states in which that bit may be clear, those in which it may be
        set.
        """
        return self._selected(choices, _as_number(table), len(choices), self.every)

    def _selected(self, choices: Sequence[tuple[int, int]], table: int, level: int, states: int) -> int:
        if not table or not states:
            return 0
        if table == (1 << (1 << level)) - 1:
            return states
        level -= 1
        low = table & ((1 << (1 << level)) - 1)
        clear, have = choices[level]
        return self._selected(choices, low, level, states & clear) | self._selected(
            choices, table >> (1 << level), level, states & have
        )


@lru_cache(maxsize=64)
def space_of(bits: int) -> Space:
    """The space over so many *bits*; there is one of each."""
    return Space(bits)


def offset(bits: Iterable[int], pattern: int) -> int:
    """How far a set is shifted when *bits*, in this order and all clear, become those of *pattern*."""
    return sum(1 << bit for position, bit in enumerate(bits) if pattern >> position & 1)


def _where(bits: int, bit: int) -> int:
    found = ((1 << (1 << bit)) - 1) << (1 << bit)
    width = 2 << bit
    while width < 1 << bits:
        found |= found << width
        width *= 2
    return found


def _as_number(table: Iterable[int]) -> int:
    found = 0
    for pattern in table:
        found |= 1 << pattern
    return found
