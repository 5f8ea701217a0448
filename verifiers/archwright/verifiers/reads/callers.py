"""Which functions a verdict on a query may begin with: not helpers whose callers are all there, and say more.

A helper that lists rows in no order does no harm where all its callers ask only which rows there are; and whether the keys it is
given identify a row, its callers know. So what a helper does with rows counts as seen from its callers, if all of them were
followed into it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from archwright.project.analysis import Analysis
from archwright.project.execution.frame import Key
from archwright.project.types.values import FunctionValue


class Followed(msgspec.Struct):
    """What following one root came to."""

    calls: frozenset[tuple[Key, Key]]
    """Callers and functions called, as far as they were entered."""
    complete: bool
    """Whether nothing was given up on the way."""


class Callers:
    """Who calls helpers, as far as that is known."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._known: dict[Key, frozenset[Key] | None] = {}

    def counting(self, reaching: Collection[Key], roots: Mapping[Key, Followed]) -> list[Key]:
        """The roots, of those that come to a query, whose verdict on it counts; *roots*: all, as they were followed."""
        helpers = {}
        for root in reaching:
            callers = self._of(root)
            if callers and all(self._is_followed(caller, root, roots) for caller in callers):
                helpers[root] = callers & set(reaching)
        grounded = {root for root in reaching if not helpers.get(root)}
        counting = set(grounded)
        while more := {
            root for root, callers in helpers.items() if root not in grounded and callers & grounded
        }:
            grounded |= more
        # Helpers that only call each other in a circle are left to nobody.
        return sorted(counting | (set(reaching) - grounded))

    @staticmethod
    def _is_followed(caller: Key, helper: Key, roots: Mapping[Key, Followed]) -> bool:
        """Whether *caller* was followed into the helper, and to its own end."""
        found = roots.get(caller)
        return found is not None and found.complete and (caller, helper) in found.calls

    def _of(self, root: Key) -> frozenset[Key] | None:
        """The other functions that call a helper; None for what is no helper, or is called by others as well."""
        if root not in self._known:
            self._known[root] = self._found(root) if _is_helper(root) else None
        return self._known[root]

    def _found(self, root: Key) -> frozenset[Key] | None:
        callers: set[Key] = set()
        for site in self._analysis.calls.of(FunctionValue(root[0], root[1])):
            if not site.is_call or site.scope.kind != "function":
                return None
            callers.add((site.scope.module, site.scope.qualname))
        return frozenset(callers - {root})


def _is_helper(key: Key) -> bool:
    """Whether a function is, by its name, for the code base's own use."""
    name = key[1].rpartition(".")[2]
    return name.startswith("_") and not name.endswith("__")
