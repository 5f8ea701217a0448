"""How many branches of ``if`` statements hang on one another: each ``elif`` is one level deeper than the one before it."""

from __future__ import annotations

MAX_BRANCHES = 3_000
"""``elif``s of one ``if``, those of the statements around it included."""


class Branches:
    """Counts while the first words of lines come by."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        """By indentation, of the statements that are open."""

    def begins(self, word: bytes, indentation: int) -> bool:
        """Takes the first *word* of a line; whether that is now one branch too many."""
        counts = self._counts
        if word not in (b"elif", b"else"):
            if counts:
                self._counts = {column: n for column, n in counts.items() if column < indentation}
            return False
        if word == b"elif":
            self._counts = {column: n for column, n in counts.items() if column <= indentation}
            self._counts[indentation] = counts.get(indentation, 0) + 1
        return sum(self._counts.values()) > MAX_BRANCHES
