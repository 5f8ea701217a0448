"""YAML text -> nodes that know their file, line and column.

Built on PyYAML's event stream rather than on ``yaml.compose``: the composer over libyaml recurses without a
bound (a line of 100 000 brackets crashes the interpreter) and drops the position of aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from archwright.contracts.errors import ContractError
from archwright.model import Location

MAX_DEPTH = 32
"""Nesting a contract file may have."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = yaml.SafeLoader.yaml_implicit_resolvers
_TAG_PREFIX = "tag:yaml.org,2002:"


class Scalar(msgspec.Struct, frozen=True):
    """One scalar as written."""

    text: str
    type: str
    """What YAML 1.1 takes it for: ``str``, ``int``, ``bool``, ``null``, ``float``, ``timestamp``, ..."""
    location: Location
    inset: int | None = 0
    """Columns before the text (1 when quoted); None for a block scalar, whose text is on later lines."""

    def at(self, offset: int) -> Location:
        """Where character *offset* of the text is; where the scalar begins if its lines are folded."""
        if self.inset is None or self.location.line != self.location.end_line:
            return self.location
        column = self.location.column + self.inset + offset
        return Location(self.location.path, self.location.line, min(column, self.location.end_column))


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    location: Location


class Mapping(msgspec.Struct, frozen=True):
    """A mapping with unique string keys, in file order."""

    entries: dict[str, Entry]
    location: Location

    def get(self, key: str) -> Node | None:
        """The value at *key*, None when there is none."""
        entry = self.entries.get(key)
        return entry.value if entry else None


class Entry(msgspec.Struct, frozen=True):
    """A value and the scalar that is its key."""

    key: Scalar
    value: Node


Node = Scalar | Sequence | Mapping


