"""Errors in contract files: subject, problem and remedy at a place, and all of them at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from archwright.model import Location


class ContractError(Exception):
    """One thing that is wrong in a contract file.

    ``line`` is 0 where the error concerns a whole file or directory; otherwise that line exists in the file.
    """

    def __init__(self, message: str, path: str, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message, path, line, column, hint)
        self.message = message
        self.path = path
        self.line = line
        self.column = column
        self.hint = hint

    @classmethod
    def at(cls, location: Location, message: str, hint: str = "") -> ContractError:
        """An error at *location*."""
        return cls(message, location.path, location.line, location.column, hint)

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        return f"{place}: {self.message}; {self.hint}" if self.hint else f"{place}: {self.message}"


class ContractErrors(Exception):  # noqa: N818 - a group of errors, not one
    """Everything that is wrong in a set of contract files, sorted by place, without repetitions."""

    def __init__(self, errors: Iterable[ContractError]) -> None:
        unique = {str(error): error for error in errors}
        self.errors: tuple[ContractError, ...] = tuple(
            sorted(unique.values(), key=lambda e: (e.path, e.line, e.column, e.message))
        )
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


def suggestion(name: str, known: Iterable[str], noun: str) -> str:
    """A remedy for the unknown *name*: the closest of *known*, or else all of them (*noun*: a plural)."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if not close:
        close = [n for n in names if n.lower() == name.lower()][:1]
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known {noun}: {', '.join(names)}" if names else f"there are no {noun}"
