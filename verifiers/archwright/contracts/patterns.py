"""Patterns for dotted names and for paths.

A pattern is a sequence of segments. Inside a segment ``*`` stands for any characters (a segment that is
only ``*`` for one whole segment); a segment ``**`` stands for any number of segments, also none; a segment
``{name}`` captures one segment, and captures of the same name must agree. So ``app.x.**`` matches ``app.x``
and everything below it.

Matching takes time linear in the length of the name: every ``**`` takes the fewest segments that let the
rest up to the next ``**`` match, and gives nothing back. That choice is complete as long as a capture
between two ``**`` is not used elsewhere, so such a pattern is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from archwright.contracts.places import NOWHERE
from archwright.model import Location

if TYPE_CHECKING:
    from archwright.contracts.convert import Reader
    from archwright.contracts.nodes import Node


class PatternError(ValueError):
    """A pattern that means nothing; ``offset`` counts characters from 0 to the place that is wrong."""

    def __init__(self, message: str, offset: int, hint: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.hint = hint


class Pattern:
    """A pattern for dotted module names. Equal patterns have the same text; the origin does not count."""

    __slots__ = ("_match", "captures", "head", "origin", "text")

    separator = "."
    text: str
    origin: Location
    captures: frozenset[str]
    """Names of the captures."""
    head: str
    """The segments before the first wildcard or capture: a matching name is this or is below it."""

    def __init__(self, text: str, origin: Location = NOWHERE) -> None:
        """Raises ``PatternError`` when *text* is not a pattern."""
        self.text = text
        self.origin = origin
        segments = self._segments(text)
        literal = _first_wild(segments)
        self.head = self.separator.join(segments[:literal])
        compiled = re.compile(_regex(segments, self.separator))
        self.captures = frozenset(compiled.groupindex)
        self._match = compiled.fullmatch

    def match(self, name: str) -> dict[str, str] | None:
        """The captures with which *name* matches, None when it does not match."""
        found = self._match(name + self.separator)
        return None if found is None else found.groupdict()

    @classmethod
    def from_node(cls, node: Node, reader: Reader, what: str) -> Self:
        scalar = reader.scalar(node, what)
        try:
            return cls(scalar.text, node.location)
        except PatternError as error:
            raise reader.rejected(scalar.at(error.offset), str(error), error.hint) from None

    @classmethod
    def json_schema(cls, refer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return refer(str)

    def _segments(self, text: str) -> list[str]:
        segments = _split(text, self.separator)
        offset = 0
        for segment in segments:
            _check_segment(segment, offset, _DOTTED_SEGMENT)
            offset += len(segment) + 1
        _check_captures(segments)
        return segments

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.text == self.text

    def __hash__(self) -> int:
        return hash((type(self), self.text))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def __str__(self) -> str:
        return self.text


class SymbolPattern(Pattern):
    """A pattern for qualified names of functions, classes, ...: a leading ``*.`` is any module prefix."""

    __slots__ = ()

    def _segments(self, text: str) -> list[str]:
        segments = super()._segments(text)
        if segments[0] == "*" and len(segments) > 1 and segments[1] != "**":
            segments.insert(1, "**")
        return segments


class PackagePattern(Pattern):
    """A package with all it contains: ``sqlalchemy`` matches ``sqlalchemy.orm``, not ``sqlalchemy_utils``."""

    __slots__ = ()

    def _segments(self, text: str) -> list[str]:
        segments = super()._segments(text)
        return segments if segments[-1] == "**" else [*segments, "**"]


class PathPattern(Pattern):
    """A pattern for paths below the project, with forward slashes: ``src/legacy/**``, ``**/*_pb2.py``."""

    __slots__ = ()

    separator = "/"

    def _segments(self, text: str) -> list[str]:
        segments = _split(text, self.separator)
        offset = 0
        for segment in segments:
            _check_segment(segment, offset, _PATH_SEGMENT)
            if segment in {".", ".."}:
                raise PatternError(
                    f'"{segment}" in a path pattern', offset, "write the path from the project directory"
                )
            offset += len(segment) + 1
        return segments


_DOTTED_SEGMENT = re.compile(r"[\w\-<>*]+|\{[^\W\d]\w*\}")
_PATH_SEGMENT = re.compile(r"[^/{}?\[\]\x00-\x1f]+")


def _split(text: str, separator: str) -> list[str]:
    if not text:
        raise PatternError("an empty pattern matches nothing", 0, 'write "**" for everything')
    segments = text.split(separator)
    offset = 0
    for segment in segments:
        if not segment:
            raise PatternError(
                f'pattern "{text}" has an empty segment', offset, f'remove the stray "{separator}"'
            )
        offset += len(segment) + 1
    return segments


def _check_segment(segment: str, offset: int, allowed: re.Pattern[str]) -> None:
    if "**" in segment and segment != "**":
        raise PatternError(
            f'"**" inside the segment "{segment}"',
            offset,
            'use "*" inside a segment, "**" as a whole segment',
        )
    if allowed.fullmatch(segment):
        return
    if "{" in segment or "}" in segment:
        hint = "a capture is a whole segment with a plain name, like {domain}"
        raise PatternError(f'"{segment}" is not a capture', offset, hint)
    wrong = next(i for i, c in enumerate(segment) if not allowed.fullmatch(c))
    raise PatternError(
        f'character "{segment[wrong]}" in a pattern', offset + wrong, 'the wildcards are "*" and "**"'
    )


def _check_captures(segments: list[str]) -> None:
    """Reject a capture whose value depends on what an earlier ``**`` takes and must agree elsewhere."""
    chunks = _chunks(segments)
    for name in {s for s in segments if s.startswith("{")}:
        places = [i for i, chunk in enumerate(chunks) if name in chunk]
        if len(places) > 1 and places[0] != 0:
            offset = len(".".join(segments[: segments.index(name)])) + 1
            raise PatternError(
                f'capture "{name}" between two "**" is used again',
                offset,
                'name it before the first "**" or once only',
            )


def _chunks(segments: list[str]) -> list[list[str]]:
    """The runs of segments between the ``**``: always one more than there are (groups of) ``**``."""
    chunks: list[list[str]] = [[]]
    previous = ""
    for segment in segments:
        if segment != "**":
            chunks[-1].append(segment)
        elif previous != "**":
            chunks.append([])
        previous = segment
    return chunks


def _first_wild(segments: list[str]) -> int:
    return next((i for i, s in enumerate(segments) if "*" in s or s.startswith("{")), len(segments))


def _regex(segments: list[str], separator: str) -> str:
    """A regular expression for a name followed by one separator, so that every segment ends with one."""
    sep = re.escape(separator)
    any_of_segment = f"[^{sep}]"
    seen: set[str] = set()

    def one(segment: str) -> str:
        if segment.startswith("{") and separator == ".":
            name = segment[1:-1]
            if name in seen:
                return f"(?P={name}){sep}"
            seen.add(name)
            return f"(?P<{name}>{any_of_segment}++){sep}"
        if segment == "*":
            return f"{any_of_segment}++{sep}"
        first, *rest = (re.escape(part) for part in segment.split("*"))
        if not rest:
            return first + sep
        # Each literal but the last is taken where it first occurs; the last must end the segment.
        middle = "".join(f"(?>{any_of_segment}*?{part})" for part in rest[:-1] if part)
        return f"{first}{middle}{any_of_segment}*{rest[-1]}{sep}"

    chunks = ["".join(map(one, chunk)) for chunk in _chunks(segments)]
    if len(chunks) == 1:
        return chunks[0]
    skip = f"(?:{any_of_segment}++{sep})"
    middle = "".join(f"(?>{skip}*?{chunk})" for chunk in chunks[1:-1])
    return f"{chunks[0]}{middle}{skip}*{chunks[-1]}"
