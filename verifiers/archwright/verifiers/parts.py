"""The parts of a verdict: what is found out about one function, kept as long as nothing that was read for it changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from archwright.contracts.language import Contract
from archwright.project.analysis import Analysis
from archwright.project.effects import Key

T = TypeVar("T")


class Parts:
    """What is found out for one contract, function by function."""

    def __init__(self, contract: Contract, analysis: Analysis, given: object = None) -> None:
        """*given*: what was read of the whole code base beforehand; parts hold for an equal one only."""
        self._reads = analysis.project.reads
        self._kept = analysis.judged(contract, given)

    def of(self, key: Key, find: Callable[[], T]) -> T:
        """What *find* says about the function at *key*. It has to ask *analysis* for everything it reads."""
        if key not in self._kept:
            self._reads.made(self._kept, key, partial(self._found, key, find))
        known: T = self._kept[key]
        return known

    def _found(self, key: Key, find: Callable[[], T]) -> T:
        self._reads.note("code", key[0])
        return find()
