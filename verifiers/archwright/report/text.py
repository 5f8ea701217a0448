"""What plain-text output is made of: safe characters, widths, places."""

from __future__ import annotations

import unicodedata

from archwright.model import Location

TAB_WIDTH = 4
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """*text* on one line and without characters that steer a terminal or reorder what is read.

    Source code and names come from whoever wrote them; an escape sequence in them must not reach the terminal.
    """
    expanded = text.replace("\t", " " * TAB_WIDTH)
    if expanded.isprintable():
        return expanded
    return "".join(char if char.isprintable() else _REPLACEMENT for char in expanded)


def width(text: str) -> int:
    """How many columns printable *text* takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def place(location: Location) -> str:
    """``path:line:column``, or only the path where there is no line."""
    path = printable(location.path)
    return f"{path}:{location.line}:{location.column}" if location.line else path


def counted(number: int, noun: str) -> str:
    """``1 file``, ``2 files``; *noun* has a regular plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