def parse(data: bytes, path: str) -> tuple[Node | None, list[ContractError]]:
    """The document in *data* (None when it is empty or broken), and everything wrong with it as YAML.

    *path* is what errors and locations call the file. Rejected with a position: malformed YAML, tabs,
    several documents, anchors and aliases, tags beyond the standard scalars, keys that are not strings,
    duplicate keys, nesting deeper than ``MAX_DEPTH``, text that is not UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        return None, [
            ContractError("is not UTF-8 text", path, line, column, "save the file with UTF-8 encoding")
        ]
    builder = _Builder(path, text)
    try:
        root = builder.document(yaml.parse(text, Loader=_LOADER))
    except _StopError:
        root = None
    except yaml.YAMLError as error:
        builder.errors.append(_syntax_error(error, path, text))
        root = None
    return (None if builder.errors else root), builder.errors


def _syntax_error(error: yaml.YAMLError, path: str, text: str) -> ContractError:
    lines = text.splitlines() or [""]
    problem = "cannot be read"
    line = column = 0
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        opening = error.context_mark is not None and "flow" in (error.context or "")
        if opening:  # the bracket that is never closed says more than the place where the parser gave up
            mark = error.context_mark
        if mark is not None:
            line, column = mark.line, mark.column
        problem = ": ".join(part for part in (error.context, error.problem) if part)
    elif isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position)
        column = error.position - (text.rfind("\n", 0, error.position) + 1)
        problem = f"character U+{_codepoint(error.character):04X} is not allowed"
    if line >= len(lines):
        line = len(lines) - 1
        column = len(lines[line])
    hint = "check brackets, quotes and indentation"
    if "\t" in lines[line][: column + 1]:
        hint = "indent with spaces, not with tabs"
    return ContractError(f"not valid YAML: {problem}", path, line + 1, column + 1, hint)


def _codepoint(character: object) -> int:
    if isinstance(character, int):
        return character
    return ord(character) if isinstance(character, str) and len(character) == 1 else 0xFFFD


class _StopError(Exception):
    """Reading on would only produce errors that follow from the last one."""


class _Frame:
    """An open list or mapping."""

    __slots__ = ("entries", "items", "key", "start")

    def __init__(self, start: Any, mapping: bool) -> None:
        self.start = start
        self.items: list[Node] = []
        self.entries: dict[str, Entry] | None = {} if mapping else None
        self.key: Scalar | None = None


class _Builder:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        lines = text.splitlines() or [""]
        self.last_line = len(lines)
        self.last_column = len(lines[-1]) + 1
        self.errors: list[ContractError] = []

    def document(self, events: Iterator[Any]) -> Node | None:
        root: Node | None = None
        documents = 0
        stack: list[_Frame] = []
        for event in events:
            node: Node | None = None
            if isinstance(event, yaml.ScalarEvent):
                self.check_anchor(event)
                node = self.scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self.fail(event, f'alias "*{event.anchor}" is not supported', "write the value out")
                node = Scalar("", "alias", self.location(event.start_mark, event.end_mark))
            elif isinstance(event, yaml.CollectionStartEvent):
                self.check_anchor(event)
                if event.tag is not None:
                    self.fail(event, f'tag "{event.tag}" is not supported', "remove it")
                if len(stack) == MAX_DEPTH:
                    self.fail(event, f"nested deeper than {MAX_DEPTH} levels", "flatten the contract")
                    raise _StopError
                stack.append(_Frame(event.start_mark, isinstance(event, yaml.MappingStartEvent)))
            elif isinstance(event, yaml.CollectionEndEvent):
                frame = stack.pop()
                location = self.location(frame.start, event.end_mark)
                entries = frame.entries
                node = (
                    Sequence(tuple(frame.items), location) if entries is None else Mapping(entries, location)
                )
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.fail(event, "a second YAML document begins here", "one document per file")
                    raise _StopError
            if node is None:
                continue
            if stack:
                self.add(stack[-1], node)
            else:
                root = node
        empty = isinstance(root, Scalar) and root.type == "null" and root.text == ""
        return None if empty else root

    def add(self, frame: _Frame, node: Node) -> None:
        if frame.entries is None:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = self.checked_key(node)
        else:
            key, frame.key = frame.key, None
            first = frame.entries.get(key.text)
            if first is None:
                frame.entries[key.text] = Entry(key, node)
            elif key.type == "str":
                line = first.key.location.line
                self.errors.append(
                    ContractError.at(
                        key.location, f'duplicate key "{key.text}"', f"it is already on line {line}"
                    )
                )

    def checked_key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            if node.type not in {"str", "alias"}:
                shown = node.text or "null"
                message = f"key {shown} is a {_TYPE_NAMES.get(node.type, node.type)}, not a string"
                self.errors.append(ContractError.at(node.location, message, f'write "{shown}" in quotes'))
            return node
        self.errors.append(ContractError.at(node.location, "a key must be a string", "quote it if it is one"))
        return Scalar("", "other", node.location)

    def scalar(self, event: Any) -> Scalar:
        text: str = event.value
        style = event.style or ""
        if event.tag is not None and event.tag.startswith(_TAG_PREFIX):
            kind = event.tag.removeprefix(_TAG_PREFIX)
        elif event.tag is not None and event.tag != "!":
            kind = event.tag
        else:
            kind = _implicit_type(text) if not style and event.tag is None else "str"
        if kind not in _TYPE_NAMES:
            self.fail(event, f'tag "{event.tag}" is not supported', "remove it")
        inset = None if style in {"|", ">"} else len(style)
        return Scalar(text, kind, self.location(event.start_mark, event.end_mark), inset)

    def check_anchor(self, event: Any) -> None:
        if event.anchor is not None:
            self.fail(
                event, f'anchor "&{event.anchor}" is not supported', "write the value out where it is needed"
            )

    def fail(self, event: Any, message: str, hint: str) -> None:
        location = self.location(event.start_mark, event.end_mark)
        self.errors.append(ContractError.at(location, message, hint))

    def location(self, start: Any, end: Any) -> Location:
        # An empty value at the very end of a file, and the end of the last block, are placed after its last line.
        line = min(start.line + 1, self.last_line)
        if end.line + 1 > self.last_line:
            return Location(self.path, line, start.column + 1, self.last_line, self.last_column)
        return Location(self.path, line, start.column + 1, end.line + 1, end.column + 1)


_TYPE_NAMES = {
    "str": "string",
    "int": "number",
    "float": "number",
    "bool": "boolean",
    "null": "null",
    "timestamp": "date",
    "merge": "merge key",
    "value": "default key",
}


def _implicit_type(text: str) -> str:
    for tag, regexp in _RESOLVERS.get(text[:1], ()):
        if regexp.match(text):
            return tag.removeprefix(_TAG_PREFIX)
    return "str"


def describe(node: Node) -> str:
    """What *node* is, for an error message: ``the number 3``, ``a list``."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if node.type == "null":
        return "empty"
    name = _TYPE_NAMES.get(node.type, node.type)
    return f'the {name} "{node.text}"' if node.type == "str" else f"the {name} {node.text}"
