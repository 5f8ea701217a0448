"""Where following code stands, the way there, and how it can end."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.facts.ir import Span
from archwright.project.code import Scope

Key = tuple[str, str]
"""Module and qualified name of a function."""


class PathEndsError(Exception):
    """What was called never returns normally."""


class Frame(msgspec.Struct, frozen=True, eq=False):
    """The body that is being followed, and the call that led to it."""

    scope: Scope
    """Where names are looked up."""
    function: Key = ("", "")
    """The function that runs; that of the scope unless a lambda or a class body of another one is looked into."""
    caller: Frame | None = None
    at: Span = (0, 0, 0, 0)
    """The call, in the module of the caller."""
    guessed: bool = False
    """Something outside the code base may make the call, with arguments nobody knows."""
    depth: int = 0
    """How many calls it is away from the root."""

    def within(self, scope: Scope) -> Frame:
        """The same way, looking names up in another scope."""
        return Frame(scope, self.function, self.caller, self.at, self.guessed, self.depth)

    def entering(self, scope: Scope, at: Span, *, guessed: bool = False) -> Frame:
        """The frame of a function called from here."""
        return Frame(scope, key_of(scope), self, at, guessed or self.guessed, self.depth + 1)

    def hops(self) -> tuple[Frame, ...]:
        """From the root down to this."""
        return tuple(reversed(list(self._up())))

    def times(self, function: Key) -> int:
        """How often *function* is on the way."""
        return sum(hop.function == function for hop in self._up())

    def __contains__(self, function: object) -> bool:
        return any(hop.function == function for hop in self._up())

    def _up(self) -> Iterator[Frame]:
        current: Frame | None = self
        while current is not None:
            yield current
            current = current.caller


def key_of(scope: Scope) -> Key:
    """Module and qualified name of the body."""
    return scope.module, scope.qualname


def root_frame(scope: Scope) -> Frame:
    """Where following *scope* begins."""
    return Frame(scope, key_of(scope))
